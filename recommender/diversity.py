"""Diversity: an order in which each article adds something to those before it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def mmr(scores: NDArray[np.float32], similarity: NDArray[np.float32], penalty: float) -> list[int]:
    """The order of n items by maximal marginal relevance (J. Carbonell and J. Goldstein, "The Use of MMR", 1998).

    Next comes the item with the highest score less `penalty` times its similarity to the most similar item before it.
    `similarity` is (n, n); a penalty of 0 leaves the order of the scores. Ties go to the lower number.
    """
    order: list[int] = []
    left = scores.astype(np.float64).copy()
    nearest = np.zeros(len(scores))
    for _ in range(len(scores)):
        best = int(np.argmax(left - penalty * nearest))
        order.append(best)
        left[best] = -np.inf
        nearest = np.maximum(nearest, similarity[best])
    return order
