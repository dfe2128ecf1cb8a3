"""Whether one ranking is really better than another: paired tests over the queries both were asked.

M. Smucker, J. Allan and B. Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval
Evaluation", 2007: Student's paired t-test and Fisher's randomisation test agree, and are the ones to use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 9999  # sign flips of the randomisation test; with fewer than 14 queries all of them are tried
LEVEL = 0.05  # a p-value below this is called significant
_EVEN = 1e-9  # differences smaller than this are rounding, not wins
_SEED = 20240318


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over the same queries, by one measure. `difference` is the mean of `a` less the mean of `b`."""

    measure: str
    a: str
    b: str
    queries: int
    mean_a: float
    mean_b: float
    difference: float
    wins: int  # queries on which `a` is better
    losses: int
    ties: int
    p_t_test: float  # two-sided, as the next
    p_randomisation: float

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def compare(measure: str, a: str, b: str, of_a: Mapping[str, float], of_b: Mapping[str, float]) -> Comparison:
    """Compares the values that runs `a` and `b` have for the same queries."""
    values = np.array([(of_a[query], of_b[query]) for query in of_a])
    differences = values[:, 0] - values[:, 1]
    differences[np.abs(differences) < _EVEN] = 0.0
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    mean_a, mean_b = values.mean(axis=0).tolist()
    return Comparison(
        measure, a, b, len(values), mean_a, mean_b, float(differences.mean()),
        wins, losses, len(values) - wins - losses, *paired_p(differences),
    )  # fmt: skip


def paired_p(differences: NDArray[np.float64]) -> tuple[float, float]:
    """The two-sided p-values of the paired t-test and of the randomisation test for a mean difference of 0.

    (1, 1) where there is nothing to tell from: fewer than two queries, or no query on which the two differ.
    """
    if len(differences) < 2 or not differences.any():
        return 1.0, 1.0
    from scipy import stats  # here, because no search needs it

    flips = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=RESAMPLES, vectorized=True,
        rng=np.random.default_rng(_SEED),
    )  # fmt: skip
    if np.ptp(differences) < _EVEN:  # no spread at all: t is infinite
        return 0.0, float(flips.pvalue)
    return float(stats.ttest_1samp(differences, 0.0).pvalue), float(flips.pvalue)
