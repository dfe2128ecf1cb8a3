"""Which docs of a segment have a date or a number in a range."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import QueryError
from indexer.schema import BASE, TEXT_FIELDS, Schema
from indexer.segment.columns import NO_DATE
from indexer.segment.segment import Segment
from search.query.tree import NumericRange


def docs_in_range(segment: Segment, numbers: NumericRange, schema: Schema = BASE) -> NDArray[np.bool_]:
    """(max_doc,) whether a doc lies in a range. Raises QueryError for a field that does not hold numbers."""
    if numbers.field not in schema.numeric:
        raise QueryError(f"'{numbers.field}' has no numbers to search a range of; {', '.join(schema.numeric)} have")
    if numbers.field == "year":
        numbers = _as_dates(numbers)
    in_range: NDArray[np.bool_] = np.ones(segment.max_doc, bool)
    if numbers.field == "date":
        values: NDArray[Any] = segment.date
        in_range &= values != NO_DATE
    elif numbers.field == "words":
        values = segment.dl[TEXT_FIELDS.index("body")]
    else:
        values = segment.numbers(schema.fields[numbers.field])
        in_range &= ~np.isnan(values)
    start, end = _as_int(numbers.start), _as_int(numbers.end)
    if start is not None:
        in_range &= values > start if numbers.start_excluded else values >= start
    if end is not None:
        in_range &= values < end if numbers.end_excluded else values <= end
    return in_range


def docs_with_number(segment: Segment, field: str, schema: Schema = BASE) -> NDArray[np.bool_]:
    """(max_doc,) whether a doc has a value in a numeric field."""
    return docs_in_range(segment, NumericRange(field, None, None), schema)


def _as_int(value: float | None) -> float | None:
    """`value` as an int where it is whole: numpy compares whole numbers several times as fast with those."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_dates(years: NumericRange) -> NumericRange:
    """The moments of a range of years."""
    start, end = years.start, years.end
    first = None if start is None else math.floor(start) + 1 if years.start_excluded else math.ceil(start)
    last = None if end is None else math.ceil(end) - 1 if years.end_excluded else math.floor(end)
    ends = _start_of_year(first), _start_of_year(None if last is None else last + 1)
    return NumericRange("date", *ends, end_excluded=True)


def _start_of_year(year: int | None) -> int | None:
    """The first moment of a year in seconds since 1970, that of the nearest year that a date can have."""
    if year is None:
        return None
    return int(np.datetime64(min(max(year, 1), 10_000) - 1970, "Y").astype("datetime64[s]").astype(np.int64))
