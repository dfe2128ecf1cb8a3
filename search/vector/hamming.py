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
    """In how many bits each row of `codes` (n, words) differs from `wanted` (words,), counted block by block: other
    threads begin at once, and whoever wants the distances takes part in what is left."""

    def __init__(self, codes: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> None:
        self._rows, self._query = codes.view(np.uint8), wanted[None].view(np.uint8)
        self._distances = np.empty(len(codes), np.float32)
        self._starts = deque(range(0, len(codes), _BLOCK))  # of blocks that nobody has begun with
        threads = min((os.cpu_count() or 1) - 1, len(self._starts) - 1)
        self._helping = [helpers().submit(self._compare) for _ in range(threads)]

    def distances(self) -> NDArray[np.float32]:
        """(n,) the numbers of bits."""
        self._compare()
        for one in self._helping:
            if not one.cancel():  # it has begun
                one.result()
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
    partitioned."""
    if len(distance) <= k:
        return np.flatnonzero(distance < OUT)
    if len(distance) >= _SAMPLED:
        found = np.flatnonzero(distance <= _estimated(distance, k))
        if k <= len(found) <= 2 * k:
            near = distance[found]
            return found.compress(near <= np.partition(near, k - 1)[k - 1])
    last = min(np.partition(distance, k - 1)[k - 1], _FARTHEST)
    found = np.flatnonzero(distance <= last)
    if len(found) > 2 * k:  # many are equally far away: the first of them
        equal = distance[found] == last
        found = np.delete(found, np.flatnonzero(equal)[k - int((~equal).sum()) :])
    return found


def _estimated(distance: NDArray[np.float32], k: int) -> np.float32:
    """A distance that somewhat more than `k` are not above, most of the time; below `OUT`."""
    sample = distance[::_STRIDE]
    expected = k / _STRIDE
    rank = min(len(sample) - 1, int(expected + 3 * expected**0.5))
    return min(np.float32(np.partition(sample, rank)[rank]), _FARTHEST)
