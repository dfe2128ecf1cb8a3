"""The first stage of a search for neighbours: which docs' sign codes differ least from a query's.

`indexer.vectors.codes` has what the codes are. simsimd counts the bits that differ, with instructions numpy has no
use of, and lets go of the interpreter's lock meanwhile, so that many codes are compared in as many threads as there
are cores, and beside whatever else a query needs.
"""

from __future__ import annotations

import os
from collections import deque

import numpy as np
import simsimd
from numpy.typing import NDArray

from search.vector.thread_pool import helpers

OUT = np.float32(np.inf)  # stands in place of a distance for docs that are not to be found
_FARTHEST = np.finfo(np.float32).max
_BLOCK = 1 << 15  # codes compared at a time
_STRIDE = 61  # every so many-th distance tells where the smallest end; odd, since articles may come in turns
_SAMPLED = 1 << 16  # distances from which that is worth it


class Comparison:
    """In how many bits each row of `codes` (n, words) differs from the code of a query (words,), counted block by
    block: other threads begin at once, and whoever asks for the distances takes part in what is left.

    Five codes of one word, of which the last four bits are shown, and the query 0011::

        codes      0011  0111  1100  0010  0000
        distances  0     1     4     1     2
    """

    def __init__(self, codes: NDArray[np.uint64], query: NDArray[np.uint64]) -> None:
        self._rows, self._query = codes.view(np.uint8), query[None].view(np.uint8)
        self._distances = np.empty(len(codes), np.float32)
        self._starts = deque(range(0, len(codes), _BLOCK))  # of blocks that nobody has begun with
        threads = min((os.cpu_count() or 1) - 1, len(self._starts) - 1)
        self._helpers = [helpers().submit(self._compare) for _ in range(threads)]

    def distances(self) -> NDArray[np.float32]:
        """(n,) the numbers of bits."""
        self._compare()
        for helper in self._helpers:
            if not helper.cancel():  # it has begun
                helper.result()
        return self._distances

    def _compare(self) -> None:
        while self._starts:
            try:
                start = self._starts.popleft()
            except IndexError:  # another thread was quicker
                return
            block = slice(start, start + _BLOCK)
            # with simsimd's own `out` every call takes a reference to None that is not its own (6.5.16), and up to
            # Python 3.11 the process dies once none is left
            counted = simsimd.cdist(self._query, self._rows[block], metric="hamming", dtype="bin8", out_dtype="f32")
            self._distances[block] = np.asarray(counted)[0]


def smallest(distance: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The places of the smallest of many distances, ascending: `k` to ``2 * k`` of them, or all where there are no
    more than `k`; `OUT` never among them. How far they reach is estimated from a sample, so that the rest need not be
    partitioned.

    With k = 2, and three equally far away that share the second place::

        distance  [7, 3, 5, 5, OUT, 5]
        limit     5                          the second smallest
        places    [1, 2, 3, 5]               all that reach it, which are no more than 2 * k

    Were there more than ``2 * k``, the first of the equal ones would do: [1, 2].
    """
    if len(distance) <= k:
        return np.flatnonzero(distance < OUT)
    if len(distance) >= _SAMPLED:
        near = np.flatnonzero(distance <= _estimated(distance, k))
        if len(near) >= k:
            return near.take(_smallest(distance.take(near), k))
    return _smallest(distance, k)


def _smallest(distance: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """What `smallest` gives, by partitioning all of at least `k` distances."""
    limit = min(np.partition(distance, k - 1)[k - 1], _FARTHEST)
    places = np.flatnonzero(distance <= limit)
    if len(places) > 2 * k:  # many are equally far away: the first of them
        equal = distance[places] == limit
        places = np.delete(places, np.flatnonzero(equal)[k - int((~equal).sum()) :])
    return places


def _estimated(distance: NDArray[np.float32], k: int) -> np.float32:
    """A distance that somewhat more than `k` are not above, most of the time; below `OUT`."""
    sample = distance[::_STRIDE]
    expected = k / _STRIDE
    rank = min(len(sample) - 1, int(expected + 3 * expected**0.5))
    return min(np.float32(np.partition(sample, rank)[rank]), _FARTHEST)
