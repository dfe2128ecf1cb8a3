"""Cosines of vectors with a vector and with each other, as pure functions over rows of unit length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CUTS = (24, 96)  # dimensions of an ordered space that hold the broad subjects, and the not so broad
_ONE_THREAD = 1 << 18  # multiplications; OpenBLAS takes several threads for more
_NARROW = 16  # columns


def with_vector(rows: NDArray[np.float32], vector: NDArray[np.float32], *, ordered: bool) -> NDArray[np.float32]:
    """(n,) the cosines of (n, dim) unit rows with a vector (dim,), which may be shorter than 1, as that of a draft is
    of which not every word is known; 0 for a row of zeros. In an `ordered` space the mean of the cosines in all
    dimensions and in the first of each of the `CUTS`: the dimensions of a space made by singular value decomposition
    are ordered, the first hold the broad subjects, the last what sets single articles apart."""
    # vecdot stays in the calling thread, where a matrix product would wait for others to take their share
    cosines: NDArray[np.float32] = np.vecdot(rows, vector)
    if not ordered:
        return cosines
    whole = np.linalg.norm(vector)
    for cut in CUTS:
        head, vector_head = rows[:, :cut], vector[:cut]
        lengths = np.sqrt(np.vecdot(head, head)) * (np.linalg.norm(vector_head) / whole)
        cosines += np.vecdot(head, vector_head) / np.maximum(lengths, np.float32(1e-6))
    return np.asarray(cosines / np.float32(1 + len(CUTS)), np.float32)


def mutual(rows: NDArray[np.float32], *, ordered: bool) -> NDArray[np.float32]:
    """(n, n) the cosines of (n, dim) vectors with each other; in an `ordered` space the mean of those in all dimensions
    and in the first of each of the `CUTS`."""
    cosines = gram(rows)
    if not ordered:
        return cosines
    for cut in CUTS:
        head = rows[:, :cut] / np.maximum(np.linalg.norm(rows[:, :cut], axis=1, keepdims=True), 1e-6)
        cosines += gram(head)
    return cosines / np.float32(1 + len(CUTS))


def gram(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, n) ``rows @ rows.T``, for a few rows in products so small that BLAS makes each in the calling thread: where
    other processes want the cores, to share one out to threads takes five times as long as to make it.

    >>> gram(np.array([[1, 0], [0, 2], [1, 1]], np.float32)).tolist()
    [[1.0, 0.0, 1.0], [0.0, 4.0, 2.0], [1.0, 2.0, 2.0]]
    """
    n, width = rows.shape
    step = _ONE_THREAD // max(1, n * n)
    if step < _NARROW:
        return np.asarray(rows @ rows.T, np.float32)
    total = np.zeros((n, n), np.float32)
    for start in range(0, width, step):
        part = rows[:, start : start + step]
        total += part @ part.T.copy()  # not the transpose itself, which makes it another routine, with other limits
    return total
