"""Dates in what somebody types, as people write and say them: "october 2024", "18 mars 2024", "last week", "上周".

The names of months and the words for periods are those of the languages of the archive (`indexer.article.date_words`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain

from indexer.article.date_words import DAYS, MONTHS, month_names, relative_periods
from indexer.text.words import normalize, strip_accents

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})"
_DAY_ENDING = r"(?:st|nd|rd|th|er|re|º|ª|\.)?"
_BETWEEN = r"(?:[.,]?\s+(?:de\s+|del\s+|of\s+)?|[.,]\s*)"
_OF_CJK = rf"[年년]\s*(?P<month>\d{{1,2}})\s*[月월](?:\s*{_DAY}\s*[日일])?"
_NOT_A_PART = r"(?<![\w.,:/$#@+-])", r"(?![\w$%]|[.,:/'\u2019-]\w)"  # of a word, a version, an amount or another number
_ALTERNATIVES = 400  # names in a pattern: those of an archive of very many languages are those of its first
_CJK = re.compile("[\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]")  # written without blanks


@dataclass(frozen=True, slots=True)
class DateInWords:
    """A period that a text names."""

    written: str  # as it was typed
    start: date
    end: date  # the first day that is not in it
    rest: str  # the text without it
    from_today: bool  # whether it is counted from today; these words are no subject that articles would write about
    is_year: bool  # whether it is a number alone, which may mean something else

    @property
    def named(self) -> str:
        """The period, for people: "October 2024"."""
        last = self.end - timedelta(days=1)
        if self.start == last:
            return f"{self.start.day} {self.start:%B %Y}"
        if (self.start.month, self.start.day, last.month, last.day) == (1, 1, 12, 31) and self.start.year == last.year:
            return str(self.start.year)
        if self.start.day == 1 and (last + timedelta(days=1)).day == 1 and self.start.month == last.month:
            return f"{self.start:%B %Y}"
        return f"{self.start.day} {self.start:%B %Y} to {last.day} {last:%B %Y}"


def date_in_words(text: str, languages: tuple[str, ...], today: date) -> DateInWords | None:
    """The first period that a text names in one of some languages, the most exact one where several begin at the same
    place; None where it names none. Words such as "last week" are counted from `today`; weeks begin on Mondays."""
    typed = normalize(text)
    letters = strip_accents(typed.lower())
    if len(letters) != len(typed) or not _may_have_one(letters, languages):
        return None
    for pattern, read in _patterns(languages):
        for found in pattern.finditer(letters):
            period = read(found, languages, today)
            if period is None:
                continue
            start, end = found.span()
            rest = " ".join(f"{typed[:start]} {typed[end:]}".split())
            from_today = "relative" in found.groupdict()
            is_year = not from_today and found[0].isdigit()
            return DateInWords(typed[start:end].strip(), *period, rest, from_today, is_year)
    return None


_Period = tuple[date, date]
_Read = Callable[[re.Match[str], tuple[str, ...], date], _Period | None]


def _may_have_one(letters: str, languages: tuple[str, ...]) -> bool:
    """A quick look: most queries have neither a year nor words for a period."""
    return re.search(r"(?:19|20)\d\d", letters) is not None or any(map(letters.__contains__, _relative(languages)))


@lru_cache(maxsize=64)
def _patterns(languages: tuple[str, ...]) -> list[tuple[re.Pattern[str], _Read]]:
    month = f"(?P<month>{_either(_months(languages))})"
    before, behind = _NOT_A_PART
    relative = _relative(languages)
    spaced, run_on = ([name for name in relative if bool(_CJK.search(name)) == cjk] for cjk in (False, True))
    of_words = f"(?P<relative>{before}(?:{_either(spaced)}){behind}|{_either(run_on)})"
    dates = [
        rf"{_YEAR}-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>[0-3]\d))?",
        rf"(?P<day>[0-3]?\d)\.\s?(?P<month>[01]?\d)\.\s?{_YEAR}",
        rf"{_DAY}{_DAY_ENDING}{_BETWEEN}{month}{_BETWEEN}{_YEAR}",
        rf"{month}\.?\s+{_DAY}{_DAY_ENDING},?\s+{_YEAR}",
        rf"{month}{_BETWEEN}{_YEAR}",
        rf"{_YEAR}[.,]?\s+{month}(?:\s+{_DAY}\.?)?",
    ]
    reading: list[tuple[str, _Read]] = [(rf"{before}{_YEAR}\s*{_OF_CJK}", _as_date)]
    reading += [(f"{before}(?:{one}){behind}", _as_date) for one in dates]
    reading.append((of_words, _as_relative))
    reading.append((rf"{before}{_YEAR}(?:[年년]|{behind})", _as_date))
    return [(re.compile(pattern), read) for pattern, read in reading]


def _either(names: Iterable[str]) -> str:
    """A pattern of any of some names, the longest first."""
    longest = sorted(names, key=lambda name: (-len(name), name))[:_ALTERNATIVES]
    return "|".join(re.escape(name) for name in longest) or r"(?!)"


@lru_cache(maxsize=64)
def _months(languages: tuple[str, ...]) -> dict[str, int]:
    """The numbers of months by their names, without accents."""
    found: dict[str, int] = {}
    for names in map(month_names, languages):
        for number, month in enumerate(MONTHS, 1):
            for name in names.get(month, ()):
                found.setdefault(_folded(name), number)
    return {name: number for name, number in found.items() if len(name) > 2 or _CJK.search(name)}


@lru_cache(maxsize=64)
def _relative(languages: tuple[str, ...]) -> dict[str, str]:
    """The periods that are counted from today, by what is said for them, without accents: ``1 week ago``."""
    found: dict[str, str] = {}
    for period, said in chain.from_iterable(relative_periods(language).items() for language in languages):
        if _AGO.fullmatch(period) or _LAST_DAY.fullmatch(period):
            for name in said:
                found.setdefault(_folded(name), period)
    return {name: period for name, period in found.items() if len(name) > 2 or _CJK.search(name)}


_AGO = re.compile(r"(\d+) (day|week|month|year) ago")
_LAST_DAY = re.compile(rf"last ({'|'.join(DAYS)})")


def _folded(name: str) -> str:
    return strip_accents(normalize(name).lower()).strip()


def _as_date(found: re.Match[str], languages: tuple[str, ...], today: date) -> _Period | None:
    parts = found.groupdict()
    year, written, day = int(parts["year"]), parts.get("month"), parts.get("day")
    if not written:
        return date(year, 1, 1), date(year + 1, 1, 1)
    month = int(written) if written.isdigit() else _months(languages)[written]
    try:
        first = date(year, month, int(day or 1))
    except ValueError:
        return None
    return first, first + timedelta(days=1 if day else monthrange(year, month)[1])


def _as_relative(found: re.Match[str], languages: tuple[str, ...], today: date) -> _Period | None:
    period = _relative(languages)[found["relative"]]
    if weekday := _LAST_DAY.fullmatch(period):
        back = (today.weekday() - DAYS.index(weekday[1]) - 1) % 7 + 1
        return today - timedelta(days=back), today - timedelta(days=back - 1)
    ago = _AGO.fullmatch(period)
    if ago is None:
        return None
    number, unit = int(ago[1]), ago[2]
    if unit == "day":
        return today - timedelta(days=number), today - timedelta(days=number - 1)
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * number)
        return monday, monday + timedelta(days=7)
    months = 12 * today.year + today.month - 1
    if unit == "month":
        return _first_of(months - number), _first_of(months - number + 1)
    return date(today.year - number, 1, 1), date(today.year - number + 1, 1, 1)


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)
