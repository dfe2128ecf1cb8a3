"""Moments as people name them in rules, options and parameters: a day, a date with a time, or so long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

from indexer.article.dates import parse_date
from indexer.base.errors import ArticleError

_DATE_ONLY = 10  # characters of 2024-03-18
_AGO = re.compile(r"(\d{1,5}) ?(d|w|y)\Z", re.ASCII)  # 30d, 6w, 2y
_DAYS = {"d": 1, "w": 7, "y": 365}


def moment(value: str, *, end_of_day: bool = False) -> datetime:
    """The moment that a day or a date with a time names. A day begins at midnight UTC; with `end_of_day` its last
    moment is meant. Raises ArticleError."""
    found = parse_date(value, UTC)
    whole_day = end_of_day and len(value.strip()) <= _DATE_ONLY
    return found + timedelta(days=1, microseconds=-1) if whole_day else found


def moment_or_ago(value: str, *, end_of_day: bool = False) -> datetime:
    """`moment`, or that many days, weeks or years before now: ``30d``, ``6w``, ``2y``. Raises ArticleError."""
    ago = _AGO.match(value.strip().lower())
    if ago is None:
        return moment(value, end_of_day=end_of_day)
    try:
        return datetime.now(UTC) - timedelta(days=int(ago[1]) * _DAYS[ago[2]])
    except OverflowError:
        raise ArticleError(f"'{value}' is longer ago than there are dates") from None


def first_moment(value: str) -> datetime:
    """An option that names a day, from its beginning on."""
    return _option(value, ago=False, end_of_day=False)


def last_moment(value: str) -> datetime:
    """An option that names a day, to its end."""
    return _option(value, ago=False, end_of_day=True)


def since_option(value: str) -> datetime:
    """An option that names a day, from its beginning on, or how long ago."""
    return _option(value, ago=True, end_of_day=False)


def until_option(value: str) -> datetime:
    """An option that names a day, to its end, or how long ago."""
    return _option(value, ago=True, end_of_day=True)


def _option(value: str, *, ago: bool, end_of_day: bool) -> datetime:
    try:
        return (moment_or_ago if ago else moment)(value, end_of_day=end_of_day)
    except ArticleError:
        like = "2024-12-31 or 30d, 6w, 2y for so long ago" if ago else "2024-12-31"
        raise click.BadParameter(f"'{value}' is not a date; write one like {like}") from None
