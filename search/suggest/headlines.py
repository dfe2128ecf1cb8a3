"""The headlines of one generation, found by how they begin and by their words.

::

    place   key                          words, as numbers of the sorted dictionary
    0       a landing on the moon        a 0, landing 1, moon 2, on 3, the 5
    1       seeing the moon rise         moon 2, rise ..., seeing ..., the 5

Keys ascend, so those that begin with a text lie in a row; and so do words, whose headlines lie in a row then, too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cdist

from indexer.text.words import strip_accents, word_forms
from search.reader.forms import Vocabulary
from search.spelling.near_keys import TWO_FROM, NearKeys, edits_forgiven

Places = NDArray[np.int64]

_BETWEEN = " "  # the words of a key
_LAST = "\U0010ffff"  # after all that texts have
_NEAR = 5  # words that one with a slip is looked for as
_MOST_COMPARED = 20_000  # beginnings of words
_NONE = np.zeros(0, np.int64)


def key_of(text: str) -> str:
    """A headline, or the beginning of one, as they are compared."""
    return strip_accents(_BETWEEN.join(word_forms(text)))


class Headlines:
    """The headlines of some articles. Immutable, and safe to share between threads."""

    def __init__(self, keys: Mapping[int, str], dates: Mapping[int, int]) -> None:
        """From the key of each article's headline and the date of each article, by sequence number."""
        seqs = sorted(keys, key=lambda seq: (keys[seq], seq))
        self.keys = [keys[seq] for seq in seqs]
        self.seqs = np.array(seqs, np.int64)
        self.dates = np.array([dates[seq] for seq in seqs], np.int64)
        words = _BETWEEN.join(self.keys).split(_BETWEEN) if self.keys else []
        sizes = np.fromiter((key.count(_BETWEEN) for key in self.keys), np.int64, len(seqs)) + 1
        self.words = sorted(set(words))
        numbers = {word: number for number, word in enumerate(self.words)}
        pairs = np.repeat(np.arange(len(seqs)), sizes) * max(1, len(self.words))
        pairs += np.fromiter(map(numbers.__getitem__, words), np.int64, len(words))
        headlines, flat = np.divmod(np.unique(pairs), max(1, len(self.words)))  # each word of a headline once
        self._of_headline = flat  # the words of each headline ...
        self._headline_start = np.searchsorted(headlines, np.arange(len(seqs) + 1))
        self._of_word = headlines[np.argsort(flat, kind="stable")]  # ... and the headlines of each word
        self._counts = np.bincount(flat, minlength=len(self.words))
        self._word_start = np.concatenate([[0], self._counts.cumsum()])

    @cached_property
    def _near(self) -> NearKeys:
        return NearKeys(Vocabulary(self.words, self._counts))

    def beginning_with(self, key: str) -> Places:
        """The places of the headlines that begin with a text."""
        return np.arange(bisect_left(self.keys, key), bisect_left(self.keys, key + _LAST))

    def equal_to(self, key: str) -> Places:
        """The places of the headlines that are just this."""
        return np.arange(bisect_left(self.keys, key), bisect_right(self.keys, key))

    def numbers(self, word: str) -> range:
        """The number of a word, if it is there."""
        place = bisect_left(self.words, word)
        return range(place, place + (place < len(self.words) and self.words[place] == word))

    def numbers_from(self, prefix: str) -> range:
        """The numbers of the words that begin with a text."""
        return range(bisect_left(self.words, prefix), bisect_left(self.words, prefix + _LAST))

    def near(self, word: str) -> list[int]:
        """The numbers of the likeliest words that one may be a slip of."""
        return [self.numbers(near.key)[0] for near in self._near.near(word)[:_NEAR]]

    def near_beginnings(self, prefix: str) -> list[int]:
        """The numbers of the words whose beginning a text may be a slip of; its first letter is right."""
        most = edits_forgiven(prefix)
        if not most:
            return []
        most = most if len(prefix) >= TWO_FROM else 1
        first = self.numbers_from(prefix[0])[:_MOST_COMPARED]
        edits = np.full(len(first), most + 1, np.uint8)
        for length in (len(prefix) - 1, len(prefix), len(prefix) + 1):
            beginnings = [self.words[number][:length] for number in first]
            found = cdist(
                [prefix],
                beginnings,
                scorer=DamerauLevenshtein.distance,
                score_cutoff=most,
                dtype=np.uint8,
                workers=1,
            )[0]
            edits = np.minimum(edits, found)
        return [first[place] for place in np.flatnonzero(edits <= most).tolist()] if len(first) else []

    def having(self, slots: Sequence[Sequence[int]]) -> Places:
        """The places of the headlines that have, for each of some slots, any of the words with these numbers; those of
        a range are looked up at once."""
        found: NDArray[np.bool_] | None = None
        for slot in slots:
            mask = np.zeros(len(self.keys), bool)
            if isinstance(slot, range):
                mask[self._headlines_of(slot.start, slot.stop)] = True
            else:
                for number in slot:
                    mask[self._headlines_of(number, number + 1)] = True
            found = mask if found is None else found & mask
        return _NONE if found is None else np.flatnonzero(found)

    def _headlines_of(self, first: int, stop: int) -> Places:
        return self._of_word[self._word_start[first] : self._word_start[stop]]

    def commonest_words(self, places: Places, among: range, limit: int) -> list[str]:
        """Of the words with some numbers those that most of some headlines have."""
        sizes = self._headline_start[places + 1] - self._headline_start[places]
        ends = sizes.cumsum()
        at = np.arange(ends[-1] if len(ends) else 0) + (self._headline_start[places + 1] - ends).repeat(sizes)
        numbers = self._of_headline[at]
        counts = np.bincount(numbers[(numbers >= among.start) & (numbers < among.stop)] - among.start)
        best = np.argsort(-counts, kind="stable")[:limit].tolist()
        return [self.words[among.start + number] for number in best if counts[number]]

    def most_read(self, places: Places, reads: Mapping[int, int], limit: int) -> list[int]:
        """Of some headlines those whose articles are among some that are read, by sequence number, most first."""
        if not reads or not len(places):
            return []
        seqs = self.seqs[places]
        found = np.flatnonzero(np.isin(seqs, list(reads)))
        best = sorted(found.tolist(), key=lambda place: (-reads[int(seqs[place])], place))[:limit]
        return [int(places[place]) for place in best]

    def newest(self, places: Places, limit: int) -> list[int]:
        """Of some headlines the newest, each key once."""
        if len(places) > 8 * limit:
            newest = np.argpartition(-self.dates[places], 8 * limit)[: 8 * limit]
            places = places[newest]
        order = places[np.lexsort((-self.seqs[places], -self.dates[places]))].tolist()
        first = {self.keys[place]: place for place in reversed(order)}
        return sorted(first.values(), key=order.index)[:limit]
