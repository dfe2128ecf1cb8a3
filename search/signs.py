"""The first stage of a search for neighbours: which docs' sign codes differ least from a query's.

`indexer.embeddings.codes` has what the codes are. simsimd counts the bits that differ, with instructions numpy has no
use of, and lets go of the interpreter's lock meanwhile, so that many codes are compared in as many threads as there
are cores.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

import numpy as np
import simsimd
from numpy.typing import NDArray

OUT = np.float32(np.inf)  # stands in place of a distance for docs that are not to be found
_FARTHEST = np.finfo(np.float32).max
_THREADED = 1 << 16  # codes from which a second thread pays
_STRIDE = 17  # every so many-th distance tells where the smallest end; odd, since articles may come in turns
_SAMPLED = 1 << 16  # distances from which that is worth it


def distances(codes: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.float32]:
    """(n,) in how many bits each row of `codes` (n, words) differs from `wanted` (words,)."""
    out = np.empty(len(codes), np.float32)
    rows, query = codes.view(np.uint8), wanted[None].view(np.uint8)
    n_parts = max(1, min(os.cpu_count() or 1, len(codes) // _THREADED))
    bounds = [len(codes) * part // n_parts for part in range(n_parts + 1)]
    first, *others = [(query, rows[a:b], out[a:b]) for a, b in pairwise(bounds)]
    running = [_helpers().submit(_compare, *other) for other in others]
    _compare(*first)
    for other in running:
        other.result()
    return out


def _compare(query: NDArray[np.uint8], rows: NDArray[np.uint8], out: NDArray[np.float32]) -> None:
    if len(rows):  # simsimd refuses none
        # with simsimd's own `out` every call takes a reference to None that is not its own (6.5.16), and up to Python
        # 3.11 the process dies once none is left
        out[:] = np.asarray(simsimd.cdist(query, rows, metric="hamming", dtype="bin8", out_dtype="f32"))[0]


@cache
def _helpers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="readmore-signs")


os.register_at_fork(after_in_child=_helpers.cache_clear)  # threads don't come along


def smallest(distance: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The places of the smallest of many distances, ascending: `k` to ``2 * k`` of them, or all where there are no
    more than `k`; `OUT` never among them. How far they reach is estimated from a sample, so that the rest need not be
    partitioned."""
    if len(distance) <= k:
        return np.flatnonzero(distance < OUT)
    if len(distance) >= _SAMPLED:
        found = np.flatnonzero(distance <= _estimated(distance, k))
        if k <= len(found) <= 2 * k:
            return found
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
