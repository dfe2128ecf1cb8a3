"""Sorting by a column, over all segments: its values in order."""

from __future__ import annotations

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
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0), *parts])


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
