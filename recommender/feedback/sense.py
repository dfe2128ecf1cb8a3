"""Sense: weights that no judgements, however many, may bring into use.

What is learned from a footer or from a page that everybody links to ranks those very links well. It shows in the
weights: alike texts count against an article, or what is nearest to everything is shunned beyond all measure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from recommender.ranking.scoring import RELEVANCE

# A feature of which more means more in common, below this weight, would put first what has least in common; small ones
# below 0 only take back what another feature counts too much.
LEAST = -0.15
CENTRAL = (-1.0, 0.3)  # the prior has -0.2; below, articles on anything that others are about, too, would be shunned
MOST = 3.0  # of any weight, whatever its sign: cosines weigh a third of that all together
LEAST_RELEVANCE = 0.05  # what the features of the texts must weigh together
_IN_COMMON = (*RELEVANCE, "neural", "tags", "authors", "section", "site")


def nonsense(weights: Mapping[str, float]) -> list[str]:
    """What makes no sense in weights of features, each in a line; nothing for the prior and what is like it."""
    found = []
    for name, weight in weights.items():
        low, high = (LEAST if name in _IN_COMMON else -MOST), MOST
        if name == "central":
            low, high = CENTRAL
        if not (math.isfinite(weight) and low <= weight <= high):
            found.append(f"{name} weighs {weight:.2f}, which should be within {low:g} and {high:g}")
    texts = sum(weights.get(name, 0.0) for name in (*RELEVANCE, "neural"))
    if weights and not texts >= LEAST_RELEVANCE:
        found.append(f"texts weigh {texts:.2f} in all, which should be {LEAST_RELEVANCE:g} at least")
    return found
