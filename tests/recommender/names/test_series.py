"""Which articles are of one series."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indexer.article.article import Article
from recommender.names.series import frames_of, is_series, rhythm_of, same_template


def article(title: str, day: int = 1, body: str = "") -> Article:
    return Article(id=f"a{day}", title=title, body=body, date=datetime(2024, 1, day, tzinfo=UTC))


def of_one_series(first: Article, second: Article) -> bool:
    return any(is_series(a, first, b, second) for a in frames_of(first) for b in frames_of(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Village notes 18", "Village notes 19"),
        ("A longer way round, part 3: the sea", "A longer way round, part 4: the hills"),
        ("Harbour letter #12", "Harbour letter #13"),
        ("Money market rates of 6 March", "Money market rates of 12 April"),
        ("Weekly crop report", "Weekly crop report"),
        ("Kettle 2.1 released", "Kettle 2.2 released"),
        ("Kettle 2.1.9 release notes", "Kettle 2.1.10 release notes"),
        ("Kettle 2.1 released", "Kettle 2.1.1 released"),
        ("Harbour traffic falls in week", "Harbour traffic rises in week"),
    ],
)
def test_headlines_with_one_frame_are_of_one_series(first: str, second: str) -> None:
    assert of_one_series(article(first, 1), article(second, 8))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Village notes 18", "Harbour notes 19"),
        ("Kettle 2.1.9 release notes", "Kettle 3.1.10 release notes"),
        ("Kettle 2.9 release notes", "Kettle 3.0 release notes"),
        ("Bridge closes for a year", "Bridge closes for a year"),  # a copy, a day later
        ("The mill's wheel 2 turns", "The Mill\u2019s wheel 2 turns"),  # the same on another site
        ("A longer way round, part 3: the sea", "A longer way round, part 3: the sea"),
        ("Mill 2 burns", "Bakery 2 burns"),
        ("Probe lands on the far side", "Probe lifts off from the far side"),
    ],
)
def test_other_headlines_are_of_none(first: str, second: str) -> None:
    assert not of_one_series(article(first, 1), article(second, 8))


def test_an_opening_says_which_part_it_is_of_what() -> None:
    begins = "This is part {} of a series about the bridges of the upper valley. "
    third, fourth = (article(title, 1, begins.format(n)) for title, n in (("Stone", "three"), ("Iron", "4")))
    assert of_one_series(third, fourth)
    assert sorted(frame.number or 0 for one in (third, fourth) for frame in frames_of(one)) == [3, 4]


def test_without_number_and_date_there_is_no_order() -> None:
    undated = [Article(id=f"n{n}", title="Weekly crop report", body="Rain.") for n in (1, 2)]
    assert not of_one_series(*undated)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("HARBOUR OFFICE ACCEPTS BIDS ON WHEAT FLOUR FOR EGYPT", "HARBOUR OFFICE ACCEPTS BIDS ON BARLEY FOR IRAQ"),
        ("Brazil crop weather summary", "China crop weather summary"),
        ("Retail sales rise 4.1 pct in February", "Retail sales fall 0.2 pct in March"),
    ],
)
def test_headlines_that_differ_in_places_dates_and_figures_are_from_one_template(first: str, second: str) -> None:
    assert same_template(first, second)
    assert same_template(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Strike at the port of Hamburg begins", "Strike at the port of Hamburg ends"),  # a story
        ("Strike at the port of Hamburg begins", "Strike at the port of Hamburg begins"),
        ("Flour mill burns in Egypt", "Barley trade grows in Iraq"),
        ("Minister visits Egypt", "Minister visits Iraq"),  # too little in common
        ("", "Brazil crop weather summary"),
    ],
)
def test_other_headlines_are_from_none(first: str, second: str) -> None:
    assert not same_template(first, second)


@pytest.mark.parametrize(
    ("title", "body", "days"),
    [
        ("Harbour traffic falls in week", "A month ago it rose.", 7),
        ("Harbour traffic up 2 pct in March", "", 31),
        ("Harbour traffic up", "The daily report says so.", 1),
        ("Harbour letter #12", "Hello.", None),
    ],
)
def test_a_series_says_how_often_it_comes(title: str, body: str, days: int | None) -> None:
    assert rhythm_of(article(title, body=body)) == days


def test_versions_go_by_their_numbers_not_by_when_they_came() -> None:
    places = {
        title: {frame.words: frame.place(None) for frame in frames_of(article(title))}
        for title in ("Kettle 2.1.9 released", "Kettle 2.1.10 released", "Kettle 2.1 released", "Kettle 2.0 released")
    }
    of_branch = ("v", "2", "1", "kettle", "released")
    assert places["Kettle 2.1 released"][of_branch] < places["Kettle 2.1.9 released"][of_branch]
    assert places["Kettle 2.1.9 released"][of_branch] < places["Kettle 2.1.10 released"][of_branch]
    of_all = ("v", "2", "kettle", "released")
    assert places["Kettle 2.0 released"][of_all] < places["Kettle 2.1 released"][of_all]


@pytest.mark.parametrize("title", ["Sales rise 4.1 pct", "Market report of 18.3.2024", "Notes from 10.5 to 11.5 km"])
def test_figures_and_dates_are_no_versions(title: str) -> None:
    assert not any(frame.is_version for frame in frames_of(article(title)))
