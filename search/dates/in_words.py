"""Dates in what somebody types, as people write and say them: "october 2024", "18 mars 2024", "last week", "上周",
"since 2023", "the last 30 days".

The names of months and the words for periods are those of the languages of the archive (`search.dates.names`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from indexer.article.date_words import DAYS, month_first
from indexer.text.words import MARKS, normalize
from search.dates import names
from search.dates.names import RUN_ON, folded
from search.dates.wording import AFTER, BEFORE, SINCE

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_BUDDHIST_YEAR = r"(?P<year>(?:19|20|24|25)\d\d)"  # 2567 is 2024
_BUDDHIST = 543
_DAY = r"(?P<day>\d{1,2})"
_DAY_ENDING = r"(?:st|nd|rd|th|er|re|º|ª|\.)?"
_MONTH_NUMBER = r"(?P<month>0?[1-9]|1[0-2])"
_BETWEEN = r"(?:[.,]?\s+(?:de\s+|del\s+|of\s+)?|[.,]\s*)"
_OF_CJK = rf"[年년]\s*(?P<month>\d{{1,2}})\s*[月월](?:\s*{_DAY}\s*[日일])?"
# of a word, a version, an amount or another number
_NOT_A_PART = rf"(?<![\w{MARKS}.,:/$#@+-])", rf"(?![\w{MARKS}$%]|[.,:/'\u2019-]\w)"
_FIGURE = re.compile(r"\d")
_YEAR_WITHIN = re.compile(_YEAR)
_AGO = re.compile(r"(\d+) (day|week|month|year) ago")
_LAST_DAY = re.compile(rf"last ({'|'.join(DAYS)})")
_HOURS = 24
_YEARS_BACK = 30  # in which a day without a year may have been

_Period = tuple[date, date]


@dataclass(frozen=True, slots=True)
class DateInWords:
    """A period that a text names."""

    written: str  # as it was typed
    start: date
    end: date  # the first day that is not in it
    rest: str  # the text without it
    from_today: bool  # whether it is counted from today; these words are no subject that articles would write about
    is_vague: bool  # whether it is a year alone, or a day without one, which may mean something else
    bound: str = ""  # whether it begins, or ends, with what is named: `SINCE`, `BEFORE` or `AFTER`
    otherwise: tuple[_Period, ...] = ()  # what else may be meant, the likelier first

    @property
    def is_year(self) -> bool:
        """Whether it is a number alone."""
        return self.is_vague and self.written.isdigit()

    @property
    def named(self) -> str:
        """The period, for people: "of October 2024"."""
        last = self.end - timedelta(days=1)
        if self.bound == BEFORE:
            return f"before {_named(self.end, self.end + timedelta(days=1))}"
        if self.bound:
            return f"from {_named(self.start, self.start + timedelta(days=1))} on"
        return f"of {_named(self.start, last + timedelta(days=1))}"

    def readings(self) -> list[DateInWords]:
        """This, and what else may be meant by the same words."""
        return [self, *(replace(self, start=start, end=end, otherwise=()) for start, end in self.otherwise)]


def _named(start: date, end: date) -> str:
    last = end - timedelta(days=1)
    if start == last:
        return f"{start.day} {start:%B %Y}"
    if (start.month, start.day, last.month, last.day) == (1, 1, 12, 31):
        return str(start.year) if start.year == last.year else f"{start.year} to {last.year}"
    if start.day == 1 and end.day == 1 and (start.year, start.month) == (last.year, last.month):
        return f"{start:%B %Y}"
    return f"{start.day} {start:%B %Y} to {last.day} {last:%B %Y}"


class _Found(NamedTuple):
    """A period in a folded text, and where it is."""

    start: int
    end: int
    periods: Sequence[_Period]  # the likeliest first
    from_today: bool = False
    is_vague: bool = False


def date_in_words(text: str, languages: tuple[str, ...], today: date) -> DateInWords | None:
    """The first period that a text names in one of some languages, the most exact one where several begin at the same
    place; None where it names none. Words such as "last week" are counted from `today`; weeks begin on Mondays."""
    typed = normalize(text)
    lower = typed.lower()
    if not _FIGURE.search(lower) and lower.isascii() and not any(map(lower.__contains__, names.periods(languages))):
        return None
    letters, places = folded(typed)
    found = _found(letters, languages, today)
    if found is None:
        return None
    bound, start, end = _bound(letters, found, languages)
    first, last = found.periods[0]
    if bound:
        first, last = {SINCE: (first, date.max), AFTER: (last, date.max), BEFORE: (date.min, first)}[bound]
    at, until = places[start], places[end]
    rest = " ".join(f"{typed[:at]} {typed[until:]}".split())
    return DateInWords(
        typed[at:until].strip(),
        first,
        last,
        rest,
        found.from_today,
        found.is_vague and not bound,
        bound,
        () if bound else tuple(found.periods[1:]),
    )


def _found(letters: str, languages: tuple[str, ...], today: date) -> _Found | None:
    """The first period in a folded text."""
    if _FIGURE.search(letters):
        months = _within(names.months(languages), letters)
        for pattern, read in _patterns(months, "th" in languages) if months or _YEAR_WITHIN.search(letters) else ():
            for at in pattern.finditer(letters):
                if periods := read(at, languages, today):
                    return _Found(*at.span(), periods, is_vague=read is _as_day)
        if found := _counted(letters, languages, today):
            return found
    for said in _within(names.periods(languages), letters):
        if (there := _apart(said).search(letters)) is not None:
            return _Found(*there.span(), [_counted_back(names.periods(languages)[said], today)], from_today=True)
    return _of_years(letters, languages) if _YEAR_WITHIN.search(letters) else None


def _within(said: Iterable[str], letters: str) -> tuple[str, ...]:
    """Those of some names that are in a text: patterns of all names of many languages would take long."""
    return tuple(name for name in said if name in letters)


@lru_cache(maxsize=1024)
def _apart(said: str) -> re.Pattern[str]:
    """Matches words for a period, with ``#`` for a number, that are no part of others."""
    before, behind = _NOT_A_PART
    blank = r"\s*" if RUN_ON.search(said) else r"\s+"
    words = re.escape(said).replace(r"\#", r"(?P<count>\d{1,3})").replace(r"\ ", blank)
    return re.compile(words if RUN_ON.search(said) else f"{before}{words}{behind}")


