"""Which docs of one generation of the archive the editors' boosts are for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from search.curation.description import boosted_what
from search.curation.search_rules import AGES, Boost
from search.reader.index import NO_DATE, Mask

LEAST_FACTOR, MOST_FACTOR = 0.01, 100.0  # of all boosts of an article together
_DAY = 86_400


class BoostedDocs:
    """Which docs of one generation boosts are for. Masks are kept, since the same ones are needed for every query.

    `filter` is `Index.filter`; `dates` (max_doc,) are seconds since 1970 or `NO_DATE`.
    """

    def __init__(
        self, filter: Callable[[Mapping[str, Sequence[str]]], Mask], dates: NDArray[np.int64], max_doc: int
    ) -> None:
        self._filter, self._dates, self._max_doc = filter, dates, max_doc
        self._masks: dict[tuple[str, str, int], Mask] = {}
        self._product: tuple[tuple[int, ...], int, NDArray[np.float32]] | None = None  # the last one asked for

    def of(self, rule: Boost, now: datetime) -> Mask:
        """(max_doc,) the docs that a boost is for. Ages are counted in days, so that an answer holds for a day."""
        today = day_of(now)
        key = rule.field, rule.value.casefold(), today if rule.field in AGES else 0
        if key not in self._masks:
            self._masks = {kept: mask for kept, mask in self._masks.items() if kept[2] in (0, today)}
            self._masks[key] = self._found(rule, today)
        return self._masks[key]

    def _found(self, rule: Boost, today: int) -> Mask:
        if rule.field not in AGES:
            return self._filter({rule.field: [rule.value]})
        older: Mask = (self._dates < (today - rule.days) * _DAY) & (self._dates != NO_DATE)
        newer: Mask = ~older & (self._dates != NO_DATE)
        return older if rule.field == "older_than" else newer

    def factors(self, rules: Sequence[Boost], now: datetime) -> NDArray[np.float32]:
        """(max_doc,) the factors of some boosts multiplied."""
        key, today = tuple([rule.line for rule in rules]), day_of(now)
        known = self._product
        if known is None or known[:2] != (key, today):
            factors = np.ones(self._max_doc, np.float32)
            for rule in rules:
                factors[self.of(rule, now)] *= np.float32(rule.factor)
            self._product = known = key, today, np.clip(factors, LEAST_FACTOR, MOST_FACTOR)
        return known[2]

    def reasons(self, rules: Sequence[Boost], doc: int, now: datetime) -> list[str]:
        """What is said of the boosts that a doc has."""
        having = [rule for rule in rules if self.of(rule, now)[doc]]
        return [f"× {rule.factor:g} for {boosted_what(rule)} (line {rule.line} of the rules)" for rule in having]


def day_of(now: datetime) -> int:
    """The number of a day since 1970, by UTC."""
    return int(now.timestamp()) // _DAY
