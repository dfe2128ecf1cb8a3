"""Dates and numbers: what is typed for them, and which articles lie in a range of them."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import query as wq

from indexer.base.errors import QueryError
from indexer.segment.columns import NO_DATE
from indexer.segment.inverter import TEXT_FIELDS
from indexer.segment.segment import Segment

NUMERIC_FIELDS = ("date", "year", "words")
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?\Z")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?\Z")


def matching(segment: Segment, query: wq.NumericRange) -> NDArray[np.bool_]:
    """(max_doc,) whether a doc lies in a range. Raises QueryError for a field that does not hold numbers."""
    if query.fieldname == "year":
        first, last = _whole(query)
        ends = _start_of_year(first), _start_of_year(None if last is None else last + 1)
        query = wq.NumericRange("date", *ends, endexcl=True)
    found: NDArray[np.bool_] = np.ones(segment.max_doc, bool)
    if query.fieldname == "date":
        values: NDArray[Any] = segment.date
        found &= values != NO_DATE
    elif query.fieldname == "words":
        values = segment.dl[TEXT_FIELDS.index("body")]
    else:
        raise QueryError(f"'{query.fieldname}' has no numbers to search a range of; {', '.join(NUMERIC_FIELDS)} have")
    start, end = _exact(query.start), _exact(query.end)
    if start is not None:
        found &= values > start if query.startexcl else values >= start
    if end is not None:
        found &= values < end if query.endexcl else values <= end
    return found


def _exact(value: float | None) -> float | None:
    """`value` as an int where it is whole: numpy compares whole numbers several times as fast with those."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def having(segment: Segment, field: str) -> NDArray[np.bool_]:
    """(max_doc,) whether a doc has a value in a numeric field."""
    return matching(segment, wq.NumericRange(field, None, None))


def _whole(query: wq.NumericRange) -> tuple[int | None, int | None]:
    """The first and the last whole number in a range."""
    start, end = query.start, query.end
    first = None if start is None else math.floor(start) + 1 if query.startexcl else math.ceil(start)
    last = None if end is None else math.ceil(end) - 1 if query.endexcl else math.floor(end)
    return first, last


def _start_of_year(year: int | None) -> int | None:
    """The first moment of a year in seconds since 1970, that of the nearest year that a date can have."""
    if year is None:
        return None
    return int(np.datetime64(min(max(year, 1), 10_000) - 1970, "Y").astype("datetime64[s]").astype(np.int64))


def read(node: wq.Query, notes: list[str]) -> wq.Query | None:
    """The range that was typed for a numeric field, as Whoosh's parser read it: None for words where a number was
    expected, which may be text after a colon, `wq.NullQuery` for what else is no range; `notes` say so."""
    if isinstance(node, wq.Every):
        return node
    of: Callable[[str, list[str]], tuple[float, float] | None] = _date if node.fieldname == "date" else _number
    if isinstance(node, wq.TermRange):
        start, end = (of(text, notes) if text else None for text in (node.start, node.end))
        if (node.start and not start) or (node.end and not end):
            return wq.NullQuery
        if node.fieldname == "date":
            # a period ends where the next begins, so the end is left out
            first, last = start and start[1 if node.startexcl else 0], end and end[0 if node.endexcl else 1]
            return wq.NumericRange("date", first, last, endexcl=True, boost=node.boost)
        bounds = start and start[0], end and end[0]
        return wq.NumericRange(node.fieldname, *bounds, node.startexcl, node.endexcl, boost=node.boost)
    text = getattr(node, "text", "") or " ".join(getattr(node, "words", []))
    if node.fieldname != "date" and not isinstance(node, (wq.Term, wq.Phrase)):
        notes.append(f"'{text}' with a wildcard or ~ is not a number")
        return wq.NullQuery
    value = of(text, notes)
    if value is None:
        return wq.NullQuery if node.fieldname == "date" else None
    return wq.NumericRange(node.fieldname, *value, endexcl=node.fieldname == "date", boost=node.boost)


def _number(text: str, notes: list[str]) -> tuple[float, float] | None:
    """A number, twice."""
    if _NUMBER.match(text.strip()):
        value = float(text) if "." in text else int(text)
        return value, value
    notes.append(f"'{text}' is not a number; write 300, >300 or [300 TO 900]")
    return None


def _date(text: str, notes: list[str]) -> tuple[float, float] | None:
    """The first moment of a year, month or day, and the first after it, in seconds since 1970."""
    if not text:
        return None
    found = _PARTIAL_DATE.match(text.strip().rstrip("*"))
    try:
        if not found:
            raise ValueError
        year, month, day = (int(part) if part else 0 for part in found.groups())
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
    except ValueError:
        notes.append(f"'{text}' is not a date; write a year, 2024-03 or 2024-03-18")
        return None
    days = 1 if day else calendar.monthrange(year, month)[1] if month else 365 + calendar.isleap(year)
    return start.timestamp(), start.timestamp() + days * 86400


def shown(query: wq.NumericRange) -> str:
    """A range as it could be typed."""
    left, right = "{" if query.startexcl else "[", "}" if query.endexcl else "]"
    start, end = ("" if value is None else _shown(query.fieldname, value) for value in (query.start, query.end))
    return f"{query.fieldname}:{left}{start} TO {end}{right}"


def _shown(field: str, value: float) -> str:
    if field != "date":
        return f"{value:.15g}"
    return str(np.datetime64(int(value), "s")).removesuffix("T00:00:00")
