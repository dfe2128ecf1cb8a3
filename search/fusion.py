"""Fusion: one ranking out of several legs, each of which scores the same docs on a scale of its own.

The choice is the convex combination of normalised scores, which S. Bruch, S. Gai and A. Ingber ("An Analysis of Fusion
Functions for Hybrid Retrieval", 2023) found better and less sensitive to its parameter than reciprocal rank fusion;
it was so on the test collections here too, see docs/ranking.md.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

QUERY_WEIGHTS = {"bm25": 0.3, "lsa": 0.7}  # for queries of words
CONDITION_WEIGHTS = {"bm25": 0.6, "lsa": 0.4}  # for phrases, fields and operators, which say exactly what is wanted


def normalise(scores: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """`scores` moved and scaled so that `low` becomes 0 and `high` becomes 1; all 0 where the two are equal."""
    if high <= low:
        return np.zeros_like(scores)
    scaled: NDArray[np.float32] = ((scores - np.float32(low)) / np.float32(high - low)).astype(np.float32, copy=False)
    return scaled


def convex(legs: Mapping[str, NDArray[np.float32]], weights: Mapping[str, float]) -> NDArray[np.float32]:
    """The weighted sum of normalised legs, the weights of the legs that are there scaled to add up to 1.

    Every leg is (n,) float32 over the same n docs.
    """
    total = sum(weights.get(name, 0.0) for name in legs)
    fused = np.zeros(len(next(iter(legs.values()))), np.float32)
    for name, scores in legs.items():
        share = weights.get(name, 0.0) / total if total > 0 else 1 / len(legs)
        fused += np.float32(share) * scores
    return fused
