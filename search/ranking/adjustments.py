"""What a ranking is to do beside comparing articles with the query: leave some out, take some in, raise and lower some.

Editors decide it (`search.enforcement`); here it is arrays of docs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from search.ranking.candidates import Legs, no_docs
from search.reader.index import Docs, Index, Mask

_BEHIND = np.float32(1 - 1e-6)  # what is to stay behind a score must not reach it by rounding
BOOST = "boost"  # what a factor adds to a score, or takes from it, appears under


@dataclass(frozen=True, slots=True)
class Adjustments:
    """For one query over one generation of an index."""

    hidden: Docs = field(default_factory=no_docs)  # docs that are not found
    pinned: Docs = field(default_factory=no_docs)  # live docs, ascending, that are found whatever the query is
    factors: NDArray[np.float32] | None = None  # (max_doc,) what scores are multiplied by, all above 0; None for 1
    of_date: Mask | None = None  # (max_doc,) docs of the time that the query names beside its words; None without one

    def allowed(self, index: Index, allowed: Mask | None) -> Mask | None:
        """(max_doc,) the docs `allowed` without those that are hidden; None for every live doc."""
        if not len(self.hidden):
            return allowed
        mask = index.live() if allowed is None else allowed.copy()
        mask[self.hidden] = False
        return mask

    def factors_of(self, docs: Docs) -> NDArray[np.float32] | None:
        """(n,) the factors of docs; None for 1."""
        return None if self.factors is None else self.factors[docs]


NO_ADJUSTMENTS = Adjustments()


def with_docs(docs: Docs, others: Docs) -> Docs:
    """Ascending docs and others, each once, ascending."""
    return np.union1d(docs, others) if len(others) else docs


def with_places(order: NDArray[np.int64], docs: Docs, others: Docs) -> NDArray[np.int64]:
    """Places of docs, and behind them the places of those of the `others` that they do not have."""
    if not len(others):
        return order
    places = np.flatnonzero(np.isin(docs, others))
    return np.concatenate([order, np.setdiff1d(places, order)])


def add_boost(parts: Legs, factors: NDArray[np.float32] | None) -> None:
    """Makes what (n,) `factors` add to the sums of `parts`, or take from them, one leg more."""
    if factors is not None:
        parts[BOOST] = summed(parts) * (factors - np.float32(1))


def keep_behind(parts: Legs, least: np.float32) -> None:
    """Makes no sum of `parts` higher than `least`, without a change of their order."""
    factor = min(np.float32(1), _BEHIND * least / max(summed(parts).max(initial=0), np.float32(1e-12)))
    for part in parts.values():
        part *= factor


def summed(parts: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """(n,) what the legs add up to."""
    first, *others = parts.values()
    total = first.copy()
    for part in others:
        total += part
    return total
