"""Dates as periods: how many of some articles are of each day, month or year."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DAYS, MONTHS = 62, 62  # periods up to which days and months are counted: two months, five years
MOST = 200  # periods in a row; of more those with articles only
INTERVALS = {"day": "D", "month": "M", "year": "Y"}
_SECONDS_A_DAY = 86400
_LONG = 1_000_000  # days in a row that are counted one by one


class Periods(NamedTuple):
    """Periods, ascending: their names as a filter takes them (``2024``, ``2024-05``, ``2024-05-03``), when they begin
    in seconds since 1970, and how many dates are in each."""

    interval: str  # "day", "month" or "year", empty where there are no dates
    names: list[str]
    starts: list[int]
    counts: list[int]


def periods(seconds: NDArray[np.int64]) -> Periods:
    """The periods in which some moments lie (seconds since 1970, UTC): days, months or years, by how far the moments
    reach. The empty ones between them are there, too, unless there are very many."""
    if not len(seconds):
        return Periods("", [], [], [])
    days, counts = _by_day(seconds // _SECONDS_A_DAY)
    dates = days.astype("datetime64[D]")
    interval = _interval(dates[0], dates[-1])
    unit = INTERVALS[interval]
    at = dates.astype(f"datetime64[{unit}]").astype(np.int64)
    places = at - at[0]
    if places[-1] < MOST:
        sums = np.bincount(places, counts).astype(np.int64)
        found = at[0] + np.arange(len(sums))
    else:
        found, where = np.unique(at, return_inverse=True)
        sums = np.bincount(where, counts).astype(np.int64)
    named = found.astype(f"datetime64[{unit}]")
    starts = named.astype("datetime64[s]").astype(np.int64)
    return Periods(interval, [str(name) for name in named], starts.tolist(), sums.tolist())


def _by_day(days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different days, ascending, and how often each is there."""
    first = int(days.min())
    if int(days.max()) - first > _LONG:
        return np.unique(days, return_counts=True)
    counts = np.bincount(days - first)
    some = np.flatnonzero(counts)
    return some + first, counts[some]


def _interval(first: np.datetime64, last: np.datetime64) -> str:
    if (last - first).astype(np.int64) < DAYS:
        return "day"
    months = last.astype("datetime64[M]") - first.astype("datetime64[M]")
    return "month" if months.astype(np.int64) < MONTHS else "year"
