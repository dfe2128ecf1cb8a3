"""Orders: several fields, ties, missing values, and a preference for what is recent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import QueryError
from indexer.schema import BASE
from readmore import open_engine
from search.engine import Engine
from search.ranking import candidates
from search.ranking.ordering import Key, read_sort
from search.ranking.recency import OFF, Recency, read_recency
from search.reader.index import Docs, Index

DAY = datetime(2024, 1, 1, tzinfo=UTC)


def article(name: str, section: str, days: int | None, title: str = "zorg blik") -> Article:
    date = None if days is None else DAY + timedelta(days=days)
    return Article(id=name, title=title, body="zorg " * 5, section=section, date=date)


ARTICLES = [
    article("a", "Moon", 3),
    article("b", "mars", None),
    article("c", "", 1),
    article("d", "mars", 9),
    article("e", "Moon", 3),
    article("f", "", None),
]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Archive.create(tmp_path) as archive:
        archive.add(ARTICLES[:3])
        archive.add(ARTICLES[3:])
    with open_engine(tmp_path) as engine:
        yield engine


def found(engine: Engine, query: str = "zorg", **options: object) -> str:
    return "".join(hit.article.id for hit in engine.search(query, limit=100, **options).hits)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", "deacfb"),
        ("oldest", "ceadfb"),
        ("-date", "deacfb"),
        ("date:desc", "deacfb"),
        ("date:asc", "ceadfb"),
        ("section", "dbeacf"),
        ("-section", "eadbcf"),
        ("section,date", "dbeacf"),
        ("section, -date", "dbeacf"),
        (["-section", "oldest"], "eadbcf"),
        (["year", "section:desc"], "eadcbf"),
    ],
)
def test_orders(engine: Engine, sort: str | Sequence[str], expected: str) -> None:
    for query in ("zorg", "*", "+zorg blik"):
        assert found(engine, query, sort=sort) == expected
        assert "".join(found(engine, query, sort=sort)[n] for n in range(6)) == expected


def test_relevance_is_what_there_is_without_an_order(engine: Engine) -> None:
    for sort in ("", "relevance", [], " ", ["relevance"]):
        assert found(engine, sort=sort) == found(engine)
        assert read_sort(sort, BASE) == ()
    assert read_sort("newest,section:asc", BASE) == (Key("date", True), Key("section", False))


@pytest.mark.parametrize("sort", ["colour", "title", "relevance,date", "--date", "-date:desc", "date:up", "tag", "a b"])
def test_an_order_that_there_is_not(engine: Engine, sort: str) -> None:
    with pytest.raises(QueryError, match=r"cannot sort by '.*'; possible are relevance.*newest, oldest.*section"):
        engine.search("zorg", sort=sort)
    with pytest.raises(QueryError, match="may have 8 fields, not 9"):
        engine.search("zorg", sort=["date"] * 9)


# -- recency ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", OFF),
        ("off", OFF),
        ("weak", Recency(0.2)),
        ("Strong", Recency(0.9)),
        ("30", Recency(0.5, 30)),
        ("30d", Recency(0.5, 30)),
        ("strong, 7.5d", Recency(0.9, 7.5)),
        ("7d weak", Recency(0.2, 7)),
    ],
)
def test_preferences_as_text(text: str, expected: Recency) -> None:
    assert read_recency(text) == expected
    assert bool(expected) == (expected.strength > 0)


@pytest.mark.parametrize("text", ["soon", "0d", "30d 40d", "weak strong", "-5", "1e3", "9" * 9])
def test_no_preference(text: str) -> None:
    with pytest.raises(QueryError, match="recency preference"):
        read_recency(text)


def test_a_half_life_halves(engine: Engine) -> None:
    index = engine.index()
    docs = np.array([index.doc_of(index.seq_of(doc)) for doc in range(6)])
    factors = dict(zip((index.article_id(doc) for doc in docs), Recency(1.0, 3).factors(index, docs), strict=True))
    assert factors == pytest.approx({"a": 0.25, "b": 0, "c": 2 ** (-8 / 3), "d": 1, "e": 0.25, "f": 0}, abs=1e-6)
    half = Recency(0.5, 3).factors(index, docs)
    assert half.tolist() == pytest.approx([0.5 + 0.5 * factors[index.article_id(doc)] for doc in docs], abs=1e-6)


def test_newer_articles_come_first_as_far_as_they_are_preferred(engine: Engine) -> None:
    assert found(engine) == "abcdef"  # all the same
    assert found(engine, recency="weak 5d") == "daecbf"
    assert {hit.score for hit in engine.search("zorg", recency="off").hits} == {
        hit.score for hit in engine.search("zorg").hits
    }


def test_an_exact_title_is_never_buried(tmp_path: Path) -> None:
    old = article("old", "", 0, "quon drim")
    others = [article(f"n{n}", "", 900 + n, f"quon drim velt{n}") for n in range(20)]
    with Archive.create(tmp_path) as archive:
        archive.add([old, *others, article("older", "", None, "tarn")])
        archive.maintain()
    with open_engine(tmp_path) as engine:
        for recency in (Recency(1.0, 1), "strong 30d", "weak"):
            ids = [hit.article.id for hit in engine.search("quon drim", recency=recency, limit=30).hits]
            assert ids[0] == "old"
            assert ids[1] == "n19"


# -- pages ---


@pytest.mark.parametrize("space", [False, True])
@pytest.mark.parametrize("recency", ["", "strong 30d"])
def test_titles_and_dates_move_nothing_between_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, space: bool, recency: str
) -> None:
    monkeypatch.setattr(candidates, "BEST_OF_EACH", 5)
    plain = Article(id="plain", title="tarn", body="blik quon " + "sond " * 20)
    titled = Article(id="titled", title="blik quon drim velt maro pliv", body="kerb " * 60)  # behind by its words
    articles = [
        replace(plain if n % 4 else titled, id=f"n{n}", date=DAY + timedelta(days=n * 7 % 40)) for n in range(40)
    ]
    with Archive.create(tmp_path) as archive:
        archive.add(articles)
        if space:
            archive.maintain()
    with open_engine(tmp_path) as engine:
        whole = engine.search("blik quon", limit=1000, recency=recency)
        ids = [hit.article.id for hit in whole.hits]
        assert len(set(ids)) == whole.total == 40
        for size in (3, 10):
            pages = [
                hit.article.id
                for start in range(0, whole.total, size)
                for hit in engine.search("blik quon", limit=size, offset=start, recency=recency).hits
            ]
            assert pages == ids


# -- folding ---


def test_folded_hits_stand_under_the_first_and_pages_fit_together(engine: Engine) -> None:
    def by_section(index: Index, docs: Docs) -> list[int]:
        sections = [engine.article(index.article_id(doc)).section for doc in docs.tolist()]
        return [sections.index(section) for section in sections]

    result = engine.search("zorg", sort="newest", folding=by_section)
    assert [(hit.article.id, [other.id for other in hit.folded]) for hit in result.hits] == [
        ("d", ["b"]),
        ("e", ["a"]),
        ("c", ["f"]),
    ]
    assert result.total == 3
    pages = [engine.search("zorg", sort="newest", folding=by_section, limit=1, offset=n) for n in range(4)]
    assert [page.total for page in pages] == [3] * 4
    assert [hit for page in pages for hit in page.hits] == list(result.hits)
