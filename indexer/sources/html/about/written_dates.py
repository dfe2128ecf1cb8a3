"""Days as pages write them in words: the name of a month in any of some forty languages with a day and a year beside
it, in whatever order, and the calendars of Thailand and Iran."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from indexer.article import date_words
from indexer.article.date_words import month_names
from indexer.article.dates import MONTHS

# Of two languages that mean different months by one name the first counts.
_LANGUAGES = (
    "nl sv da nb pl cs sk ru uk tr id el hu fi ro bg hr sl sr sr-Latn ca et lv lt ar fa he hi bn ta te mr ur vi th ms"
    " sw fil af eu gl is be mk az"
).split()
# What the library does not know: the months of the Levant, and those of Iran, from Farvardin on.
_LEVANT = "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول".split()
_IRAN = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
_BUDDHIST = 543
"""Years by which Thailand is ahead."""
_FIRST_OF_IRAN = date(2014, 3, 21), 1393
"""A first of Farvardin, and its year. Every 33 years eight are leap years, as these go from 1370 to 1502."""
_LEAP_OF_33 = frozenset((1, 5, 9, 13, 17, 22, 26, 30))

_MARKS = (  # vowel signs and accents, which Python does not count among letters
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0971-\u09e5\u0a00-\u0a65\u0a80-\u0ae5"
    "\u0b00-\u0b65\u0b80-\u0be5\u0c00-\u0c65\u0c80-\u0ce5\u0d00-\u0d65\u0e01-\u0e4f"
)
_TOKEN = re.compile(rf"\d+|(?:[^\W\d_]|[{_MARKS}])(?:[^\W\d_]|[{_MARKS}])*")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d\d(?:[:.]\d\d)?\s*(?:uhr|[ap]\.?m\b|gmt|utc|h\b)|\b\d{1,2}:\d\d(?::\d\d)?", re.I)
_VIETNAMESE = re.compile(r"(\d{1,2})\s+(?:tháng|thg)\s+(\d{1,2})(?:,|\s+năm|\s*/)?\s+(\d{4})", re.I)
_KOREAN = re.compile(r"(\d{4})년\s*(\d{1,2})월\s*(\d{1,2})일")
_NEAR = 3
"""Words and numbers between a month and its day or year ("18 de marzo del año 2024")."""
_DAY_ENDING = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|re|º|ª|a|ko|d)\b", re.I)
_THAI_STOP = re.compile("(?<=[\u0e00-\u0e4f])\\.(?=[\u0e00-\u0e4f])")  # within the short names of months


def written_day(text: str) -> date | None:
    """The first day in `text` that is written with the name of its month; None if there is none with a year."""
    for pattern, order in ((_VIETNAMESE, (3, 2, 1)), (_KOREAN, (1, 2, 3))):
        if found := pattern.search(text):
            year, month, day = (int(found[group]) for group in order)
            return _day(year, month, day)
    tokens = _TOKEN.findall(_DAY_ENDING.sub("", _TIME.sub(" ", _THAI_STOP.sub("", text))))
    words = [(at, token.lower()) for at, token in enumerate(tokens) if len(token) > 1 and not token.isdigit()]
    for number_of in (
        _common_month,
        _month,
    ):  # the others only where these are not there: to read their names takes time
        for at, word in words:
            number, of_iran = number_of(word)
            if number and (found_day := _around(tokens, at, number, of_iran)):
                return found_day
    return None


def _around(tokens: list[str], at: int, month: int, of_iran: bool) -> date | None:
    """The day of the month named at `at`, of the nearest numbers."""
    near = [n for n in range(max(0, at - _NEAR), min(len(tokens), at + _NEAR + 1)) if tokens[n].isdigit()]
    near.sort(key=lambda n: (abs(n - at), n))  # the day stands before the month where it may be either
    year = next((int(tokens[n]) for n in near if len(tokens[n]) == 4), 0)
    day = next((int(tokens[n]) for n in near if len(tokens[n]) <= 2), 0)
    if not year or not day:
        return None
    return from_iran(year, month, day) if of_iran else _day(year, month, day)


def from_iran(year: int, month: int, day: int) -> date | None:
    """A day of the calendar of Iran, 1371 to 1502; None if there is no such day."""
    longest = 31 if month <= 6 else 30 if month < 12 or year % 33 in _LEAP_OF_33 else 29
    if not (1371 <= year <= 1502 and 1 <= month <= 12 and 1 <= day <= longest):
        return None
    start, first = _FIRST_OF_IRAN
    years = range(min(year, first), max(year, first))
    days = sum(365 + (each % 33 in _LEAP_OF_33) for each in years)
    start += timedelta(days=days if year >= first else -days)
    return start + timedelta(days=31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1)


def _day(year: int, month: int, day: int) -> date | None:
    if 2500 < year < 2643:
        year -= _BUDDHIST
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _common_month(word: str) -> tuple[int, bool]:
    return MONTHS.get(word, 0), False


def _month(word: str) -> tuple[int, bool]:
    """The number of the month that `word` names, 0 if it names none, and whether it is one of Iran."""
    names = _names()
    if word not in names and word[:1] in "במה" and word[1:] in names:  # Hebrew writes "in" and "the" together with it
        word = word[1:]
    return names.get(word, (0, False))


@cache
def _names() -> dict[str, tuple[int, bool]]:
    """The names of months in all languages, and whether they are of Iran."""
    found: dict[str, tuple[int, bool]] = {}
    for language in _LANGUAGES:
        names_of = month_names(language)
        for number, month in enumerate(date_words.MONTHS, 1):
            for name in names_of.get(month, ()):
                found.setdefault("".join(_TOKEN.findall(name.lower())), (number, False))
    for names, of_iran in ((_LEVANT, False), (_IRAN, True)):
        for number, name in enumerate(names, 1):
            found.setdefault(name, (number, of_iran))
    return {name: month for name, month in found.items() if len(name) > 1}
