"""The first stage of a search for neighbours: which docs' sign codes differ least from a query's.

`indexer.embeddings.codes` has what the codes are. They are compared 64 bits at a time in blocks that stay in the
processor's cache, and long ones in two threads, since numpy lets go of the interpreter's lock while it counts.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
from numpy.typing import NDArray

OUT = np.uint16(0xFFFF)  # stands in place of a distance for docs that are not to be found; above every real one
_BLOCK = 32_768  # docs compared at a time
_THREADED = 1 << 21  # words of codes from which a second thread pays
_EACH = 3  # counts of 64 bits that can be added up in a byte
_STRIDE = 17  # every so many-th distance tells where the smallest end; odd, since articles may come in turns
_SAMPLED = 1 << 16  # distances from which that is worth it


def distances(codes: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """(n,) in how many bits each column of `codes` (words, n) differs from `wanted` (words,)."""
    n = codes.shape[1]
    out = np.empty(n, np.uint16)
    if codes.size < _THREADED or (os.cpu_count() or 1) < 2:
        _compare(codes, wanted, out)
        return out
    middle = n // 2 // _BLOCK * _BLOCK
    other = _helper().submit(_compare, codes[:, middle:], wanted, out[middle:])
    _compare(codes[:, :middle], wanted, out[:middle])
    other.result()
    return out


@cache
def _helper() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="readmore-signs")


def _compare(codes: NDArray[np.uint64], wanted: NDArray[np.uint64], out: NDArray[np.uint16]) -> None:
    n_words, n = codes.shape
    size = min(_BLOCK, n)
    different = np.empty(size, np.uint64)
    counts, sums = np.empty((2, size), np.uint8)
    for start in range(0, n, size):
        here = out[start : start + size]
        bits, count, total = different[: len(here)], counts[: len(here)], sums[: len(here)]
        for first in range(0, n_words, _EACH):
            for word in range(first, min(first + _EACH, n_words)):
                np.bitwise_xor(codes[word, start : start + size], wanted[word], out=bits)
                np.bitwise_count(bits, out=total if word == first else count)
                if word > first:
                    np.add(total, count, out=total)
            if first:
                np.add(here, total, out=here)
            else:
                here[:] = total


def smallest(distance: NDArray[np.uint16], k: int) -> NDArray[np.int64]:
    """The places of the smallest of many distances, ascending: `k` to ``2 * k`` of them, or all where there are no
    more than `k`; `OUT` never among them. How far they reach is estimated from a sample, so that the rest need not be
    partitioned."""
    if len(distance) <= k:
        return np.flatnonzero(distance < OUT)
    if len(distance) >= _SAMPLED:
        found = np.flatnonzero(distance <= _estimated(distance, k))
        if k <= len(found) <= 2 * k:
            return found
    last = min(np.partition(distance, k - 1)[k - 1], np.uint16(OUT - 1))
    found = np.flatnonzero(distance <= last)
    if len(found) > 2 * k:  # many are equally far away: the first of them
        equal = distance[found] == last
        found = np.delete(found, np.flatnonzero(equal)[k - int((~equal).sum()) :])
    return found


def _estimated(distance: NDArray[np.uint16], k: int) -> np.uint16:
    """A distance that somewhat more than `k` are not above, most of the time; below `OUT`."""
    sample = distance[::_STRIDE]
    expected = k / _STRIDE
    rank = min(len(sample) - 1, int(expected + 3 * expected**0.5))
    return min(np.uint16(np.partition(sample, rank)[rank]), np.uint16(OUT - 1))
