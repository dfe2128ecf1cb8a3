"""Bounds of a span of time as people write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from indexer.article.date_bounds import parse_bound, parse_bound_or_age
from indexer.base.errors import ArticleError


@pytest.mark.parametrize("parse", [parse_bound, parse_bound_or_age])
def test_a_day_is_bounded_by_its_first_and_its_last_microsecond(parse: Callable[..., datetime]) -> None:
    assert parse("2024-03-18") == datetime(2024, 3, 18, tzinfo=UTC)
    assert parse(" 2024-03-18 ", end_of_day=True) == datetime(2024, 3, 18, 23, 59, 59, 999999, UTC)


def test_a_time_is_no_whole_day() -> None:
    noon = datetime(2024, 3, 18, 12, tzinfo=UTC)
    assert parse_bound("2024-03-18T12:00", end_of_day=True) == parse_bound("2024-03-18T12:00") == noon


@pytest.mark.parametrize(("age", "days"), [("30d", 30), ("6w", 42), ("2 Y", 730), (" 0d ", 0)])
def test_an_age_is_counted_back_from_now(age: str, days: int) -> None:
    before = datetime.now(UTC)
    bound = parse_bound_or_age(age)
    assert before <= bound + timedelta(days=days) <= datetime.now(UTC)


def test_an_age_is_no_bound_where_only_dates_are_asked_for() -> None:
    with pytest.raises(ArticleError):
        parse_bound("30d")


@pytest.mark.parametrize("value", ["99999y", "30 m", "-1d", "whenever", "٣d", ""])
def test_what_is_neither_a_date_nor_an_age_is_an_error(value: str) -> None:
    with pytest.raises(ArticleError):
        parse_bound_or_age(value)
