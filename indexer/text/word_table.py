"""Words of many ASCII texts at once, as term ids, in numpy.

A word as a Python string costs some 200 ns to cut out, hash and look up; here nearly all words are looked up as 64-bit
keys in a hash table of arrays, some 30 ns each, and only a form never met before becomes a string. The words and
their ids are exactly those of `indexer.text.analyzer.word_forms` and the dictionary this is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.text.marked_words import WrittenWords
from indexer.text.spellings import BEFORE, JOINERS, MARK, Chunk, chunks, is_humped, split
from indexer.text.words import ASCII_WORDS

_BLANK = 32
_MARK = ord(MARK)  # stands behind each text like a word; no text may have it
_TABLE = ASCII_WORDS[:_MARK].encode() + bytes([_MARK]) + ASCII_WORDS[_MARK + 1 :].encode() + bytes([_BLANK]) * 128
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio: spreads neighbouring keys over the table
_LONG = np.uint64(1 << 63)  # set in the keys of words over 8 letters, never in those of shorter ones, which are ASCII
_LONGEST = 128  # letters that tell words apart, beside the last 8; index terms are shorter
_FIRST_BITS = 16
_CHAIN = re.compile(rf"[A-Za-z0-9]+(?:[{re.escape(''.join(JOINERS - {','}))}][A-Za-z0-9]+)+")


class Words(NamedTuple):
    """The words of some texts, one text after the other and a 0 behind each."""

    ids: NDArray[np.int32]  # (n_words,) their ids
    counts: NDArray[np.int64]  # (n_texts,) how many of the ids each text has
    named: NDArray[np.int64]  # the places of words that are written like names, see `indexer.text.spellings.named`
    chunks: list[Chunk]  # those of the texts but the commonest kind; their first words are places among all
    pairs: NDArray[np.int64]  # of two words with a sign between them, without anything else, the places of the first
    of_pairs: NDArray[np.int32]  # (n_pairs,) the ids of these together


class WordTable:
    """Term ids by word form. `ids_of` gives the ids of forms not met before, and `joined_ids_of` those of two words
    together; both must always answer the same."""

    def __init__(
        self,
        ids_of: Callable[[Sequence[str]], Sequence[int]],
        joined_ids_of: Callable[[Sequence[str]], Sequence[int]] | None = None,
    ) -> None:
        self._ids_of = ids_of
        self._joined_words = WordTable(joined_ids_of) if joined_ids_of else None
        self._used = 0
        self._bits = _FIRST_BITS
        self._keys = np.zeros(1 << self._bits, np.uint64)
        self._ids = np.zeros(1 << self._bits, np.int32)
        self._insert(np.array([_MARK], np.uint64), np.zeros(1, np.int32))

    def __len__(self) -> int:
        return self._used - 1

    def words(self, texts: Sequence[str]) -> Words:
        """The words of texts, which must be ASCII."""
        joined = self._joined(texts)
        encoded = joined.encode("ascii")
        letters = np.frombuffer(encoded.translate(_TABLE), np.uint8)
        in_word = letters != _BLANK
        starts, ends = _word_bounds(in_word)
        keys = _word_keys(letters, starts, ends)
        counts = np.diff(np.flatnonzero(keys == _MARK), prepend=-1)
        ids = self._look_up(keys, letters, starts, ends)
        written = WrittenWords(encoded, in_word, starts, ends)
        firsts, lasts, simple = written.runs()
        found = _chunks(joined, starts, ends, firsts[~simple], lasts[~simple])
        pairs = firsts[simple]
        of_pairs = np.zeros(0, np.int32)
        if self._joined_words is not None and len(pairs):
            together, first, stop = _joined_letters(letters, starts, ends, pairs)
            of_pairs = self._joined_words._look_up(_word_keys(together, first, stop), together, first, stop)
        return Words(ids, counts, written.named(), found, pairs, of_pairs)

    @staticmethod
    def _joined(texts: Sequence[str]) -> str:
        if MARK in "".join(texts):
            texts = [text.replace(MARK, " ") for text in texts]
        return " " + f" {MARK} ".join([*texts, " " * 8])

    def _look_up(
        self, keys: NDArray[np.uint64], letters: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        ids, missing = self._probe(keys)
        if len(missing):
            missed = keys[missing]
            first, which = _distinct(missed)
            at = missing[first]
            text = letters.tobytes().decode("ascii")
            forms = [text[start:end] for start, end in zip(starts[at].tolist(), ends[at].tolist(), strict=True)]
            new = np.array(self._ids_of(forms), np.int32)
            self._insert(missed[first], new)
            ids[missing] = new[which]
        return ids

    def _probe(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The ids of `keys`, and where in `keys` those are that the table does not have."""
        if not len(self):
            return np.zeros(len(keys), np.int32), np.flatnonzero(keys != _MARK)
        slots = ((keys * _MIX) >> np.uint64(64 - self._bits)).view(np.int64)  # which numpy need not convert
        found = self._keys[slots]
        ids = self._ids[slots]
        missing = []
        pending = np.flatnonzero(found != keys)
        while len(pending):
            empty = found[pending] == 0
            missing.append(pending[empty])
            pending = pending[~empty]
            slots[pending] = (slots[pending] + 1) & ((1 << self._bits) - 1)
            found[pending] = self._keys[slots[pending]]
            ids[pending] = self._ids[slots[pending]]
            pending = pending[found[pending] != keys[pending]]
        return ids, np.sort(np.concatenate(missing)) if missing else np.zeros(0, np.int64)

    def _insert(self, keys: NDArray[np.uint64], ids: NDArray[np.int32]) -> None:
        """Adds keys that are not in the table, all different."""
        if 2 * (self._used + len(keys)) > len(self._keys):
            # in this order words met early, the commonest, get the places at which they are looked for first
            occupied = np.flatnonzero(self._keys)[::-1]
            keys = np.concatenate([keys, self._keys[occupied]])
            ids = np.concatenate([ids, self._ids[occupied]])
            self._bits = max(self._bits, (4 * len(keys)).bit_length())
            self._keys, self._ids = np.zeros(1 << self._bits, np.uint64), np.zeros(1 << self._bits, np.int32)
            self._used = 0
        self._used += len(keys)
        slots = (keys * _MIX) >> np.uint64(64 - self._bits)
        pending = np.arange(len(keys))
        while len(pending):
            free = pending[self._keys[slots[pending]] == 0]
            self._keys[slots[free]] = keys[free]  # where several want a place, the last has it afterwards
            placed = self._keys[slots[pending]] == keys[pending]
            self._ids[slots[pending[placed]]] = ids[pending[placed]]
            pending = pending[~placed]
            slots[pending] = (slots[pending] + np.uint64(1)) & np.uint64((1 << self._bits) - 1)


