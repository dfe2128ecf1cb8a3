"""How near all docs of a segment are to one article, each by its own weights: what they find it by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.segment.impacts import SCALE
from indexer.segment.segment import Segment
from recommender.corpus.terms import IN_TITLE
from recommender.local.forward_index import ForwardIndex

_DOCS = 4096  # whose digests are made together, so that it takes little memory


class RowScores:
    """The rows of a forward index, laid out to be multiplied with the words of one article after the other."""

    def __init__(self, forward: ForwardIndex, lightest: NDArray[np.float32], *, titles: bool) -> None:
        """`lightest`, (max_doc,), is what a term must weigh at least to count for a doc; with `titles` only those in
        titles count."""
        self._forward = forward
        entries, start = forward.entries, forward.start
        weights = entries["weight"].astype(np.float32)
        counts = weights >= np.repeat(lightest, np.diff(start))
        if titles:
            counts &= (entries["flags"] & IN_TITLE) > 0
        self._terms, self._weights = entries["term"][counts].astype(np.int64), weights[counts]
        self._start = np.concatenate([[0], np.cumsum(counts)])[start]  # where the terms of each doc begin

    def of(self, hashes: NDArray[np.uint64], impacts: NDArray[np.float32]) -> NDArray[np.float32]:
        """(max_doc,) the sums over terms of a doc's weight times the impact."""
        numbers = self._forward.numbers(hashes)
        known = numbers >= 0
        table = np.zeros(len(self._forward.hashes), np.float32)
        table[numbers[known]] = impacts[known]
        start = self._start
        sums = np.zeros(len(start) - 1, np.float32)
        has = np.flatnonzero(start[1:] > start[:-1])
        if len(has) and known.any():
            sums[has] = np.add.reduceat(table[self._terms] * self._weights, start[has])
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
    digests = np.zeros(len(forward.start) - 1, np.uint64)
    for first in range(0, len(digests), _DOCS):
        start = forward.start[first : first + _DOCS + 1]
        entries = forward.entries[start[0] : start[-1]]
        kinds = entries["weight"].view(np.uint16).astype(np.uint64) << np.uint64(8) | entries["flags"]
        numbers = mixed(forward.hashes[entries["term"]] + mixed(kinds))
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(numbers, dtype=np.uint64)])
        at = start - start[0]
        digests[first : first + _DOCS] = sums[at[1:]] - sums[at[:-1]]
    return digests


def vector_digests(matrix: NDArray[np.float32]) -> NDArray[np.uint64]:
    """(n,) a number for each row that changes whenever the row does."""
    digests = np.zeros(len(matrix), np.uint64)
    columns = np.arange(matrix.shape[1], dtype=np.uint64)
    for first in range(0, len(matrix), _DOCS):
        bits = np.ascontiguousarray(matrix[first : first + _DOCS], np.float32).view(np.uint32)
        digests[first : first + _DOCS] = mixed(bits + columns).sum(axis=1, dtype=np.uint64)
    return mixed(digests)
