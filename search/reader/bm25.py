"""BM25's collection statistics and the best-scoring docs of an array, as pure functions.

S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009. The part of the formula
that depends on a document is computed when the index is written, see indexer.segment.impacts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_COLUMNS = 128
_SORTED = 1024  # up to so many scores are sorted sooner than searched for the best


# What a term counts that stands for a word in another spelling or another language of the archive: among equals, the
# articles come first that have the word as it was typed, in the language of the archive.
OTHER_TERM = 0.9


def word_idf(num_docs: int, doc_freqs: Sequence[int]) -> float:
    """The idf of a word that has several terms: one for all, by the articles that have any, so that none weighs more
    for being rare. An article that has two is counted twice."""
    return idf(num_docs, min(num_docs, sum(doc_freqs)))


def idf(num_docs: int, df: int) -> float:
    """``ln(1 + (N - df + 0.5) / (df + 0.5))``: above 0 for every df in [0, N], falling as df rises."""
    return math.log1p((num_docs - df + 0.5) / (df + 0.5))


def top_k(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The indices of the `k` highest of `scores`, best first; equal scores in ascending order of index."""
    if k <= 0:
        return np.zeros(0, np.int64)
    if k >= len(scores) or len(scores) <= _SORTED:
        return (-scores).argsort(kind="stable")[:k]
    above = np.flatnonzero(scores >= reached_by(scores, k))
    if len(above) <= len(scores) // 2:
        return above[top_k(scores[above], k)]
    threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
    candidates = np.flatnonzero(scores >= threshold)
    return candidates[np.argsort(-scores[candidates], kind="stable")][:k]


def reached_by(values: NDArray[Any], k: int) -> Any:
    """A value that at least `k` of the values reach, of which there must be as many: the k-th highest or, with many
    values, one that is hardly lower and found in a fraction of the time."""
    columns = max(_COLUMNS, 8 * k)
    rows = len(values) // columns
    if rows > 2:  # k columns whose highest reaches a value have k values that do
        values = values[: rows * columns].reshape(rows, columns).max(axis=0)
    return np.partition(values, len(values) - k)[len(values) - k]
