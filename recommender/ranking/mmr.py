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
    value = scores.astype(np.float64)
    # row i: what the items are worth if i is the most similar one before them
    beside = value - penalty * similarity.astype(np.float64)
    for _ in range(len(scores)):
        best = int(value.argmax())
        order.append(best)
        np.minimum(value, beside[best], out=value)
        value[best] = -np.inf
    return order
