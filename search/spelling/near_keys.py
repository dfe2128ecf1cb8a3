"""The words of an archive that are a slip or two away from one that was typed.

Comparing a word with every other takes tens of milliseconds in a large archive. Most can be told not to be near by
their letters alone: an edit takes away one letter at most, and adds one at most. So each word has a mask with a bit for
every letter that it has, and another for those that it has twice, and only words with few other bits are compared.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cdist

from indexer.text.scripts import HANGUL, in_jamo, is_hangul, korean_noun
from search.reader.forms import Vocabulary
from search.reader.index import Index
from search.spelling.apostrophes import typed_without

SHORTEST = 4  # letters of a word in which a slip is forgiven
TWO_FROM = 8  # letters of a word in which two are: of the one typed or of the one meant
_SHORTEST_HANGUL = 3  # syllables of a Korean word in which one is
LONGEST = 40  # letters; nobody types a longer word by hand
LIKELIEST = 5  # words that one with a slip is looked for as while somebody types
COMMON = 200  # occurrences from which on a word is one that others may be slips of though articles have these, too
_CLASSES = 32  # of letters; those of one class share their bits
_BLOCK = 1 << 12  # words whose masks are made together
_MOST_COMPARED = 20_000  # words, the commonest, which bounds the time
_ENDING = 4  # letters that another form of a word has more
_MOST_WITH_ENDINGS = 5_000  # words, the commonest, that are compared without their last letters


@dataclass(frozen=True, slots=True)
class NearKey:
    """A key of the dictionary of forms near a word."""

    key: str
    edits: int  # insertions, deletions, replacements of a letter and swaps of neighbours, 1 or more
    count: int  # how often it occurs in the archive


def edits_forgiven(word: str) -> int:
    """How many slips a word of this length may have, of letters that were left out two in a word too short for it. In
    Korean these are syllables, three of which have at least six letters."""
    if len(word) == _SHORTEST_HANGUL and all(map(is_hangul, word)):
        return 1
    return 0 if not SHORTEST <= len(word) <= LONGEST else 1 if len(word) < TWO_FROM - 2 else 2


class NearKeys:
    """The keys of a vocabulary, ready to be compared with. Immutable, and safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        masks, lengths = _masks(vocabulary.keys)
        order = np.argsort(lengths, kind="stable")
        self._keys = vocabulary.keys
        self._vocabulary = vocabulary
        self._order = order.astype(np.min_scalar_type(len(order)))  # the places of the keys, the shortest first
        self._counts = vocabulary.counts[order]
        # by length the place of the first key in this order
        self._first = np.searchsorted(lengths[order], np.arange(LONGEST + 4 + _ENDING))
        self._masks = masks[order]
        self._common = np.flatnonzero(self._counts >= COMMON)  # places in this order
        self._common_masks = self._masks[self._common]
        self._first_common = np.searchsorted(self._common, self._first)

    def near(self, word: str) -> list[NearKey]:
        """The keys at most `edits_forgiven` away from a folded word, without those with figures and itself; of those
        with apostrophes also a part, or all letters in one. The nearest first, the commonest among equals."""
        most = edits_forgiven(word)
        if not most or not len(self._keys):
            return []
        if is_hangul(word):
            return self._near_in_letters(word, most)
        found = self._near(word, self._alike(word, most), most)
        whole, parts = self._with_apostrophes
        if not whole:
            return found
        of_parts = [NearKey(whole[near.key][0], near.edits, near.count) for near in parts.near(word)]
        if word in whole:
            of_parts.append(NearKey(whole[word][0], 1, whole[word][1]))
        fewest = {near.key: near for near in sorted([*found, *of_parts], key=lambda near: -near.edits)}
        return sorted(fewest.values(), key=_by_slips)

    @cached_property
    def _with_apostrophes(self) -> tuple[Mapping[str, tuple[str, int]], NearKeys]:
        """What is typed of keys with apostrophes, see `search.spelling.apostrophes`, and the same to compare with."""
        whole = typed_without(self._vocabulary)
        return whole, NearKeys(Vocabulary.of({part: count for part, (_, count) in whole.items()}))

    def _near_in_letters(self, word: str, most: int) -> list[NearKey]:
        """What `near` gives for a Korean word, whose syllables are compared letter by letter."""
        nouns, keys = self._korean
        found = [replace(near, key=keys[near.key]) for near in nouns.near(in_jamo(word)) if keys[near.key] != word]
        if len(word) >= SHORTEST:  # another syllable may be three slips
            there = {near.key for near in found}
            found += [near for near in self._near(word, self._alike(word, most), most) if near.key not in there]
        return sorted(found, key=_by_slips)

    def common(self, word: str, least: int = COMMON) -> list[NearKey]:
        """Those of `near` that are one slip away and occur `least` times or more, and `COMMON` times: they are found in
        a tenth of the time."""
        if not edits_forgiven(word):
            return []
        if is_hangul(word):
            return [near for near in self.near(word) if near.edits == 1 and near.count >= max(least, COMMON)]
        first, last = (int(self._first_common[length]) for length in (len(word) - 1, len(word) + 2))
        mask, masks = _mask(word), self._common_masks[first:last]
        alike = np.flatnonzero(np.bitwise_count(masks & ~mask) <= 1)
        alike = alike[np.bitwise_count(mask & ~masks[alike]) <= 1]
        alike = alike[self._counts[self._common[alike + first]] >= least]
        return self._near(word, self._common[alike + first], 1)

    def _near(self, word: str, places: NDArray[np.int64], most: int) -> list[NearKey]:
        """Of the keys at some places those at most so many slips away, see `near`."""
        keys = self._keys.at(self._order[places])
        if not keys:
            return []
        edits = cdist([word], keys, scorer=DamerauLevenshtein.distance, score_cutoff=most, dtype=np.uint8, workers=1)[0]
        within = np.flatnonzero((edits <= most) & (edits > 0)).tolist()
        found = [NearKey(keys[n], int(edits[n]), int(self._counts[places[n]])) for n in within]
        kept = [near for near in found if _is_forgiven(word, near) and not any(map(str.isdigit, near.key))]
        return sorted(kept, key=_by_slips)

    def near_with_endings(self, word: str) -> list[NearKey]:
        """The keys that are near a folded word but for their last letters, at most `_ENDING` of these, the commonest
        first; `near` has those that are near as they are."""
        most = edits_forgiven(word)
        if not most or not len(self._keys):
            return []
        places = self._alike(word, most, _ENDING)
        if len(places) > _MOST_WITH_ENDINGS:
            places = places[np.argsort(-self._counts[places], kind="stable")[:_MOST_WITH_ENDINGS]]
        keys = self._keys.at(self._order[places])
        if not keys:
            return []
        edits = np.full(len(keys), most + 1, np.uint8)
        for ending in range(1, _ENDING + 1):
            cut = [key[:-ending] for key in keys]
            found = cdist([word], cut, scorer=DamerauLevenshtein.distance, score_cutoff=most, dtype=np.uint8, workers=1)
            edits = np.minimum(edits, found[0])
        within = np.flatnonzero(edits <= most).tolist()
        near = [NearKey(keys[n], int(edits[n]), int(self._counts[places[n]])) for n in within]
        kept = [near for near in near if not any(map(str.isdigit, near.key))]
        return sorted(kept, key=lambda near: (-near.count, near.key))

    def may_begin_near(self, beginning: str, among: range, most: int) -> NDArray[np.int64]:
        """The places, in the order of the vocabulary, of those keys among some that may begin as a text does but for
        `most` slips: a beginning has no letter that its word has not."""
        lacking = np.bitwise_count(_mask(beginning) & ~self._masks_in_order[among.start : among.stop])
        return np.flatnonzero(lacking <= most) + among.start

    @cached_property
    def _korean(self) -> tuple[NearKeys, Mapping[str, str]]:
        """The Korean keys, and these without their particles, as the letters that their syllables are made of; and by
        these the key, of several the commonest."""
        first, last = (self._keys.place(syllable) for syllable in HANGUL)
        found: dict[str, str] = {}
        of_found: dict[str, int] = {}
        keys = zip(self._vocabulary.counts[first:last].tolist(), self._keys[first:last], strict=True)
        for count, key in sorted(keys, reverse=True):
            jamo, noun = in_jamo(key), in_jamo(korean_noun(key))
            found[jamo] = key
            found.setdefault(noun, key)
            for letters in {jamo, noun}:
                of_found[letters] = of_found.get(letters, 0) + count
        return NearKeys(Vocabulary.of(of_found)), found

    @cached_property
    def _masks_in_order(self) -> NDArray[np.uint64]:
        """The masks of the keys in the order of the vocabulary."""
        masks = np.empty_like(self._masks)
        masks[self._order] = self._masks
        return masks

    def _alike(self, word: str, most: int, ending: int = 0) -> NDArray[np.int64]:
        """The places of the keys that may be near by their lengths and letters, their last letters aside."""
        first, last = (int(self._first[n]) for n in (max(0, len(word) - most), len(word) + most + ending + 1))
        mask, masks = _mask(word), self._masks[first:last]
        alike = np.bitwise_count(masks & ~mask) <= most + ending
        alike &= np.bitwise_count(mask & ~masks) <= most
        places = np.flatnonzero(alike) + first
        if len(places) > _MOST_COMPARED:
            places = np.sort(places[np.argsort(-self._counts[places], kind="stable")[:_MOST_COMPARED]])
        return places


