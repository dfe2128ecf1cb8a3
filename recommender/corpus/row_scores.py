"""How near all docs of a segment are to one article, each by its own weights: what they find it by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.segment.impacts import SCALE
from indexer.segment.segment import Segment
from recommender.corpus.forward_index import ForwardIndex
from recommender.corpus.terms import IN_TITLE


@dataclass(frozen=True, eq=False)
class RowScores:
    """The rows of a forward index, laid out to be multiplied with the words of one article after the other."""

    forward: ForwardIndex
    lightest: NDArray[np.float32]  # (max_doc,) what a term must weigh at least to count for a doc
    titles: bool  # whether only terms in titles count

    @cached_property
    def _counted(self) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]:
        """Of the entries that count their terms and weights, and where those of each doc begin."""
        entries, start = self.forward.entries, self.forward.start
        weights = entries["weight"].astype(np.float32)
        counts = weights >= np.repeat(self.lightest, np.diff(start))
        if self.titles:
            counts &= (entries["flags"] & IN_TITLE) > 0
        before = np.concatenate([[0], np.cumsum(counts)])
        return entries["term"][counts].astype(np.int64), weights[counts], before[start]

    def of(self, hashes: NDArray[np.uint64], impacts: NDArray[np.float32]) -> NDArray[np.float32]:
        """(max_doc,) the sums over terms of a doc's weight times the impact."""
        numbers = self.forward.numbers(hashes)
        known = numbers >= 0
        table = np.zeros(len(self.forward.hashes), np.float32)
        table[numbers[known]] = impacts[known]
        terms, weights, start = self._counted
        sums = np.zeros(len(start) - 1, np.float32)
        has = np.flatnonzero(start[1:] > start[:-1])
        if len(has) and known.any():
            sums[has] = np.add.reduceat(table[terms] * weights, start[has])
        return sums


def impacts_of(segment: Segment, doc: int, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n,) the impacts, from 0 to 1, of terms of a segment, given by their numbers, in a doc that has them."""
    found = np.zeros(len(numbers), np.float32)
    for place, number in enumerate(numbers.tolist()):
        posts = segment.postings(number)
        found[place] = segment.impacts[posts.start + int(segment.docs[posts].searchsorted(doc))]
    return found / np.float32(SCALE)


def mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """(n,) numbers spread over all 64 bits, by the finaliser of splitmix64 (G. Steele and others, 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def row_digests(forward: ForwardIndex) -> NDArray[np.uint64]:
    """(max_doc,) a number for each doc that changes whenever its terms, their weights or their flags do."""
    entries = forward.entries
    kinds = entries["weight"].view(np.uint16).astype(np.uint64) << np.uint64(8) | entries["flags"]
    of_entries = mixed(forward.hashes[entries["term"]] + mixed(kinds))
    return sums_of(of_entries, forward.start)


def sums_of(numbers: NDArray[np.uint64], start: NDArray[np.int64]) -> NDArray[np.uint64]:
    """(n,) the sums, modulo 2**64, of the numbers from each start to the next one."""
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(numbers, dtype=np.uint64)])
    return np.asarray(sums[start[1:]] - sums[start[:-1]])
