"""Words of many ASCII texts at once, as term ids, in numpy.

A word as a Python string costs some 200 ns to cut out, hash and look up; here nearly all words are looked up as 64-bit
keys in a hash table of arrays, some 30 ns each, and only a form never met before becomes a string. The words and
their ids are exactly those of `indexer.text.analyzer.word_forms` and the dictionary this is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.text.words import ASCII_WORDS

_BLANK = 32
_MARK = 1  # stands behind each text like a word; no text may have it
_TABLE = ASCII_WORDS[:_MARK].encode() + bytes([_MARK]) + ASCII_WORDS[_MARK + 1 :].encode() + bytes([_BLANK]) * 128
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio: spreads neighbouring keys over the table
_LONG = np.uint64(1 << 63)  # set in the keys of words over 8 letters, never in those of shorter ones, which are ASCII
_LONGEST = 128  # letters that tell words apart, beside the last 8; index terms are shorter
_FIRST_BITS = 16


class WordTable:
    """Term ids by word form. `ids_of` gives the ids of forms not met before; it must always answer the same."""

    def __init__(self, ids_of: Callable[[Sequence[str]], Sequence[int]]) -> None:
        self._ids_of = ids_of
        self._used = 0
        self._bits = _FIRST_BITS
        self._keys = np.zeros(1 << self._bits, np.uint64)
        self._ids = np.zeros(1 << self._bits, np.int32)
        self._insert(np.array([_MARK], np.uint64), np.zeros(1, np.int32))

    def __len__(self) -> int:
        return self._used - 1

    def ids(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """(n_words,) the term ids of the words of all texts, one text after the other and a 0 behind each, and
        (n_texts,) how many ids each text has. The texts must be ASCII."""
        joined = self._joined(texts)
        letters = np.frombuffer(joined.encode("ascii").translate(_TABLE), np.uint8)
        starts, ends = _word_bounds(letters)
        keys = _word_keys(letters, starts, ends)
        counts = np.diff(np.flatnonzero(keys == _MARK), prepend=-1)
        return self._look_up(keys, letters, starts, ends), counts

    @staticmethod
    def _joined(texts: Sequence[str]) -> str:
        mark = chr(_MARK)
        joined = f" {mark} ".join([*texts, " " * 8])
        if joined.count(mark) != len(texts):
            joined = f" {mark} ".join([*(text.replace(mark, " ") for text in texts), " " * 8])
        return joined

    def _look_up(
        self, keys: NDArray[np.uint64], letters: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        ids, missing = self._probe(keys)
        if len(missing):
            new, first = np.unique(keys[missing], return_index=True)
            at = missing[first]
            text = letters.tobytes().decode("ascii")
            forms = [text[start:end] for start, end in zip(starts[at].tolist(), ends[at].tolist(), strict=True)]
            self._insert(new, np.array(self._ids_of(forms), np.int32))
            ids[missing] = self._probe(keys[missing])[0]
        return ids

    def _probe(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The ids of `keys`, and where in `keys` those are that the table does not have."""
        slots = (keys * _MIX) >> np.uint64(64 - self._bits)
        found = self._keys[slots]
        ids = self._ids[slots]
        missing = []
        pending = np.flatnonzero(found != keys)
        while len(pending):
            empty = found[pending] == 0
            missing.append(pending[empty])
            pending = pending[~empty]
            slots[pending] = (slots[pending] + np.uint64(1)) & np.uint64((1 << self._bits) - 1)
            found[pending] = self._keys[slots[pending]]
            ids[pending] = self._ids[slots[pending]]
            pending = pending[found[pending] != keys[pending]]
        return ids, np.sort(np.concatenate(missing)) if missing else np.zeros(0, np.int64)

    def _insert(self, keys: NDArray[np.uint64], ids: NDArray[np.int32]) -> None:
        """Adds keys that are not in the table, all different."""
        if 2 * (self._used + len(keys)) > len(self._keys):
            occupied = np.flatnonzero(self._keys)
            keys = np.concatenate([self._keys[occupied], keys])
            ids = np.concatenate([self._ids[occupied], ids])
            self._bits = max(self._bits, (4 * len(keys)).bit_length())
            self._keys, self._ids = np.zeros(1 << self._bits, np.uint64), np.zeros(1 << self._bits, np.int32)
            self._used = 0
        self._used += len(keys)
        slots = (keys * _MIX) >> np.uint64(64 - self._bits)
        pending = np.arange(len(keys))
        while len(pending):
            free = pending[self._keys[slots[pending]] == 0]
            taken, winners = np.unique(slots[free], return_index=True)
            self._keys[taken], self._ids[taken] = keys[free[winners]], ids[free[winners]]
            pending = pending[self._keys[slots[pending]] != keys[pending]]
            slots[pending] = (slots[pending] + np.uint64(1)) & np.uint64((1 << self._bits) - 1)


def _word_bounds(letters: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where words start and where they end (exclusive). `letters` ends in blanks."""
    in_word = letters != _BLANK
    edges = np.flatnonzero(in_word[1:] != in_word[:-1]) + 1
    if in_word[0]:
        edges = np.concatenate([[0], edges])
    return edges[0::2], edges[1::2]


def _word_keys(letters: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A key per word: its letters themselves for up to 8 of them, else a hash of the first `_LONGEST`, the last 8 and
    the length. Two of a million long words share a key with a probability of about 1 in 10 million."""
    at_any_offset = np.ndarray((len(letters) - 7,), "<u8", letters.data, 0, (1,))
    keys: NDArray[np.uint64] = at_any_offset[starts]
    lengths = ends - starts
    short = np.flatnonzero(lengths < 8)
    keys[short] &= _MASKS[lengths[short]]
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


def _mixed(hashes: NDArray[np.uint64], letters: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = (hashes ^ (hashes >> np.uint64(29)) ^ letters) * _MIX
    result: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(32))
    return result
