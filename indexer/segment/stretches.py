"""Numbers of what lies in a row: the postings of some terms, the words of these postings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def all_from(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """``start, start + 1, ...`` for each start, as many as its count says, one after the other.

    >>> all_from(np.array([10, 20]), np.array([3, 2])).tolist()
    [10, 11, 12, 20, 21]
    """
    before = np.cumsum(counts) - counts
    numbers: NDArray[np.int64] = np.repeat(starts - before, counts)
    numbers += np.arange(len(numbers))
    return numbers
