"""A preference for recent articles: what an article's score loses by its age."""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import QueryError, shown
from search.reader.index import Docs, Index

DEFAULT_HALF_LIFE = 180.0  # days
STRENGTHS = {"off": 0.0, "weak": 0.2, "medium": 0.5, "strong": 0.9}
_DAY = 86400.0
_DAYS = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)d?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Recency:
    """How much newer articles are preferred to older ones.

    A score is multiplied by ``1 - strength + strength * 2^(-age / half_life)``: the part of it that `strength` is, from
    0 for no preference to 1, halves with every `half_life` of days. The age is counted from the newest article of the
    archive that is not of the future, so that an archive that has ended is ranked like one that goes on. An article
    without a date counts as the oldest. An article whose title is the query stays first (`search.ranking.headline`).
    """

    strength: float = 0.0
    half_life: float = DEFAULT_HALF_LIFE  # days

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 1:
            raise QueryError(f"the strength of a recency preference must lie between 0 and 1, not be {self.strength:g}")
        if not (self.half_life > 0 and math.isfinite(self.half_life)):
            raise QueryError(f"the half-life of a recency preference must be above 0 days, not {self.half_life:g}")

    def __bool__(self) -> bool:
        return self.strength > 0

    def factors(self, index: Index, docs: Docs) -> NDArray[np.float32]:
        """(n,) what the scores of docs, in any order, are multiplied by."""
        dates = index.dates().astype(np.float64)
        dated = dates[(dates > np.iinfo(np.int64).min) & (dates <= time.time()) & index.live()]
        newest = float(dated.max(initial=0))
        ages = np.maximum(newest - dates[docs], 0) / _DAY
        kept = self.strength * np.exp2(-ages / self.half_life)
        return (1 - self.strength + kept).astype(np.float32)


OFF = Recency()


def read_recency(text: str) -> Recency:
    """The preference that a text stands for: ``off``, ``weak``, ``medium`` or ``strong``, a half-life in days, which is
    of medium strength (``30d``), or both (``strong 30d``). Raises QueryError for any other."""
    strength, half_life = "", None
    for word in text.lower().replace(",", " ").split():
        days = _DAYS.match(word)
        if days and half_life is None:
            half_life = float(days[1])
        elif word in STRENGTHS and not strength:
            strength = word
        else:
            raise QueryError(
                f"'{shown(text)}' is no recency preference; write {', '.join(STRENGTHS)}, a half-life in days as in "
                "30d, or both: strong 30d"
            )
    if half_life is None:
        return Recency(STRENGTHS[strength or "off"])
    return Recency(STRENGTHS[strength or "medium"], half_life)