# -- dates ----------------------------------------------------------------------------------------------------------

_Read = Callable[[re.Match[str], tuple[str, ...], date], Sequence[_Period]]


@lru_cache(maxsize=256)
def _patterns(months: tuple[str, ...], is_buddhist: bool) -> list[tuple[re.Pattern[str], _Read]]:
    """What dates look like with some names of months in them, those of which more is told first."""
    month = f"(?P<month>{_either(months)})"
    before, behind = _NOT_A_PART
    year = _BUDDHIST_YEAR if is_buddhist else _YEAR
    dates: list[tuple[str, _Read]] = [
        (rf"{_YEAR}-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>[0-3]\d))?", _as_date),
        (rf"{_YEAR}/{_MONTH_NUMBER}(?:/{_DAY})?", _as_date),
        (rf"(?P<day>[0-3]?\d)\.\s?(?P<month>[01]?\d)\.\s?{_YEAR}", _as_date),
        (rf"(?P<one>\d{{1,2}})/(?P<other>\d{{1,2}})/{_YEAR}", _as_either),
        (rf"{_MONTH_NUMBER}/{_YEAR}", _as_date),
        (rf"{_DAY}{_DAY_ENDING}{_BETWEEN}{month}{_BETWEEN}{year}", _as_date),
        (rf"{month}\.?\s+{_DAY}{_DAY_ENDING},?\s+{year}", _as_date),
        (rf"{month}{_BETWEEN}{year}", _as_date),
        (rf"{year}[.,]?\s+{month}(?:\s+{_DAY}\.?)?", _as_date),
    ]
    reading: list[tuple[str, _Read]] = [(rf"{before}{_YEAR}\s*{_OF_CJK}", _as_date)]
    reading += [(f"{before}(?:{one}){behind}", read) for one, read in dates]
    reading += [
        (rf"\A\s*{month}\.?\s+{_DAY}{_DAY_ENDING}\s*\Z", _as_day),
        (rf"\A\s*{_DAY}{_DAY_ENDING}\s+(?:de\s+|of\s+)?{month}\s*\Z", _as_day),
    ]
    return [(re.compile(pattern), read) for pattern, read in reading]


