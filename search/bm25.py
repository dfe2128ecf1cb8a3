"""BM25's collection statistics and the best-scoring docs of an array, as pure functions.

S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009. The part of the formula
that depends on a document is computed when the index is written, see indexer.impacts.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_SAMPLED = 16  # one of so many scores


def idf(n_docs: int, df: int) -> float:
    """``ln(1 + (N - df + 0.5) / (df + 0.5))``: above 0 for every df in [0, N], falling as df rises."""
    return math.log1p((n_docs - df + 0.5) / (df + 0.5))


def top_k(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The indices of the `k` highest of `scores`, best first; equal scores in ascending order of index."""
    if k >= len(scores):
        return np.argsort(-scores, kind="stable")
    if k <= 0:
        return np.zeros(0, np.int64)
    if len(scores) >= 4 * _SAMPLED * max(k, 4 * _SAMPLED):  # most are far below the best: a sample says how far
        sample = scores[::_SAMPLED]
        rank = 2 * k // _SAMPLED + _SAMPLED
        above = np.flatnonzero(scores >= np.partition(sample, len(sample) - rank)[len(sample) - rank])
        if k <= len(above) <= len(scores) // 2:
            return above[top_k(scores[above], k)]
    threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
    candidates = np.flatnonzero(scores >= threshold)
    return candidates[np.argsort(-scores[candidates], kind="stable")][:k]
