"""Fusion: one ranking out of several legs, each of which scores the same docs on a scale of its own.

The choice is the convex combination of normalised scores, which S. Bruch, S. Gai and A. Ingber ("An Analysis of Fusion
Functions for Hybrid Retrieval", 2023) found better and less sensitive to its parameter than reciprocal rank fusion;
it was so here too. What was tried, and what it gave, is in docs/ranking.md.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

BALANCE = 3.0  # words that a space tells apart at which it weighs as much as BM25
LEAST_BM25, MOST_BM25 = 0.1, 0.7  # the weight of BM25 in the longest and in the shortest query
FADES_BELOW = 0.2  # share of the best space's resolution below which another counts less than it
CONDITION_BM25 = 0.6  # its weight for phrases, fields and operators, which say exactly what is wanted


def bm25_weight(n_words: int, resolution: float) -> float:
    """The share of BM25 in a query of so many different words, the rest being the vector spaces'.

    ``1 / (1 + (n_words * resolution / BALANCE)^2)``, kept within `LEAST_BM25` and `MOST_BM25`.

    One or two words name a thing, and BM25 knows the articles that name it; ten words describe a subject, and a space
    knows what else is written about it. The more articles a space has to hold, the less it tells them apart
    (`indexer.embeddings.lsa` measures its resolution, from 0 to 1), and the more words it takes before it is to be
    trusted. Even for one word the space has a say: it tells which of the many articles that mention it are about it.
    """
    return min(MOST_BM25, max(LEAST_BM25, 1 / (1 + (n_words * resolution / BALANCE) ** 2)))


def space_weights(resolutions: Mapping[str, float]) -> dict[str, float]:
    """The weight of each vector space beside the others, which add up to 1, from their resolutions.

    All count the same: a space of questions and paraphrase adds most where it differs most from one of words, which
    its resolution, measured by words, does not show. Only one that tells next to nothing apart, below `FADES_BELOW` of
    the best space's resolution, counts for proportionally less.
    """
    best = max(resolutions.values())
    shares = {name: min(1.0, one / (FADES_BELOW * best)) if best > 0 else 1.0 for name, one in resolutions.items()}
    return {name: share / sum(shares.values()) for name, share in shares.items()}


def normalise(scores: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """`scores` moved and scaled so that `low` and what is below becomes 0 and `high` becomes 1; all 0 where the two are
    equal."""
    if high <= low:
        return np.zeros_like(scores)
    above = np.maximum(scores - np.float32(low), np.float32(0))
    scaled: NDArray[np.float32] = (above / np.float32(high - low)).astype(np.float32, copy=False)
    return scaled


def convex(legs: Mapping[str, NDArray[np.float32]], weights: Mapping[str, float]) -> NDArray[np.float32]:
    """The weighted sum of normalised legs, the weights of the legs that are there scaled to add up to 1.

    Every leg is (n,) float32 over the same n docs.
    """
    fused = np.zeros(len(next(iter(legs.values()))), np.float32)
    for part in shares(legs, weights).values():
        fused += part
    return fused


def shares(
    legs: Mapping[str, NDArray[np.float32]],
    weights: Mapping[str, float],
    lacking: Mapping[str, NDArray[np.bool_]] | None = None,
) -> dict[str, NDArray[np.float32]]:
    """What each leg adds to `convex`. Where a leg is `lacking`, because it has not got to a doc yet, the doc has the
    score that its other legs give it."""
    total = sum(weights.get(name, 0.0) for name in legs)
    if not total > 0:
        weights, total = dict.fromkeys(legs, 1.0), float(len(legs))
    parts = {name: np.float32(weights.get(name, 0.0) / total) * scores for name, scores in legs.items()}
    if lacking:
        left = 1 - sum(np.float32(weights.get(name, 0.0) / total) * missing for name, missing in lacking.items())
        for name, part in parts.items():
            part[lacking.get(name, np.zeros(len(part), bool))] = 0
            part /= np.maximum(left, np.float32(1e-6))
    return parts