def _either(said: Iterable[str]) -> str:
    """A pattern of any of some names, the longest first."""
    return "|".join(map(re.escape, said)) or r"(?!)"


def _as_date(found: re.Match[str], languages: tuple[str, ...], today: date) -> list[_Period]:
    parts = found.groupdict()
    written, day = parts["month"], parts.get("day")
    year = int(parts["year"]) - (_BUDDHIST if int(parts["year"]) >= 2400 else 0)
    month = int(written) if written.isdigit() else names.months(languages)[written]
    return _day_or_month(year, month, day)


def _as_either(found: re.Match[str], languages: tuple[str, ...], today: date) -> list[_Period]:
    """10/5/2024 as the archive's first language writes it, and the other way."""
    year, one, other = int(found["year"]), int(found["one"]), found["other"]
    american, european = _day_or_month(year, one, other), _day_or_month(year, int(other), str(one))
    both = american + european if month_first(languages[0]) else european + american
    return list(dict.fromkeys(both))


def _as_day(found: re.Match[str], languages: tuple[str, ...], today: date) -> list[_Period]:
    """A day without a year, of this year or of one before it."""
    month = names.months(languages)[found["month"]]
    return [
        period
        for year in range(today.year, today.year - _YEARS_BACK, -1)
        for period in _day_or_month(year, month, found["day"])
        if period[0] <= today
    ]


def _day_or_month(year: int, month: int, day: str | None) -> list[_Period]:
    """The period of a day, of a month where none is given, nothing where there is no such day."""
    try:
        first = date(year, month, int(day or 1))
    except ValueError:
        return []
    return [(first, first + timedelta(days=1 if day else monthrange(year, month)[1]))]


# -- years and their parts ------------------------------------------------------------------------------------------


def _of_years(letters: str, languages: tuple[str, ...]) -> _Found | None:
    """The first season, quarter, stretch of years or year in a folded text."""
    before, behind = _NOT_A_PART
    for season in _within(names.seasons(languages), letters):
        for order in (rf"{season}\s+(?:de\s+)?{_YEAR}", rf"{_YEAR}\s+{season}"):
            if at := re.search(f"{before}(?:{order}){behind}", letters):
                first, year = names.seasons(languages)[season], int(at["year"])
                # winter is of the year that it begins in, or of the one that it ends in
                years = (year, year - 1) if first == 12 else (year,)
                return _Found(*at.span(), [_months(12 * of + first - 1, 3) for of in years])
    for pattern in _QUARTERS:
        if at := pattern.search(letters):
            return _Found(*at.span(), [_months(12 * int(at["year"]) + 3 * int(at["quarter"]) - 3, 3)])
    if (at := _YEARS.search(letters)) and int(at["year"]) < int(at["last"]):
        return _Found(*at.span(), [(date(int(at["year"]), 1, 1), date(int(at["last"]) + 1, 1, 1))])
    if at := _ONE_YEAR.search(letters):
        year = int(at["year"])
        return _Found(*at.span(), [(date(year, 1, 1), date(year + 1, 1, 1))], is_vague=letters[at.end() - 1].isdigit())
    return None


