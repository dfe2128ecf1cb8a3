"""Dates as periods."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.facets.histogram import DAYS, MOST, periods


def seconds(*dates: datetime) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([int(date.timestamp()) for date in dates], np.int64)


def at(*date: int) -> datetime:
    return datetime(*date, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_no_dates() -> None:
    assert periods(seconds()) == ("", [], [], [])


@pytest.mark.parametrize(
    ("dates", "interval", "names"),
    [
        ([at(2024, 3, 1, 23, 59), at(2024, 3, 3)], "day", ["2024-03-01", "2024-03-02", "2024-03-03"]),
        ([at(2024, 11, 30), at(2025, 1, 31)], "month", ["2024-11", "2024-12", "2025-01"]),
        ([at(2018, 6, 1), at(2024, 6, 1)], "year", [str(year) for year in range(2018, 2025)]),
        ([at(1, 1, 1), at(2024, 6, 1)], "year", ["0001", "2024"]),
    ],
)
def test_the_interval_follows_the_range(dates: list[datetime], interval: str, names: list[str]) -> None:
    found = periods(seconds(*dates))
    assert (found.interval, found.names) == (interval, names)
    assert found.counts[0] == found.counts[-1] == 1


def test_days_up_to_two_months() -> None:
    first = at(2024, 1, 1)
    assert periods(seconds(first, first + timedelta(days=DAYS - 1))).interval == "day"
    assert periods(seconds(first, first + timedelta(days=DAYS))).interval == "month"


@given(st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2300, 1, 1)), min_size=1))
def test_every_date_is_in_its_period(dates: list[datetime]) -> None:
    moments = [date.replace(tzinfo=UTC, microsecond=0) for date in dates]
    found = periods(seconds(*moments))
    length = {"day": 10, "month": 7, "year": 4}[found.interval]
    expected = Counter(moment.isoformat()[:length] for moment in moments)
    counted = dict(zip(found.names, found.counts, strict=True))
    assert {name: count for name, count in counted.items() if count} == expected
    assert found.names == sorted(set(found.names))
    assert len(found.names) <= max(MOST, len(expected))
    for name, start in zip(found.names, found.starts, strict=True):
        assert datetime.fromtimestamp(start, UTC).isoformat()[:length] == name
