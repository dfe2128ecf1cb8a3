"""Scores: features weighed and added up, by a documented prior or by what an archive's own editors taught.

The score has two parts. *Relevance* is about the texts alone: it says whether an article belongs at all, so the
cut-off looks at nothing else. The rest orders what belongs: when it was written, who wrote it, how it was filed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.features import Features

# Measured on editors' links and on a news pool, see docs/related.md. The cosines add up to at most 1.
RELEVANCE = {"tfidf": 0.32, "vectors": 0.46, "lead": 0.15, "title": 0.07}
ORDER = {"timely": 0.08, "tags": 0.06, "authors": 0.03, "central": -0.2}
PRIOR: Mapping[str, float] = RELEVANCE | ORDER


def weigh(features: Features, weights: Mapping[str, float]) -> NDArray[np.float32]:
    """(n,) the weighted sum of the features that have a weight."""
    vector = np.array([weights.get(name, 0.0) for name in features.names], np.float32)
    # vecdot adds each row up in one way, whatever rows stand beside it
    scores: NDArray[np.float32] = np.vecdot(features.values, vector)
    return scores


def relevance(features: Features, weights: Mapping[str, float] = PRIOR) -> NDArray[np.float32]:
    """(n,) how near the texts are, about in [0, 1]: the part of the weighted sum that is `RELEVANCE`'s."""
    return weigh(features, {name: weights.get(name, 0.0) for name in RELEVANCE})