_QUARTERS = [
    re.compile(rf"{_NOT_A_PART[0]}{order}{_NOT_A_PART[1]}")
    for order in (rf"q(?P<quarter>[1-4])[\s/-]?{_YEAR}", rf"{_YEAR}[\s/-]?q(?P<quarter>[1-4])")
]
_YEARS = re.compile(
    rf"{_NOT_A_PART[0]}{_YEAR}(?:\s*[\u2013-]\s*|\s+(?:to|bis|a|al|до)\s+)(?P<last>(?:19|20)\d\d){_NOT_A_PART[1]}"
)
_ONE_YEAR = re.compile(rf"{_NOT_A_PART[0]}{_YEAR}(?:[年년]|{_NOT_A_PART[1]})")


# -- periods that are counted from today ----------------------------------------------------------------------------


def _counted(letters: str, languages: tuple[str, ...], today: date) -> _Found | None:
    """The first number of days, weeks, months or years in a folded text that is counted from today."""
    for said, unit, is_last in _counted_within(letters, languages):
        if at := _apart(said).search(letters):
            number = int(at["count"])
            if number and (unit != "year" or number < today.year):
                since_then = _back(number, unit, today), today + timedelta(days=1)
                period = since_then if is_last else _ago(number, unit, today)
                return _Found(*at.span(), [period], from_today=True)
    return None


def _counted_within(letters: str, languages: tuple[str, ...]) -> list[names.Counted]:
    """What is said for so many days and the like whose words are in a text."""
    return [of for words, same in names.counted(languages) if all(map(letters.__contains__, words)) for of in same]


def _counted_back(period: str, today: date) -> _Period:
    """A period as `names.periods` calls it."""
    if weekday := _LAST_DAY.fullmatch(period):
        back = (today.weekday() - DAYS.index(weekday[1]) - 1) % 7 + 1
        return today - timedelta(days=back), today - timedelta(days=back - 1)
    ago = _AGO.fullmatch(period)
    assert ago is not None
    return _ago(int(ago[1]), ago[2], today)


def _ago(number: int, unit: str, today: date) -> _Period:
    """The day, week, month or year that was so many ago, hours in whole days."""
    if unit == "hour":
        return _ago(number // _HOURS, "day", today)
    if unit == "day":
        return today - timedelta(days=number), today - timedelta(days=number - 1)
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * number)
        return monday, monday + timedelta(days=7)
    if unit == "month":
        return _months(12 * today.year + today.month - 1 - number, 1)
    return _months(12 * (today.year - number), 12)


def _back(number: int, unit: str, today: date) -> date:
    """The day so many days, weeks, months or years before today, hours in days that were begun."""
    if unit == "hour":
        return today - timedelta(days=-(-number // _HOURS))
    if unit in ("day", "week"):
        return today - timedelta(days=number * (7 if unit == "week" else 1))
    first, _ = _months(12 * today.year + today.month - 1 - number * (12 if unit == "year" else 1), 1)
    return first.replace(day=min(today.day, monthrange(first.year, first.month)[1]))


def _months(first: int, number: int) -> _Period:
    """A number of months, the first counted from that of the year 0 on."""
    last = first + number
    return date(first // 12, first % 12 + 1, 1), date(last // 12, last % 12 + 1, 1)


# -- since, before, after -------------------------------------------------------------------------------------------


def _bound(letters: str, found: _Found, languages: tuple[str, ...]) -> tuple[str, int, int]:
    """Which bound stands before a period, or behind it; and from where to where both are in the text."""
    before = letters[: found.start]
    for said, bound in names.bounds(languages, behind=False).items():
        if said in before and (at := re.search(rf"(?<!\S){re.escape(said)}\s+\Z", before)):
            return bound, at.start(), found.end
    behind = letters[found.end :]
    for said, bound in names.bounds(languages, behind=True).items():
        if said in behind and (at := re.match(rf"\s*{re.escape(said)}(?:(?<=[^\x00-\u2e7f])|(?!\S))", behind)):
            return bound, found.start, found.end + at.end()
    return "", found.start, found.end
