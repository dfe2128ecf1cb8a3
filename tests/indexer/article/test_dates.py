"""Dates: every form people use gives the same kind of value, and nothing is filled in that was not written."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.article.dates import MONTHS, parse_date
from indexer.base.errors import ArticleError

MARCH_18 = datetime(2024, 3, 18, tzinfo=UTC)
AT_TEN = datetime(2024, 3, 18, 10, 0, tzinfo=UTC)


def at(hours: float) -> timezone:
    return timezone(timedelta(hours=hours))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-03-18", MARCH_18),
        (" 2024-03-18 \n", MARCH_18),
        ("20240318", MARCH_18),
        ("20240318100000", AT_TEN),
        ("2024-03-18T10:00:00Z", AT_TEN),
        ("2024-03-18 10:00", AT_TEN),
        ("2024-03-18T10:00:00.000000000Z", AT_TEN),
        ("2014-03-19T10:14:29-04:00", datetime(2014, 3, 19, 10, 14, 29, tzinfo=at(-4))),
        ("2017-01-05 9:00:00 -4", datetime(2017, 1, 5, 9, tzinfo=at(-4))),
        ("26-FEB-1987 15:01:01.79", datetime(1987, 2, 26, 15, 1, 1, 790000, tzinfo=UTC)),
        (" 3-MAR-1987  09:15:05.40", datetime(1987, 3, 3, 9, 15, 5, 400000, tzinfo=UTC)),
        ("27-MAR-1987 02:17:09.88T C", datetime(1987, 3, 27, 2, 17, 9, 880000, tzinfo=UTC)),
        ("9-APR-1987 00:00:00.00    # date added as guesswork", datetime(1987, 4, 9, tzinfo=UTC)),
        ("Mar 18, 2024", MARCH_18),
        ("March 18th, 2024", MARCH_18),
        ("Monday, March 18, 2024 at 10:00 am", AT_TEN),
        ("18 March 2024", MARCH_18),
        ("3 mars 2024", datetime(2024, 3, 3, tzinfo=UTC)),
        ("18. März 2024", MARCH_18),
        ("18 de marzo de 2024", MARCH_18),
        ("18 août 2024", datetime(2024, 8, 18, tzinfo=UTC)),
        ("Mon, 18 Mar 2024 10:00:00 GMT", AT_TEN),
        ("Mon, 18 Mar 2024 10:00:00 +0000 (UTC)", AT_TEN),
        ("Mon, 18 Mar 2024 05:00:00 -0500", AT_TEN),
        ("Mon, 18 Mar 2024 05:00:00 EST", datetime(2024, 3, 18, 5, tzinfo=at(-5))),
        ("Mon, 18 Mar 24 10:00:00 GMT", AT_TEN),
        ("March 18, 2024 3:00 AM PDT", AT_TEN),
        ("Mon Mar 18 10:00:00 2024", AT_TEN),
        (date(2024, 3, 18), MARCH_18),
        (datetime(2024, 3, 18, 10), AT_TEN),
        (datetime(2024, 3, 18, 12, tzinfo=at(2)), AT_TEN),
        (1710756000, AT_TEN),
        (1710756000.0, AT_TEN),
        (1710756000000, AT_TEN),
        ("1710756000", AT_TEN),
        ("1710756000000", AT_TEN),
        (20240318, MARCH_18),
        (-(10**9), datetime(1938, 4, 24, 22, 13, 20, tzinfo=UTC)),
    ],
)
def test_a_date_in_any_of_its_forms(written: object, meant: datetime) -> None:
    found = parse_date(written)

    assert found == meant
    assert found.utcoffset() is not None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("03/04/2024", datetime(2024, 3, 4)),  # month first where both are possible
        ("18/03/2024", datetime(2024, 3, 18)),  # the only way it is a date
        ("03.04.2024", datetime(2024, 4, 3)),  # dots are written day first
        ("10.11.12", datetime(2012, 11, 10)),
    ],
)
def test_the_order_of_day_and_month_follows_a_documented_choice(written: str, meant: datetime) -> None:
    assert parse_date(written).replace(tzinfo=None) == meant


def test_the_default_time_zone_is_for_dates_without_one() -> None:
    paris = ZoneInfo("Europe/Paris")

    assert parse_date("2024-03-18", paris) == datetime(2024, 3, 18, tzinfo=paris)
    assert parse_date("26-FEB-1987 15:01:01.79", paris).tzinfo is paris
    assert parse_date("2024-03-18T10:00:00Z", paris) == AT_TEN
    assert parse_date(datetime(2024, 3, 18), paris).tzinfo is paris


def test_an_unknown_time_zone_name_counts_as_none_and_warns_of_nothing() -> None:
    assert parse_date("March 18, 2024 10:00 XYZ") == AT_TEN  # a warning would be an error in this test run


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "sometime", "None", "tomorrow", "Monday",
        "2024", "2024-03", "March 2024", "Mon March 2024", "Feb 29", "March 18", "18", "10:30", "2024-W12",
        "2024-02-30", "2024-13-01", "31-FEB-1987", "31-MAR-1987 605:12:19.12", "0000-00-00 00:00:00", "0001-01-01",
        "9999-12-31T23:59:59Z", "99999999", "12345", "2" * 5000, "1" * 15, "March 18, 2024 " * 20,
        0, 5, 2024, -1, -62_135_596_800_001, 10**16, 10**4000, math.nan, math.inf, True, None, b"2024-03-18", [], {},
        datetime(1, 1, 1), datetime(9999, 12, 31, tzinfo=UTC),
    ],
)  # fmt: skip
def test_what_has_no_year_month_and_day_is_refused_and_named(written: object) -> None:
    with pytest.raises(ArticleError, match=r"^date .{1,80} is not a date$"):
        parse_date(written)


def test_month_names_of_different_languages_do_not_contradict_each_other() -> None:
    assert len(set(MONTHS.values())) == 12
    assert (MONTHS["march"], MONTHS["mars"], MONTHS["märz"], MONTHS["out"], MONTHS["ago"]) == (3, 3, 3, 10, 8)


@settings(deadline=None)
@given(
    st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9990, 1, 1)),
    st.integers(min_value=-23 * 60, max_value=23 * 60),
)
def test_what_isoformat_writes_is_read_back(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    assert parse_date(aware.isoformat()) == aware
    assert parse_date(moment.isoformat(" ")) == moment.replace(tzinfo=UTC)


@settings(deadline=None)
@given(st.dates(min_value=date(1000, 1, 1), max_value=date(9990, 1, 1)))
def test_dates_in_words_are_read_back(day: date) -> None:
    for form in ("%d %B %Y", "%B %d, %Y", "%a, %d %b %Y 00:00:00 +0000", "%d-%b-%Y 00:00:00.00"):
        assert parse_date(day.strftime(form).upper()) == datetime(day.year, day.month, day.day, tzinfo=UTC)


PIECES = st.sampled_from([*"0123456789 :-/.,+TZWaprmd()#é", "Mar", "Monday", "2024", "18", " at ", "EST", "-05:00"])
DATE_LIKE = st.lists(PIECES, max_size=20).map("".join)


@settings(deadline=None, max_examples=500)
@given(st.one_of(st.text(), DATE_LIKE, st.integers(), st.floats(), st.none(), st.binary(), st.datetimes(), st.dates()))
def test_anything_is_a_date_with_a_time_zone_or_an_article_error(value: object) -> None:
    try:
        found = parse_date(value)
    except ArticleError:
        return
    assert found.utcoffset() is not None
    assert found.astimezone(UTC).isoformat()
