"""Facets of what a query finds: for fields of the schema, which values there are and how many articles have each.

Every article that is found counts, not only those of a page. In a field that the filter itself asks for, the counts are
those without that part of it: with "Moon" chosen among the sections, the others still say how many articles they would
add. The count of a value is therefore the total of the search that has it as its filter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import QueryError, shown
from indexer.schema import Field, Kind, Schema
from search.facets.histogram import periods
from search.filters.condition import Condition, as_compared, chosen, chosen_ranges, fields_of, parts_of, without
from search.query.tree import NumericRange
from search.ranking.found import Found, both
from search.reader.index import Docs, Index, Mask
from search.results import Facet, FacetValue

MAX_FACETS = 50
MAX_VALUES = 100  # of a facet, unless more or fewer are asked for
MOST_VALUES = 1_000
ALL = "*"  # the name that means all fields whose values can be counted


class FacetCounter:
    """Counts in what one query finds. `condition` is its filter."""

    def __init__(self, index: Index, found: Found, condition: Condition) -> None:
        self._index = index
        self._found = found
        self._condition = condition
        self._docs: dict[Condition, Docs] = {}  # by the condition that holds for them
        self._masks: dict[Condition, Mask] = {}

    def facet(self, name: str, limit: int = MAX_VALUES, containing: str = "") -> Facet:
        """The facet of one field: at most `limit` values, those of most articles first, and those that are chosen in
        any case; with `containing` only values with that text in them, upper and lower case being the same.

        A field of dates has all its periods instead, in the order of time. A field of numbers whose values cannot be
        counted only has its lowest and highest. Raises QueryError for a field that has no facet.
        """
        field = checked_field(name, self._index.schema)
        docs = self._docs_without(name)
        if field.kind == Kind.DATE:
            return self._of_dates(name, docs)
        if name not in self._index.schema.countable:
            return Facet(name, (), 0, *self._extremes(name, docs))
        asked, is_number = name in fields_of(self._condition), field.kind == Kind.NUMBER
        counts, distinct = self._index.count_values(name, docs, None if asked or is_number or containing else limit)
        numbers = [float(value) for value in counts] if is_number else []
        values = [
            FacetValue(value, count, asked and self._is_chosen(field, value))
            for value, count in self._with_chosen(field, counts)
            if not containing or as_compared(containing) in as_compared(value)
        ]
        shown_first = values[:limit] + [value for value in values[limit:] if value.selected]
        return Facet(name, tuple(shown_first), distinct, min(numbers, default=None), max(numbers, default=None))

    def _docs_without(self, name: str) -> Docs:
        """The docs found that satisfy the filter but for what it asks of a field."""
        condition = without(self._condition, name)
        docs = self._docs.get(condition)
        if docs is None:
            allowed = None
            for part in parts_of(condition):  # most facets have most parts in common
                if part not in self._masks:
                    self._masks[part] = self._index.filter(part)
                allowed = both(allowed, self._masks[part])
            docs = self._docs[condition] = self._found.within(allowed)
        return docs

    def _with_chosen(self, field: Field, counts: Mapping[str, int]) -> list[tuple[str, int]]:
        """The values and their counts; of those that are chosen also the ones that no article has."""
        if field.kind == Kind.NUMBER:
            return list(counts.items())
        there = {as_compared(value) for value in counts}
        missing = sorted(chosen(self._condition, field.name) - there)
        return [*counts.items(), *((value, 0) for value in missing)]

    def _is_chosen(self, field: Field, value: str) -> bool:
        if field.kind == Kind.NUMBER:
            return _is_in_any(chosen_ranges(self._condition, field.name), float(value))
        return as_compared(value) in chosen(self._condition, field.name)

    def _of_dates(self, name: str, docs: Docs) -> Facet:
        seconds = _seconds(self._index, name, docs)
        found = periods(seconds)
        ranges = chosen_ranges(self._condition, name)
        values = [
            FacetValue(period, count, _is_in_any(ranges, start))
            for period, start, count in zip(found.names, found.starts, found.counts, strict=True)
        ]
        least, most = (float(seconds.min()), float(seconds.max())) if len(seconds) else (None, None)
        return Facet(name, tuple(values), sum(count > 0 for count in found.counts), least, most, found.interval)

    def _extremes(self, name: str, docs: Docs) -> tuple[float | None, float | None]:
        """The lowest and highest number of a field, None where there is none."""
        numbers = self._index.sort_values(name)[docs]
        numbers = numbers[~np.isnan(numbers)]
        return (float(numbers.min()), float(numbers.max())) if len(numbers) else (None, None)


def facets(
    index: Index, found: Found, condition: Condition, names: Sequence[str], limit: int = MAX_VALUES
) -> tuple[Facet, ...]:
    """The facets of some fields, see `FacetCounter.facet`; `*` among the names stands for all that can be counted.
    Raises QueryError for a field that has none, and for too many."""
    counter = FacetCounter(index, found, condition)
    return tuple([counter.facet(name, limit) for name in checked(names, limit, index.schema)])


def checked(names: Sequence[str], limit: int, schema: Schema) -> list[str]:
    """The names of the fields asked for, each once. Raises QueryError for one that has no facet, and for too many."""
    wanted = [each for name in names for each in (schema.countable if name == ALL else (name,))]
    wanted = list(dict.fromkeys(wanted))
    if len(wanted) > MAX_FACETS:
        raise QueryError(f"{len(wanted)} facets are asked for; at most {MAX_FACETS} can be")
    if not 0 <= limit <= MOST_VALUES:
        raise QueryError(f"the number of values of a facet must lie between 0 and {MOST_VALUES}, not be {limit}")
    for name in wanted:
        checked_field(name, schema)
    return wanted


def checked_field(name: str, schema: Schema) -> Field:
    """The field with this name. Raises QueryError for one that has no facet."""
    possible = schema.facets
    if name not in possible:
        raise QueryError(f"'{shown(name)}' has no facet; possible are {', '.join(possible)}")
    return schema.fields[name]


def _seconds(index: Index, name: str, docs: Docs) -> NDArray[np.int64]:
    """The dates of docs in a field, without those that have none."""
    if name == "date":
        dates = index.dates()[docs]
        is_dated = dates != np.iinfo(np.int64).min
        return dates if is_dated.all() else dates[is_dated]
    values = index.sort_values(name)[docs]
    return values[~np.isnan(values)].astype(np.int64)


def _is_in_any(ranges: Sequence[NumericRange], number: float) -> bool:
    for of in ranges:
        above = of.start is None or number > of.start or (number == of.start and not of.start_excluded)
        below = of.end is None or number < of.end or (number == of.end and not of.end_excluded)
        if above and below:
            return True
    return False
