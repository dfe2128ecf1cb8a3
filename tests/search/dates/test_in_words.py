"""Periods as people type them."""

from __future__ import annotations

from datetime import date

import pytest

from search.dates.in_words import date_in_words

TODAY = date(2026, 11, 28)  # a Saturday
EVERYWHERE = ("en", "fr", "de", "es", "ru", "ja", "ko", "ar", "hu", "pt", "zh", "he", "hi", "th", "el")


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
        ("10/2024", date(2024, 10, 1), date(2024, 11, 1), ""),
        ("2024/10/05 storm", date(2024, 10, 5), date(2024, 10, 6), "storm"),
        ("summer 2025", date(2025, 6, 1), date(2025, 9, 1), ""),
        ("2025 Frühling", date(2025, 3, 1), date(2025, 6, 1), ""),
        ("Q4 2024", date(2024, 10, 1), date(2025, 1, 1), ""),
        ("2023-2024", date(2023, 1, 1), date(2025, 1, 1), ""),
        ("2023 to 2024", date(2023, 1, 1), date(2025, 1, 1), ""),
        ("अक्टूबर 2024", date(2024, 10, 1), date(2024, 11, 1), ""),
        ("बाढ़ मार्च २०२४", date(2024, 3, 1), date(2024, 4, 1), "बाढ़"),
        ("ฝน ตุลาคม 2567", date(2024, 10, 1), date(2024, 11, 1), "ฝน"),
        ("มีนาคม 2024", date(2024, 3, 1), date(2024, 4, 1), ""),
        ("مارس ٢٠٢٤", date(2024, 3, 1), date(2024, 4, 1), ""),
        ("ינואר 2024", date(2024, 1, 1), date(2024, 2, 1), ""),
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
        ("την περασμένη εβδομάδα", date(2026, 11, 16), date(2026, 11, 23), ""),
        ("בשבוע שעבר", date(2026, 11, 16), date(2026, 11, 23), ""),
        ("बाढ़ पिछले सप्ताह", date(2026, 11, 16), date(2026, 11, 23), "बाढ़"),
        ("คลื่นสัปดาห์ที่แล้ว", date(2026, 11, 16), date(2026, 11, 23), "คลื่น"),
        ("เมื่อวาน", date(2026, 11, 27), date(2026, 11, 28), ""),
        ("आज", date(2026, 11, 28), date(2026, 11, 29), ""),
        ("last 30 days", date(2026, 10, 29), date(2026, 11, 29), ""),
        ("storm in the past 2 weeks", date(2026, 11, 14), date(2026, 11, 29), "storm in the"),
        ("last 24 hours", date(2026, 11, 27), date(2026, 11, 29), ""),
        ("last 3 months", date(2026, 8, 28), date(2026, 11, 29), ""),
        ("2 days ago", date(2026, 11, 26), date(2026, 11, 27), ""),
        ("2 months ago", date(2026, 9, 1), date(2026, 10, 1), ""),
        ("les 7 derniers jours", date(2026, 11, 21), date(2026, 11, 29), "les"),
        ("vor 3 Tagen", date(2026, 11, 25), date(2026, 11, 26), ""),
        ("最近7天月球", date(2026, 11, 21), date(2026, 11, 29), "月球"),
    ],
)
def test_periods_that_are_counted_from_today(text: str, start: date, end: date, rest: str) -> None:
    found = date_in_words(text, EVERYWHERE, TODAY)
    assert found is not None
    assert (found.start, found.end, found.rest, found.from_today) == (start, end, rest, True)


@pytest.mark.parametrize(
    ("text", "named", "rest"),
    [
        ("since 2025", "from 1 January 2025 on", ""),
        ("storm since october 2024", "from 1 October 2024 on", "storm"),
        ("after 2024", "from 1 January 2025 on", ""),
        ("storm before 5.10.2024", "before 5 October 2024", "storm"),
        ("depuis octobre 2024", "from 1 October 2024 on", ""),
        ("antes de 2024", "before 1 January 2024", ""),
        ("nach März 2024", "from 1 April 2024 on", ""),
        ("2024年以来", "from 1 January 2024 on", ""),
        ("2024년 10월 이전", "before 1 October 2024", ""),
        ("since last week", "from 16 November 2026 on", ""),
        ("sincere 2025", "of 2025", "sincere"),
    ],
)
def test_bounds(text: str, named: str, rest: str) -> None:
    found = date_in_words(text, EVERYWHERE, TODAY)
    assert found is not None
    assert (found.named, found.rest) == (named, rest)


@pytest.mark.parametrize(
    ("text", "languages", "periods"),
    [
        ("10/5/2024", ("en",), ["5 October 2024", "10 May 2024"]),
        ("10/5/2024", ("de",), ["10 May 2024", "5 October 2024"]),
        ("25/10/2024", ("en",), ["25 October 2024"]),
        ("winter 2024", ("en",), ["1 December 2024 to 28 February 2025", "1 December 2023 to 29 February 2024"]),
        ("october 5", ("en",), ["5 October 2026", "5 October 2025"]),
        ("5 december", ("en",), ["5 December 2025", "5 December 2024"]),  # that of this year is to come
    ],
)
def test_what_a_date_may_be_the_likeliest_first(text: str, languages: tuple[str, ...], periods: list[str]) -> None:
    found = date_in_words(text, languages, TODAY)
    assert found is not None
    assert [reading.named for reading in found.readings()][:2] == [f"of {period}" for period in periods]


def test_short_names_are_found_in_an_archive_of_very_many_languages() -> None:
    many = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "ru", "tr", "fa", "hi", "th", "uk", "el", "cs", "fi")
    many += ("da", "hu", "ro", "bg", "vi", "id", "zh", "ar", "he")
    for text in ("مارس 2024", "יולי 2024", "mai 2024", "3月 2024"):
        assert date_in_words(text, (*many, "da", "hu", "ro", "bg", "vi", "id", "zh", "ar", "he"), TODAY) is not None, (
            text
        )


def test_the_month_before_january_is_in_the_year_before() -> None:
    found = date_in_words("last month", ("en",), date(2024, 1, 31))
    assert found is not None
    assert (found.start, found.end) == (date(2023, 12, 1), date(2024, 1, 1))


@pytest.mark.parametrize(
    "text",
    ["moon", "in may", "CVE-2024-3094", "version 2024.1", "$2024", "2023-24", "12,024", "12024", "#2024", "2024%", "",
     "last week's", "lastweek", "mai", "3/2024/7", "october", "september 11 attacks", "31/31/2024", "0 days ago",
     "13/2024", "आजादी", "version 10.2024"],
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
    assert found.named == f"of {named}"
