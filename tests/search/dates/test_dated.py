"""Searches that name a period in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from search.results import SearchResult

NOW = datetime.now(UTC)
LAST_WEEK = NOW - timedelta(days=NOW.weekday() + 4)


def article(id: str, title: str, body: str, date: datetime) -> Article:
    return Article(id=id, title=title, body=body, date=date, language="en")


ARTICLES = [
    article("old", "A moon landing", "The probe touched down on the moon.", datetime(2019, 5, 1, tzinfo=UTC)),
    article("new", "Second moon landing", "A probe touched down on the moon.", datetime(2024, 6, 3, tzinfo=UTC)),
    article("report", "Spending on the moon landing 2024", "Money.", datetime(2023, 2, 1, tzinfo=UTC)),
    article("october", "Harvest of apples", "Cider is made in the valley.", datetime(2024, 10, 9, tzinfo=UTC)),
    article("mention", "Plans for the harbour", "Work on it ends in October 2024.", datetime(2021, 1, 5, tzinfo=UTC)),
    article("recent", "Rain in the valley", "Streets were under water.", LAST_WEEK),
    article("today", "Sun in the valley", "Streets are dry again.", NOW),
    article("headline", "What happened last week in court", "A verdict.", datetime(2018, 3, 2, tzinfo=UTC)),
    *[article(f"n{n}", f"Chess number {n}", "A game.", datetime(2015, 1, 1 + n, tzinfo=UTC)) for n in range(20)],
]  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("dated") / "archive"
    with Archive.create(folder) as archive:
        archive.add(ARTICLES)
        archive.maintain()
    with open_engine(folder) as engine:
        yield engine


@pytest.fixture
def search(engine: Engine) -> Callable[..., SearchResult]:
    return engine.search


def ids(result: SearchResult) -> list[str]:
    return [hit.article.id for hit in result.hits]


def test_a_date_alone_finds_what_was_published_then(search: Callable[..., SearchResult]) -> None:
    result = search("October 2024")
    assert ids(result) == ["october"]
    assert result.notes == ('articles of October 2024; "October 2024" in quotation marks is searched for as words',)
    assert not result.of_today


def test_in_quotation_marks_it_is_words(search: Callable[..., SearchResult]) -> None:
    result = search('"October 2024"')
    assert ids(result) == ["mention"]
    assert not result.notes


def test_words_such_as_last_week_are_a_condition(search: Callable[..., SearchResult]) -> None:
    result = search("valley last week")
    assert ids(result) == ["recent"]
    assert result.total == 1
    assert "last week" in result.notes[0]
    assert result.of_today


def test_it_narrows_facets_and_pages_as_it_narrows_hits(search: Callable[..., SearchResult]) -> None:
    result = search("last week", facets=["year"], offset=5)
    assert (result.total, ids(result)) == (1, [])
    assert sum(value.count for value in result.facets[0].values) == 1


def test_slips_beside_a_period_are_forgiven(search: Callable[..., SearchResult]) -> None:
    result = search("valey last week")
    assert ids(result) == ["recent"]
    assert result.correction is not None
    assert result.correction.query == "valley last week"
    assert ids(search(result.correction.query)) == ["recent"]


def test_of_what_a_year_names_beside_words_articles_of_then_come_first(search: Callable[..., SearchResult]) -> None:
    result = search("probe moon 2024")
    assert ids(result)[0] == "new"
    assert "old" in ids(result)
    assert "articles of 2024 come first" in result.notes
    assert ids(search("probe moon 2019"))[0] == "old"


def test_headlines_of_then_come_before_texts_that_say_the_year(tmp_path: Path) -> None:
    then = datetime(2021, 5, 1, tzinfo=UTC)
    texts = "In 2021 the harbour congress met, the congress of 2021."
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(ARTICLES)
        archive.add([article("meant", "Harbour congress: the closing speech", "Dear friends, so it ends.", then)])
        archive.add([article("other", "The other congress opens", texts, then)])
        archive.maintain()
    with open_engine(tmp_path / "archive") as engine:
        assert ids(engine.search("harbour congress 2021"))[:2] == ["meant", "other"]


def test_a_headline_of_another_year_does_not_come_first_for_it(search: Callable[..., SearchResult]) -> None:
    found = ids(search("rain in the valley 2024"))
    assert found.index("october") < found.index("recent")


def test_a_headline_stays_first_whatever_year_it_names(search: Callable[..., SearchResult]) -> None:
    assert ids(search("Spending on the moon landing 2024"))[0] == "report"
    assert ids(search("What happened last week in court"))[0] == "headline"


def test_one_word_for_a_day_beside_others_is_a_preference(search: Callable[..., SearchResult]) -> None:
    result = search("streets valley today")
    assert ids(result)[:2] == ["today", "recent"]
    assert ids(search("today")) == ["today"]


def test_a_time_of_which_there_is_nothing_is_words(search: Callable[..., SearchResult]) -> None:
    result = search("chess 1999")
    assert result.hits
    assert not any("1999" in note and "come first" in note for note in result.notes)


def test_a_period_of_which_there_is_nothing_is_left_out_and_said(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([article for article in ARTICLES if article.id not in ("recent", "today")])
        archive.maintain()
    with open_engine(tmp_path / "archive") as engine:
        result = engine.search("apples last week")
        assert ids(result)[0] == "october"
        assert result.total == engine.search("apples").total
        assert result.notes[0].startswith("no article is of ")
        assert result.of_today
        assert engine.search("aples last week").correction.query == "apples last week"  # type: ignore[union-attr]
        assert ids(engine.search("What happened last week in court"))[0] == "headline"
        assert not engine.search("last week").notes  # words, as in "last week in court"


def test_a_period_in_letters_without_blanks_is_a_condition(tmp_path: Path) -> None:
    dates = {"week": LAST_WEEK, "long": datetime(2020, 1, 1, tzinfo=UTC)}
    articles = [
        Article(id=id, title=f"月球新闻 {id}", body="探测器在月球", date=date, language="zh")
        for id, date in dates.items()
    ]
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(articles)
    with open_engine(tmp_path / "archive") as engine:
        assert ids(engine.search("上周 月球")) == ["week"]
        assert ids(engine.search("上周月球")) == ["week"]


def test_what_the_date_adds_is_explained(engine: Engine) -> None:
    explanation = engine.explain("probe moon 2024", "new")
    assert explanation is not None
    assert "it is of 2024" in str(explanation)
    score = engine.search("probe moon 2024").hits[0].score
    assert explanation.value == pytest.approx(score)


def test_filters_and_orders_hold_beside_it(search: Callable[..., SearchResult]) -> None:
    assert ids(search("moon 2024", filters="year = 2019", sort="newest")) == ["old"]
    assert ids(search("valley last week", filters="year < 2020")) == []


def test_pages_fit_together(search: Callable[..., SearchResult]) -> None:
    whole = ids(search("moon landing 2024", limit=100))
    paged = [
        id for offset in range(0, len(whole), 2) for id in ids(search("moon landing 2024", limit=2, offset=offset))
    ]
    assert paged == whole


@pytest.mark.parametrize(
    "query", ["in October 2024", "10/2024", "10/09/2024", "09/10/2024", "October 9", "autumn 2024"]
)
def test_a_date_among_stop_words_and_in_figures_finds_what_was_published_then(
    search: Callable[..., SearchResult], query: str
) -> None:
    assert ids(search(query)) == ["october"], query


def test_bounds_are_a_condition_alone_and_a_preference_beside_words(search: Callable[..., SearchResult]) -> None:
    assert set(ids(search("since 2024"))) == {"new", "october", "recent", "today"}
    assert ids(search("moon probe since 2024"))[0] == "new"
    assert "articles from 1 January 2024 on come first" in search("moon probe since 2024").notes
    assert ids(search("moon probe before 2020"))[0] == "old"
    assert set(ids(search("last 30 days"))) == {"recent", "today"}


def test_where_no_article_has_the_words_those_of_the_time_are_found(search: Callable[..., SearchResult]) -> None:
    result = search("zzz October 2024")
    assert ids(result) == ["october"]
    assert result.notes[0] == "no article has 'zzz'"
    assert not any("come first" in note for note in result.notes)
    assert ids(search("chess 2024"))  # words that articles have are looked for anywhere
    slip = search("lnding probe 2024")  # and so are those that slips are of
    assert slip.correction is not None
    assert "articles of 2024 come first" in slip.notes


def test_days_end_at_midnight_in_utc(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(
            [
                article("last", "Last minute", "Of the year.", datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC)),
                article("first", "First minute", "Of the year.", datetime(2024, 1, 1, tzinfo=UTC)),
            ]
        )
    with open_engine(tmp_path / "archive") as engine:
        assert ids(engine.search("january 2024")) == ["first"]
        assert ids(engine.search("december 2023")) == ["last"]
