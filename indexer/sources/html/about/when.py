"""When a page was published and changed: dates as pages write them, in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

from indexer.article.dates import parse_date
from indexer.base.errors import ArticleError
from indexer.sources.html.about.written_dates import from_iran, written_day

EARLIEST = 1990
LONGEST_DATE = 120  # characters of a text that may hold one

_DAY = re.compile(r"\d")
_NUMERIC = re.compile(r"(?<![\d./·-])(\d{1,2})([./·-]) ?(\d{1,2})\2 ?(\d{4}|\d{2})(?![\d/-])")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-./年]\s?(\d{1,2})[-./月]\s?(\d{1,2})(?:日|(?!\d))")
_OF_IRAN = re.compile("[\u06f0-\u06f9]")
"""Its digits, which others write with their own years as well."""
_IN_URL = re.compile(
    r"/((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=\D|$)"
    r"|[/_-]((?:19|20)\d\d)[_-](0[1-9]|1[0-2])[_-](0[1-9]|[12]\d|3[01])(?=\D|$)"
    r"|/((?:19|20)\d\d)/([a-z]{3})/(0?[1-9]|[12]\d|3[01])(?=\D|$)",
    re.I,
)
_DAY_FIRST_IN_URL = re.compile(r"[/_-](0[1-9]|[12]\d|3[01])[_-](0[1-9]|1[0-2])[_-]((?:19|20)\d\d)(?=\D|$)")
_MONTHS_IN_URL = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}


def said_date(value: str, day_first: bool = False, ahead: bool = False) -> datetime | None:
    """The date in a value that is there to hold one, such as an attribute, always with a time zone; None if there is
    none, or one that no page can have been published on, which with `ahead` may be in the future. With `day_first`,
    ``03/04/2024`` is 3 April."""
    value = " ".join(value.split())[:LONGEST_DATE]
    if not _DAY.search(value):
        return None
    if _NUMERIC.match(value):
        return shown_date(value, day_first)
    try:
        return _plausible(parse_date(value), ahead)
    except ArticleError:
        return shown_date(value, day_first)


def shown_date(text: str, day_first: bool = False) -> datetime | None:
    """The first date in a text that readers see, at midnight in UTC; None if there is none with day, month, year."""
    text = " ".join(text[:LONGEST_DATE].split())
    if not _DAY.search(text):
        return None
    if found := _YEAR_FIRST.search(text):
        year, month, day = (int(number) for number in found.groups())
        if day_of_iran := from_iran(year, month, day) if _OF_IRAN.search(found[0]) else None:
            return _day(day_of_iran.year, day_of_iran.month, day_of_iran.day)
        return _day(year, month, day)
    if found := _NUMERIC.search(text):
        return _numeric(int(found[1]), int(found[3]), found[4], found[2] == "/" and not day_first)
    written = written_day(text)
    return _day(written.year, written.month, written.day) if written else None


def url_date(url: str) -> datetime | None:
    """The day in a URL such as ``/2024/03/18/``."""
    for found in _IN_URL.finditer(url):
        year, month, day = (part for part in found.groups() if part)
        number = int(month) if month.isdigit() else _MONTHS_IN_URL.get(month.lower(), 0)
        if number and (date := _day(int(year), number, int(day))):
            return date
    day_first = _DAY_FIRST_IN_URL.search(url)
    return _day(int(day_first[3]), int(day_first[2]), int(day_first[1])) if day_first else None


def day_as_shown(date: datetime, shown: datetime | None) -> datetime:
    """`date`, a moment in UTC, in the nearest time zone in which it is the day that the page shows; content systems
    often give UTC whatever the site's own time. The moment stays, and so does a date that is another day altogether."""
    if shown is None or date.utcoffset() != timedelta(0) or date.date() == shown.date():
        return date
    midnight = datetime(shown.year, shown.month, shown.day, tzinfo=UTC)
    hours = (
        -int((date - midnight) / timedelta(hours=1))
        if date < midnight
        else -(int((date - midnight) / timedelta(hours=1)) - 23)
    )
    hours = hours + 1 if date < midnight and (midnight - date) % timedelta(hours=1) else hours
    return date.astimezone(timezone(timedelta(hours=hours))) if -12 <= hours <= 14 else date


def first_date(values: Iterable[str], day_first: bool = False, ahead: bool = False) -> datetime | None:
    """The date in the first of `values` that holds one, which with `ahead` may be in the future."""
    return next((date for value in values if (date := said_date(value, day_first, ahead))), None)


def _numeric(first: int, second: int, year: str, month_first: bool) -> datetime | None:
    """A date in numbers, in the other order where only that makes a date."""
    whole = int(year) + (2000 if len(year) == 2 else 0)
    day, month = (second, first) if month_first else (first, second)
    return _day(whole, month, day) or _day(whole, day, month)


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return _plausible(datetime(year, month, day, tzinfo=UTC))
    except ValueError:
        return None


def _plausible(date: datetime, ahead: bool = False) -> datetime | None:
    """`date` if a page may be of it. What is in the future is the day of an event that the page announces, unless
    `ahead`: the page says that it is published then."""
    latest = datetime.now(UTC) + timedelta(days=2)
    return date if date.year >= EARLIEST and (ahead or date <= latest) else None
