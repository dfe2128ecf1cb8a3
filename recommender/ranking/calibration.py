"""What a score means in this archive: how high it is between articles that have nothing to do with each other.

A cosine of 0.2 says much in one archive and nothing in another, where all articles share their jargon. So the limit of
what is offered is set by the archive's own unrelated pairs: most pairs of articles are unrelated, so the lower half of
all scores shows how those of unrelated articles vary, and related ones cannot move it. In a small archive on one
subject most pairs are related; that is what the `CEILING` is for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import Corpus
from recommender.corpus.sampling import evenly
from recommender.ranking import leg_weights
from recommender.ranking.candidates import compare
from recommender.ranking.features import features
from recommender.ranking.scoring import PRIOR, relevance
from recommender.request import profile

SAMPLED = 48  # articles whose scores are looked at
OTHERS = 400  # articles that each of them is compared with
FLOOR = 0.06  # relevance below which no article is offered in any archive: a few common words
CEILING = 0.3  # relevance above which every article may be offered; limits of real archives were .06 to .29
LEAST_DEVIATION = 1e-6  # taken where unrelated articles do not differ at all
MIN_ARTICLES = 12  # fewer say nothing about what is usual
# how many deviations above the middle of unrelated pairs an article of the list must be ...
LIST_DEVIATIONS = 1.25
BLOCK_DEVIATIONS = 2.0  # ... and one of the block on the page, which nobody asked for


@dataclass(frozen=True, slots=True)
class Calibration:
    """The scores of unrelated articles in one archive, and the weights of the features that they are made with."""

    middle: float
    deviation: float  # how far most of them are from it: to the 16th percentile, as a standard deviation is
    prior: Mapping[str, float] = field(default_factory=lambda: PRIOR)  # see `leg_weights.measured`

    def cutoff(self, deviations: float = LIST_DEVIATIONS) -> float:
        """The score from which on an article is offered, so many deviations above the middle."""
        return min(CEILING, max(FLOOR, self.at(deviations)))

    def at(self, deviations: float) -> float:
        """The score that is so many deviations above the middle."""
        return self.middle + deviations * max(self.deviation, LEAST_DEVIATION)

    def deviations_of(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) how many deviations above the middle scores are, below 0 for those under it."""
        return np.asarray((scores - self.middle) / max(self.deviation, LEAST_DEVIATION), np.float32)


def calibrate(corpus: Corpus) -> Calibration:
    """The calibration of an archive, from an evenly spread sample of its articles; where there are too few,
    the `FLOOR` is the limit."""
    live = np.flatnonzero(corpus.live())
    if len(live) < MIN_ARTICLES:
        return Calibration(0.0, 0.0)
    prior = leg_weights.measured(corpus)
    others = evenly(live, OTHERS)
    scores = []
    for doc in evenly(live, SAMPLED).tolist():
        article = profile.of_doc(corpus, doc)
        known = features(corpus, article, compare(corpus, article, others[others != doc]))
        scores.append(relevance(known, prior))
    low, middle = np.quantile(np.concatenate(scores), (0.16, 0.5)).tolist()
    return Calibration(middle, middle - low, prior)
