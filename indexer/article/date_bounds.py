"""Bounds of a span of time as people write them: a day, a date with a time, or so long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from indexer.article.dates import parse_date
from indexer.base.errors import ArticleError

_DATE_ONLY = 10  # characters of 2024-03-18
_AGO = re.compile(r"(\d{1,5}) ?(d|w|y)\Z", re.ASCII)  # 30d, 6w, 2y
_DAYS = {"d": 1, "w": 7, "y": 365}


def parse_bound(value: str, *, end_of_day: bool = False) -> datetime:
    """The bound that a day or a date with a time stands for. A day begins at midnight UTC; with `end_of_day` its last
    microsecond is meant. Raises ArticleError."""
    date = parse_date(value, UTC)
    whole_day = end_of_day and len(value.strip()) <= _DATE_ONLY
    return date + timedelta(days=1, microseconds=-1) if whole_day else date


def parse_bound_or_age(value: str, *, end_of_day: bool = False) -> datetime:
    """`parse_bound`, or that many days, weeks or years before now: ``30d``, ``6w``, ``2y``. Raises ArticleError."""
    ago = _AGO.match(value.strip().lower())
    if ago is None:
        return parse_bound(value, end_of_day=end_of_day)
    try:
        return datetime.now(UTC) - timedelta(days=int(ago[1]) * _DAYS[ago[2]])
    except OverflowError:
        raise ArticleError(f"'{value}' is longer ago than there are dates") from None
