"""Choosing how legs are weighed in one archive, by cross-validation over its judged queries.

A grid of settings is tried on every query. Of five parts of the queries each is ranked by the setting that was best on
the other four; what those held-out queries gain over the default is what tuning is worth, and a paired test says
whether chance would do as well. The setting stored is the best on all queries.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.evaluation.measures import per_query
from search.evaluation.significance import LEVEL, Comparison, compare
from search.ranking.fusion import DEFAULT, FusionSettings

FOLDS = 5
MEASURE = "nDCG@10"
MIN_QUERIES = 20  # below which nothing is tuned
MIN_GAIN = 0.005  # on held-out queries, below which the default stays
TRUST = (0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0)  # nearest to the default first: it wins where two are equal
FEEDBACK = (1.0, 0.5, 0.0)
_SEED = 20240318

Grades = Mapping[str, Mapping[str, int]]  # query to article to grade
Rank = Callable[[str, FusionSettings], Sequence[str]]  # query and settings to article ids, best first


@dataclass(frozen=True, slots=True)
class Tuned:
    """The settings that suit an archive's queries best, and what they are worth."""

    settings: FusionSettings
    held_out: Comparison  # on held-out queries, tuned against default

    @property
    def in_use(self) -> bool:
        """Whether they are good enough to replace the default."""
        enough = self.held_out.queries >= MIN_QUERIES and self.held_out.difference >= MIN_GAIN
        return enough and self.held_out.p_randomisation < LEVEL


def settings(spaces: Sequence[str]) -> list[FusionSettings]:
    """All settings that are tried, the default first."""
    shares: list[dict[str, float]] = [{}]
    if len(spaces) > 1:
        shares += [{name: 3.0 if name == favoured else 1.0 for name in spaces} for favoured in spaces]
    return [FusionSettings(trust, feedback, of) for of in shares for trust in TRUST for feedback in FEEDBACK]


def tune(
    grades: Grades, spaces: Sequence[str], rank: Rank, progress: Callable[[int], object] = lambda steps: None
) -> Tuned:
    """The best settings for judged queries. `rank` answers a query under given settings; `progress` is told how many
    of them were tried just now."""
    tried = settings(spaces)
    queries = list(grades)
    judgements = {query: dict(of) for query, of in grades.items()}
    values = np.zeros((len(tried), len(queries)))
    for row, candidate in enumerate(tried):
        of_query = per_query([MEASURE], judgements, {query: rank(query, candidate) for query in queries})[MEASURE]
        values[row] = [of_query[query] for query in queries]
        progress(1)
    held_out = cross_validated(values)
    default = tried.index(DEFAULT)
    outcome = compare(
        MEASURE, "tuned", "default",
        dict(zip(queries, held_out.tolist(), strict=True)), dict(zip(queries, values[default].tolist(), strict=True)),
    )  # fmt: skip
    return Tuned(tried[int(values.mean(axis=1).argmax())], outcome)


def cross_validated(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n_queries,) of ``values`` (n_settings, n_queries) each query's value under the setting that was best, on
    average, on the queries of other folds."""
    n_queries = values.shape[1]
    fold = np.arange(n_queries) % FOLDS
    random.Random(_SEED).shuffle(fold)  # type: ignore[arg-type]
    result = np.empty(n_queries)
    for number in range(FOLDS):
        held_out = fold == number
        others = values[:, ~held_out]
        result[held_out] = values[int(others.mean(axis=1).argmax()) if others.size else 0, held_out]
    return result
