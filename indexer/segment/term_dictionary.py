"""Sorted terms packed into two arrays: looked up where they lie, memory-mapped, without a dictionary to build first."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LANDMARK_EVERY = 16


class Terms:
    """Terms in UTF-8, ascending, none of them empty: term i is bytes ``start[i]:start[i + 1]`` of `blob`."""

    @classmethod
    def of(cls, terms: Sequence[bytes]) -> Terms:
        """These terms, packed."""
        starts = np.cumsum(np.fromiter(chain((0,), map(len, terms)), np.int64, len(terms) + 1))
        return cls(np.frombuffer(b"".join(terms), np.uint8), starts)

    def __init__(self, blob: NDArray[Any], start: NDArray[Any]) -> None:
        self.blob, self.start = blob, start
        # indexing a memoryview gives a plain int several times faster than indexing an array, and a look-up does it
        # often
        self._blob = blob.data
        self._start = start.data

    def __len__(self) -> int:
        return len(self._start) - 1

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._blob[self._start[number] : self._start[number + 1]])

    @cached_property
    def _landmarks(self) -> list[bytes]:
        """Every so many-th term: bisecting a list of bytes is several times as fast as bisecting the terms."""
        return [self[number] for number in range(0, len(self), _LANDMARK_EVERY)]

    def number(self, term: bytes) -> int:
        """The number of `term`, or -1 if it is not there."""
        if not term:
            return -1
        block = bisect_right(self._landmarks, term) - 1
        if block < 0:
            return -1
        first = block * _LANDMARK_EVERY
        starts = self._start[first : first + _LANDMARK_EVERY + 1].tolist()
        text = bytes(self._blob[starts[0] : starts[-1]])
        at = text.find(term)
        while at >= 0:  # at the place of the term, or within another
            start = starts[0] + at
            if start in starts:
                number = starts.index(start)
                if starts[number + 1] == start + len(term):
                    return first + number
            at = text.find(term, at + 1)
        return -1

    def place(self, term: bytes) -> int:
        """The number of the first term that is not below `term`."""
        last = bisect_left(self._landmarks, term) * _LANDMARK_EVERY
        first = max(0, last - _LANDMARK_EVERY)
        return bisect_left(range(len(self)), term, first, min(last, len(self)), key=self.__getitem__)

    def all(self) -> list[bytes]:
        """All terms, ascending."""
        blob, bounds = bytes(self._blob), self._start.tolist()
        return [blob[a:b] for a, b in pairwise(bounds)]
