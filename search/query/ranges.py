"""Dates and numbers: what is typed for them, as ranges."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime

import numpy as np

from indexer.schema import Kind
from search.query.tree import (
    NOTHING,
    Everything,
    Fuzzy,
    Leaf,
    Node,
    NumericRange,
    Phrase,
    Prefix,
    Term,
    TermRange,
    Wildcard,
)

_PARTIAL_DATE = re.compile(r"(?P<year>\d{4})(?:(?P<sign>[-/.]?)(?P<month>\d{2})(?:(?P=sign)(?P<day>\d{2}))?)?\Z")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})\Z")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?\Z", re.ASCII)
_SECONDS = re.compile(r"\d{9,11}\Z", re.ASCII)  # since 1970, as programs write them
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?\Z")
_SECONDS_A_DAY = 86400


def read_range(leaf: Leaf, kind: Kind, notes: list[str]) -> Node | None:
    """The range that a leaf with a numeric field, as it was typed, stands for; `kind` is that of the field.

    None for words where a number was expected, which may be text after a colon; `NOTHING` for anything else that is no
    range. `notes` say so in both cases.
    """
    match leaf:
        case Everything():
            return leaf
        case TermRange():
            return _date_range(leaf, notes) if kind == Kind.DATE else _number_range(leaf, notes)
        case Phrase(words=words):
            text = " ".join(words)
        case Term(text=text) | Prefix(text=text) | Wildcard(text=text) | Fuzzy(text=text):
            pass
        case _:
            raise ValueError(f"{leaf} is no condition that can be typed for a number")
    if kind == Kind.DATE:
        period = _read_date(text, notes)
        return NumericRange(leaf.field, *period, end_excluded=True, boost=leaf.boost) if period else NOTHING
    if not isinstance(leaf, (Term, Phrase)):
        notes.append(f"'{text}' with a wildcard or ~ is not a number")
        return NOTHING
    number = _read_number(text, notes)
    return None if number is None else NumericRange(leaf.field, number, number, boost=leaf.boost)


def _number_range(leaf: TermRange, notes: list[str]) -> Node:
    start, end = (_read_number(text, notes) if text else None for text in (leaf.start, leaf.end))
    if (leaf.start and start is None) or (leaf.end and end is None):
        return NOTHING
    return NumericRange(leaf.field, start, end, leaf.start_excluded, leaf.end_excluded, boost=leaf.boost)


def _date_range(leaf: TermRange, notes: list[str]) -> Node:
    """From the beginning of the first period to the end of the last, which is left out: it is where the next begins.
    A period that is excluded is so as a whole."""
    first, last = (_read_date(text, notes) if text else None for text in (leaf.start, leaf.end))
    if (leaf.start and not first) or (leaf.end and not last):
        return NOTHING
    start = first and first[1 if leaf.start_excluded else 0]
    end = last and last[0 if leaf.end_excluded else 1]
    return NumericRange(leaf.field, start, end, end_excluded=True, boost=leaf.boost)


def _read_number(text: str, notes: list[str]) -> float | None:
    if _NUMBER.match(text.strip()):
        return float(text) if "." in text else int(text)
    notes.append(f"'{text}' is not a number; write 300, >300 or [300 TO 900]")
    return None


def is_date(text: str, notes: list[str]) -> bool:
    """Whether a text is a date as it may be typed; `notes` say so where it is none."""
    return _read_date(text, notes) is not None


def _read_date(text: str, notes: list[str]) -> tuple[float, float] | None:
    """The first moment of a year, month, day or second, and the first after it, in seconds since 1970."""
    if not text:
        return None
    text = text.strip()
    if _SECONDS.match(text):
        return float(text), float(text) + 1
    parts = _PARTIAL_DATE.match(text.rstrip("*")) or _DAY_FIRST.match(text)
    try:
        if _MOMENT.match(text):
            moment = datetime.fromisoformat(text)
            second = float(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))
            return second, second + 1
        if not parts:
            raise ValueError
        year, month, day = (int(parts[name] or 0) for name in ("year", "month", "day"))
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
    except ValueError:
        notes.append(f"'{text}' is not a date; write a year, 2024-03 or 2024-03-18")
        return None
    days = 1 if day else calendar.monthrange(year, month)[1] if month else 365 + calendar.isleap(year)
    return start.timestamp(), start.timestamp() + days * _SECONDS_A_DAY


def range_as_typed(leaf: NumericRange, kind: Kind = Kind.NUMBER) -> str:
    """A range of a field of this kind as it could be typed: ``words:[300 TO 900}``, ``date:[2024-05-05 TO }``."""
    left, right = "{" if leaf.start_excluded else "[", "}" if leaf.end_excluded else "]"
    start, end = ("" if value is None else _value_as_typed(kind, value) for value in (leaf.start, leaf.end))
    return f"{leaf.field}:{left}{start} TO {end}{right}"


def _value_as_typed(kind: Kind, value: float) -> str:
    if kind != Kind.DATE:
        return f"{value:.15g}"
    return str(np.datetime64(int(value), "s")).removesuffix("T00:00:00")