def _by_slips(near: NearKey) -> tuple[int, int, str]:
    return near.edits, -near.count, near.key


def _is_forgiven(word: str, near: NearKey) -> bool:
    """Whether so many slips are forgiven in a word; letters that only stand elsewhere ("ecomony") are hardly two."""
    if near.edits == 1 or max(len(word), len(near.key)) >= TWO_FROM:
        return True
    return word[0] == near.key[0] and sorted(word) == sorted(near.key)


def _mask(word: str) -> np.uint64:
    """The mask that `_masks` makes of a word, in a fraction of the time for one."""
    once = twice = 0
    for letter in word:
        bit = 1 << ord(letter) % _CLASSES
        twice |= once & bit
        once |= bit
    return np.uint64(once | twice << _CLASSES)


def _masks(words: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """(n,) the masks of some words, and their lengths.

    "moon" has bits 13, 14 and 15 for its letters, and 32 + 15 because it has two of the last.
    """
    masks, all_lengths = np.zeros(len(words), np.uint64), np.zeros(len(words), np.int64)
    bits = np.uint64(1) << np.arange(_CLASSES, dtype=np.uint64)
    for start in range(0, len(words), _BLOCK):
        block = words[start : start + _BLOCK]
        letters = bits[np.frombuffer("".join(block).encode("utf-32-le", "surrogatepass"), np.uint32) % _CLASSES]
        lengths = np.fromiter(map(len, block), np.int64, len(block))
        firsts = lengths.cumsum() - lengths
        once, twice = np.zeros((2, len(block)), np.uint64)
        for place in range(int(lengths.max(initial=0))):  # the letters at one place of all words together
            have = np.flatnonzero(lengths > place)
            letter = letters[firsts[have] + place]
            twice[have] |= once[have] & letter
            once[have] |= letter
        masks[start : start + _BLOCK] = once | (twice << np.uint64(_CLASSES))
        all_lengths[start : start + _BLOCK] = lengths
    return masks, all_lengths


def words_of(index: Index) -> Vocabulary:
    """The words of its texts."""
    return index.forms.vocabulary()


def names_of(index: Index) -> Vocabulary:
    """The words of its names."""
    return index.names()


class NearKeysOfIndex:
    """The keys of the generation that was asked for last; made once for each. Those of its texts, or of its names."""

    def __init__(self, vocabulary: Callable[[Index], Vocabulary] = words_of) -> None:
        self._lock = threading.Lock()
        self._vocabulary = vocabulary
        self._made: tuple[tuple[int, float], NearKeys] | None = None

    def of(self, index: Index) -> NearKeys:
        """Those of an index."""
        with self._lock:
            if self._made is None or not self.has(index):
                self._made = (index.generation, index.until), NearKeys(self._vocabulary(index))
            return self._made[1]

    def has(self, index: Index) -> bool:
        """Whether those of an index are made."""
        return self._made is not None and self._made[0] == (index.generation, index.until)
