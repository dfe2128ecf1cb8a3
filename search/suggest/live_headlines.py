"""The headlines of one generation: several parts, of which some articles may be gone.

Most are in one large part, which stays the same from generation to generation and may be mapped from a file; what came
since is in small ones. Places are counted over all parts, one part after the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from search.spelling.near_keys import LIKELIEST
from search.suggest.headlines import Headlines, Places


@dataclass(frozen=True, slots=True)
class Slot:
    """Some words, by their numbers in each part; those of a range are looked up at once."""

    numbers: tuple[Sequence[int], ...]

    def __bool__(self) -> bool:
        return any(self.numbers)

    def __add__(self, other: Slot) -> Slot:
        return Slot(tuple([*a, *b] for a, b in zip(self.numbers, other.numbers, strict=True)))


class LiveHeadlines:
    """The headlines of the live articles of a generation. Immutable, and safe to share between threads."""

    def __init__(self, parts: Sequence[Headlines], live: Sequence[NDArray[np.bool_]]) -> None:
        """Parts, and for each which of its articles are live, (n_headlines,)."""
        self._parts = parts
        self._live = [None if mask.all() else mask for mask in live]
        self._firsts = np.cumsum([0, *map(len, parts)]).tolist()

    def within(self, seqs: NDArray[np.int64]) -> LiveHeadlines:
        """Those of the articles with some sequence numbers, at the places that they have here."""
        wanted = [np.isin(part.seqs, seqs) for part in self._parts]
        live = [mask if of is None else mask & of for mask, of in zip(wanted, self._live, strict=True)]
        return LiveHeadlines(self._parts, live)

    def key(self, place: int) -> str:
        """The headline at a place, as it is compared."""
        part, local = self._locate(place)
        return part.keys[local]

    def seq(self, place: int) -> int:
        """The sequence number of the article whose headline is at a place."""
        part, local = self._locate(place)
        return int(part.seqs[local])

    def _locate(self, place: int) -> tuple[Headlines, int]:
        number = bisect_right(self._firsts, place) - 1
        return self._parts[number], place - self._firsts[number]

    def _joined(self, places: Sequence[Places]) -> Places:
        """Of places in each part those of live articles, counted over all parts."""
        of_live = [
            there if live is None else there[live[there]] for there, live in zip(places, self._live, strict=True)
        ]
        moved = [there + first if first else there for there, first in zip(of_live, self._firsts, strict=False)]
        return moved[0] if len(moved) == 1 else np.concatenate([np.zeros(0, np.int64), *moved])

    def beginning_with(self, key: str) -> Places:
        """The places of the headlines that begin with a text."""
        return self._joined([part.beginning_with(key) for part in self._parts])

    def equal_to(self, key: str) -> Places:
        """The places of the headlines that are just this."""
        return self._joined([part.equal_to(key) for part in self._parts])

    def _of_live(self, numbers: Sequence[range]) -> Slot:
        """The words with some numbers in each part; none in those where no live article has them."""
        return Slot(
            tuple(
                these if live is None or live[part.headlines_of(these)].any() else range(0)
                for these, part, live in zip(numbers, self._parts, self._live, strict=True)
            )
        )

    def word(self, word: str) -> Slot:
        """A word, if it is there."""
        return self._of_live([part.words.equal_to(word) for part in self._parts])

    def words_from(self, prefix: str) -> Slot:
        """The words that begin with a text."""
        return self._of_live([part.words.beginning_with(prefix) for part in self._parts])

    def near(self, word: str) -> Slot:
        """The likeliest words that one may be a slip of."""
        edits: dict[str, int] = {}
        counts: Counter[str] = Counter()
        for near in chain.from_iterable(part.near(word) for part in self._parts):
            edits[near.key] = near.edits
            counts[near.key] += near.count
        slots = map(self.word, sorted(edits, key=lambda key: (edits[key], -counts[key], key)))
        found = Slot(((),) * len(self._parts))
        for slot in islice(filter(None, slots), LIKELIEST):
            found = found + slot
        return found

    def but_for_marks(self, letters: str) -> Slot:
        """Some letters, or a pair of them, with other marks on these, or more."""
        return Slot(tuple(part.but_for_marks(letters) for part in self._parts))

    def near_beginnings(self, prefix: str) -> Slot:
        """The words whose beginning a text may be a slip of; its first letter is right."""
        return Slot(tuple(part.near_beginnings(prefix) for part in self._parts))

    def having(self, slots: Sequence[Slot]) -> Places:
        """The places of the headlines that have, for each of some slots, any of its words."""
        return self._joined(
            [part.having([slot.numbers[number] for slot in slots]) for number, part in enumerate(self._parts)]
        )

    def commonest_words(self, places: Places, prefix: str, limit: int) -> list[str]:
        """Of the words that begin with a text those that most of some headlines have."""
        counts: Counter[str] = Counter()
        for part, (first, last) in zip(self._parts, pairwise(self._firsts), strict=True):
            there = places[(places >= first) & (places < last)] - first
            counts.update(dict(part.commonest_words(there, part.words.beginning_with(prefix), limit)))
        return sorted(counts, key=lambda word: (-counts[word], word))[:limit]

    def most_read(self, places: Places, reads: Mapping[int, int], limit: int) -> list[int]:
        """Of some headlines those whose articles are among some that are read, by sequence number, most first."""
        if not reads or not len(places):
            return []
        _, seqs = self._of_articles(places)
        found = np.flatnonzero(np.isin(seqs, list(reads)))
        best = sorted(found.tolist(), key=lambda place: (-reads[int(seqs[place])], place))[:limit]
        return [int(places[place]) for place in best]

    def newest(self, places: Places, limit: int, *, once: bool = True) -> list[int]:
        """Of some headlines the newest, each key `once`, or as often as articles have it."""
        dates, seqs = self._of_articles(places)
        if len(places) > 8 * limit:
            newest = np.argpartition(-dates, 8 * limit)[: 8 * limit]
            places, dates, seqs = places[newest], dates[newest], seqs[newest]
        order: list[int] = places[np.lexsort((-seqs, -dates))].tolist()
        if not once:
            return order[:limit]
        first = {self.key(place): place for place in reversed(order)}
        return sorted(first.values(), key=order.index)[:limit]

    def _of_articles(self, places: Places) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The dates and the sequence numbers of the articles at some places."""
        if len(self._parts) == 1:
            return self._parts[0].dates[places], self._parts[0].seqs[places]
        dates, seqs = np.zeros(len(places), np.int64), np.zeros(len(places), np.int64)
        for part, (first, last) in zip(self._parts, pairwise(self._firsts), strict=True):
            here = (places >= first) & (places < last)
            there = places[here] - first
            dates[here], seqs[here] = part.dates[there], part.seqs[there]
        return dates, seqs
