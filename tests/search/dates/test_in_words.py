"""Periods as people type them."""

from __future__ import annotations

from datetime import date

import pytest

from search.dates.in_words import date_in_words

TODAY = date(2026, 11, 28)  # a Saturday
EVERYWHERE = ("en", "fr", "de", "es", "ru", "ja", "ko", "ar", "hu", "pt", "zh", "he")


@pytest.mark.parametrize(
    ("text", "start", "end", "rest"),
    [
        ("october 2024", date(2024, 10, 1), date(2024, 11, 1), ""),
        ("Oct. 2024 budget", date(2024, 10, 1), date(2024, 11, 1), "budget"),
        ("18 march 2024", date(2024, 3, 18), date(2024, 3, 19), ""),
        ("March 18th, 2024 launch", date(2024, 3, 18), date(2024, 3, 19), "launch"),
        ("18. März 2024", date(2024, 3, 18), date(2024, 3, 19), ""),
        ("3 de marzo de 2024", date(2024, 3, 3), date(2024, 3, 4), ""),
        ("1er mars 2024", date(2024, 3, 1), date(2024, 3, 2), ""),
        ("outubro de 2024", date(2024, 10, 1), date(2024, 11, 1), ""),
        ("2024. október", date(2024, 10, 1), date(2024, 11, 1), ""),
        ("18.03.2024", date(2024, 3, 18), date(2024, 3, 19), ""),
        ("2024-03", date(2024, 3, 1), date(2024, 4, 1), ""),
        ("launch 2024-03-18", date(2024, 3, 18), date(2024, 3, 19), "launch"),
        ("2024年10月月球", date(2024, 10, 1), date(2024, 11, 1), "月球"),
        ("2024년 10월 3일", date(2024, 10, 3), date(2024, 10, 4), ""),
        ("moon landing 2024", date(2024, 1, 1), date(2025, 1, 1), "moon landing"),
        ("december 2024", date(2024, 12, 1), date(2025, 1, 1), ""),
    ],
)
def test_dates(text: str, start: date, end: date, rest: str) -> None:
    found = date_in_words(text, EVERYWHERE, TODAY)
    assert found is not None
    assert (found.start, found.end, found.rest, found.from_today) == (start, end, rest, False)


@pytest.mark.parametrize(
    ("text", "start", "end", "rest"),
    [
        ("last week", date(2026, 11, 16), date(2026, 11, 23), ""),
        ("moon this week", date(2026, 11, 23), date(2026, 11, 30), "moon"),
        ("Yesterday", date(2026, 11, 27), date(2026, 11, 28), ""),
        ("last month", date(2026, 10, 1), date(2026, 11, 1), ""),
        ("last year", date(2025, 1, 1), date(2026, 1, 1), ""),
        ("last monday", date(2026, 11, 23), date(2026, 11, 24), ""),
        ("last saturday", date(2026, 11, 21), date(2026, 11, 22), ""),
        ("la semaine dernière", date(2026, 11, 16), date(2026, 11, 23), ""),
        ("la semaine derniere", date(2026, 11, 16), date(2026, 11, 23), ""),
        ("letzte Woche Mond", date(2026, 11, 16), date(2026, 11, 23), "Mond"),
        ("на прошлой неделе", date(2026, 11, 16), date(2026, 11, 23), ""),
        ("上周月球新闻", date(2026, 11, 16), date(2026, 11, 23), "月球新闻"),
        ("الأسبوع الماضي", date(2026, 11, 16), date(2026, 11, 23), ""),
    ],
)
def test_periods_that_are_counted_from_today(text: str, start: date, end: date, rest: str) -> None:
    found = date_in_words(text, EVERYWHERE, TODAY)
    assert found is not None
    assert (found.start, found.end, found.rest, found.from_today) == (start, end, rest, True)


def test_the_month_before_january_is_in_the_year_before() -> None:
    found = date_in_words("last month", ("en",), date(2024, 1, 31))
    assert found is not None
    assert (found.start, found.end) == (date(2023, 12, 1), date(2024, 1, 1))


@pytest.mark.parametrize(
    "text",
    ["moon", "in may", "CVE-2024-3094", "version 2024.1", "$2024", "2023-24", "12,024", "12024", "#2024", "2024%", "",
     "last week's", "lastweek", "mai", "3/2024/7"],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert date_in_words(text, EVERYWHERE, TODAY) is None


def test_words_of_languages_that_the_archive_has_not_are_words() -> None:
    assert date_in_words("letzte woche", ("en", "fr"), TODAY) is None
    assert date_in_words("last week", ("xx",), TODAY) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("2024", "2024"),
        ("october 2024", "October 2024"),
        ("december 2024", "December 2024"),
        ("18 march 2024", "18 March 2024"),
        ("last week", "16 November 2026 to 22 November 2026"),
    ],
)
def test_a_period_has_a_name_for_people(text: str, named: str) -> None:
    found = date_in_words(text, ("en",), TODAY)
    assert found is not None
    assert found.named == named