def _word_bounds(in_word: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where words start and where they end (exclusive). The first and the last byte are not `in_word`."""
    edges = np.flatnonzero(in_word[1:] != in_word[:-1])
    edges += 1
    return edges[0::2].copy(), edges[1::2].copy()


def _word_keys(letters: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A key per word: its letters themselves for up to 8 of them, else a hash of the first `_LONGEST`, the last 8 and
    the length. Two of a million long words share a key with a probability of about 1 in 10 million."""
    at_any_offset = np.ndarray((len(letters) - 7,), "<u8", letters.data, 0, (1,))
    keys: NDArray[np.uint64] = at_any_offset[starts]
    lengths = ends - starts
    keys &= _MASKS.take(lengths, mode="clip")
    long = np.flatnonzero(lengths > 8)
    if len(long):
        lengths = lengths[long]
        hashes = _mixed(keys[long] * _MIX, at_any_offset[ends[long] - 8] + lengths.view(np.uint64) * _MIX)
        rest = np.flatnonzero(lengths > 16)
        for done in range(8, _LONGEST, 8):
            rest = rest[lengths[rest] > done + 8]
            if not len(rest):
                break
            hashes[rest] = _mixed(hashes[rest], at_any_offset[starts[long[rest]] + done])
        keys[long] = hashes | _LONG
    return keys


def _distinct(keys: NDArray[np.uint64]) -> tuple[NDArray[np.integer[Any]], NDArray[np.int64]]:
    """Places that have all keys once, and (n,) which of these places has the same key. Keys are told apart by hashing
    them, which takes a fraction of the time of sorting them."""
    holders = np.empty(1 << _FIRST_BITS, np.int32)
    firsts: list[NDArray[np.integer[Any]]] = []
    which = np.empty(len(keys), np.int64)
    found = 0
    pending, wanted, hashes = np.arange(len(keys), dtype=np.int32), keys, keys * _MIX
    while len(pending):
        slots = (hashes >> np.uint64(64 - _FIRST_BITS)).view(np.int64)
        holders[slots] = pending  # of several keys with one hash the last one's place
        held = holders[slots]
        new = np.flatnonzero(held == pending)
        holders[slots[new]] = np.arange(found, found + len(new))
        firsts.append(pending[new])
        found += len(new)
        other = np.flatnonzero(keys[held] != wanted)
        which[pending] = holders[slots]
        pending, wanted = pending[other], wanted[other]
        hashes = _mixed(hashes[other], wanted)
    return np.concatenate(firsts), which


def _joined_letters(
    letters: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], firsts: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """The letters of pairs of words, each pair as one word, and where these start and end."""
    begins = np.stack([starts[firsts], starts[firsts + 1]], axis=1).reshape(-1)
    lengths = np.stack([ends[firsts], ends[firsts + 1]], axis=1).reshape(-1) - begins
    total = int(lengths.sum())
    at = np.repeat(begins - np.cumsum(lengths) + lengths, lengths) + np.arange(total)
    sizes = lengths.reshape(-1, 2).sum(axis=1)
    joined = np.full(total + len(firsts) + 8, _BLANK, np.uint8)
    joined[np.arange(total) + np.repeat(np.arange(len(firsts)), sizes)] = letters[at]
    stops = np.cumsum(sizes + 1) - 1
    return joined, stops - sizes, stops


def _chunks(
    joined: str, starts: NDArray[np.int64], ends: NDArray[np.int64], firsts: NDArray[np.int64], lasts: NDArray[np.int64]
) -> list[Chunk]:
    """The chunks in runs of words."""
    found: list[Chunk] = []
    for first, start, end in zip(firsts.tolist(), starts[firsts].tolist(), ends[lasts].tolist(), strict=True):
        before, after = joined[max(0, start - 2) : start], joined[end : end + 3]
        if before[-1:] not in BEFORE or (len(before) > 1 and not before[0].isspace() and before[0] not in "([{\"'"):
            before = " "
        if after[0] not in "+#":
            after = " "
        found += [Chunk(first + place, chunk) for place, chunk in _chunks_in(before, joined[start:end], after)]
    return found


@lru_cache(maxsize=1 << 16)
def _chunks_in(before: str, stretch: str, behind: str) -> tuple[Chunk, ...]:
    if before == behind == " ":  # and what nearly all are, for a fraction of the time
        if stretch.isalnum():
            return (Chunk(0, stretch),) if is_humped(stretch) else ()
        if _CHAIN.fullmatch(stretch):
            return (Chunk(0, stretch),)
    words, between = split(stretch)
    between[0], between[-1] = before, behind
    return tuple(chunks(words, between))


def _mixed(hashes: NDArray[np.uint64], letters: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = (hashes ^ (hashes >> np.uint64(29)) ^ letters) * _MIX
    result: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(32))
    return result
