"""Pseudo-relevance feedback: the best articles of a first ranking say what the query is about.

J. Rocchio, "Relevance Feedback in Information Retrieval", 1971, without negative examples: the query's vector is moved
towards the vectors of the first few articles. Only the best of the first ranking are scored again, so it costs a
fraction of the first pass over a vector space.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.vectors.lsa import unit

POOL = 300  # articles scored again
EXAMPLES = 3  # of them, that the query is moved towards
PULL = 1.0  # how far: the weight of the examples' mean beside the query
SHARPNESS = 3  # an example counts by its score to this power, so a clear winner counts for more than its followers


def moved(
    query: NDArray[np.float32], examples: NDArray[np.float32], scores: NDArray[np.float32], pull: float = PULL
) -> NDArray[np.float32]:
    """(dim,) ``unit(query + pull * unit(sum of score^SHARPNESS * example))``.

    `query` (dim,) and `examples` (n, dim) have length 1 (or 0 where there is no vector); `scores` (n,) are in [0, 1].
    """
    weights = np.maximum(scores, 0).astype(np.float32) ** SHARPNESS
    return unit(query + np.float32(pull) * unit(weights @ examples))
