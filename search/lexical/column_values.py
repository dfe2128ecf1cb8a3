"""Sorting and counting by a column, over all segments: its values in order, and how many docs have each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import QueryError
from indexer.schema import TEXT_FIELDS, Field
from indexer.segment.columns import NO_DATE
from indexer.segment.segment import Segment
from search.reader.snapshot import Snapshot


def sort_values(snapshot: Snapshot, name: str) -> NDArray[np.float64]:
    """(max_doc,) numbers in the order of docs by a field, NaN for docs that have no value: the numbers themselves, the
    seconds since 1970 of dates, the places of texts in alphabetical order. Of several texts of a doc the first counts.

    Raises QueryError for a field that cannot be sorted by.
    """
    schema = snapshot.schema
    if name not in schema.sortable:
        raise QueryError(f"cannot sort by '{name}'; possible are {', '.join(schema.sortable)}")
    field = schema.fields[name]
    if name in schema.numeric:
        parts = [numbers_of(segment, field) for segment in snapshot.segments]
    else:
        parts = _places(snapshot, field)
    values: NDArray[np.float64] = np.concatenate([np.zeros(0), *parts])
    return values


def count_values(snapshot: Snapshot, name: str, docs: NDArray[np.int64]) -> Mapping[str, int]:
    """How many of some ascending docs have each value of a field, those of most docs first.

    Raises QueryError for a field whose values cannot be counted.
    """
    schema = snapshot.schema
    if name not in schema.countable:
        raise QueryError(f"cannot count '{name}'; possible are {', '.join(schema.countable)}")
    counts: dict[str, int] = {}
    bounds = np.searchsorted(docs, snapshot.first_docs).tolist()
    for number, segment in enumerate(snapshot.segments):
        local = docs[bounds[number] : bounds[number + 1]] - int(snapshot.first_docs[number])
        for value, count in _counts(segment, schema.fields[name], local, numeric=name in schema.numeric):
            counts[value] = counts.get(value, 0) + count
    return dict(sorted(counts.items(), key=lambda of: (-of[1], of[0])))


def numbers_of(segment: Segment, field: Field) -> NDArray[np.float64]:
    """(max_doc,) the values of a numeric field, NaN for none."""
    if field.is_declared:
        return segment.numbers(field)
    if field.name == "words":
        lengths: NDArray[np.float64] = segment.dl[TEXT_FIELDS.index("body")].astype(np.float64)
        return lengths
    dates = segment.date
    has_date = dates != NO_DATE
    if field.name == "year":
        dates = np.where(has_date, dates, 0).astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970
    return np.where(has_date, dates, np.nan)


def _places(snapshot: Snapshot, field: Field) -> list[NDArray[np.float64]]:
    """For each segment (max_doc,) the place of each doc's first value among the values of all segments."""
    columns = [segment.column(field) for segment in snapshot.segments]
    values = sorted(
        {value for column in columns for value in column.values}, key=lambda value: (value.casefold(), value)
    )
    place = {value: number for number, value in enumerate(values)}
    parts = []
    for column in columns:
        places = np.array([place[value] for value in column.values] or [0], np.float64)
        has_value = column.counts() > 0
        part = np.full(len(has_value), np.nan)
        part[has_value] = places[column.codes[column.start[:-1][has_value]]]
        parts.append(part)
    return parts


def _counts(segment: Segment, field: Field, docs: NDArray[np.int64], *, numeric: bool) -> list[tuple[str, int]]:
    """The values that some docs of a segment have, and how many of these docs have each."""
    if numeric:
        numbers = numbers_of(segment, field)[docs]
        found, counts = np.unique(numbers[~np.isnan(numbers)], return_counts=True)
        return [(f"{value:.15g}", count) for value, count in zip(found.tolist(), counts.tolist(), strict=True)]
    column = segment.column(field)
    chosen = np.zeros(segment.max_doc, bool)
    chosen[docs] = True
    counts = np.bincount(column.codes[chosen[column.owners()]], minlength=len(column.values))
    return [(value, count) for value, count in zip(column.values, counts.tolist(), strict=False) if count]
