"""A publisher's own fields from the file that declares them to the answers of the service."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import readmore
from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import QueryError
from indexer.check import check_archive
from indexer.settings import SettingsError
from readmore import open_engine
from search.engine import Engine
from search.results import Explanation
from tests.articles import random_articles
from tests.opening import backend_of
from web.app import create_app

SETTINGS = """
[fields.standfirst]
kind = "text"
weight = 3
[fields.series]
kind = "keyword"
sort = true
[fields.rating]
kind = "number"
from = "stars"
count = true
[fields.updated]
kind = "date"
[fields.original]
kind = "url"
[fields.sponsored]
kind = "yes/no"
"""
ARTICLES = [
    Article(
        id="moon",
        title="A landing on the far side",
        body="The lander came down near the rim at dawn.",
        date=datetime(2024, 3, 1, tzinfo=UTC),
        fields={
            "standfirst": "Zarya station watched the quiet descent",
            "series": ["Moon week", "Landings"],
            "stars": 4,
            "updated": "2024-03-02",
            "original": "https://Example.org/moon?utm_source=x",
            "sponsored": False,
            "credit": "OWS",
        },
    ),
    Article(
        id="mars",
        title="Dust over Mars",
        body="A storm hides the rover. Zarya station is far away.",
        date=datetime(2024, 3, 5, tzinfo=UTC),
        fields={"series": "landings", "stars": "2.5", "updated": "2024-05-01", "sponsored": "yes"},
    ),
    Article(id="comet", title="A comet seen at dawn", date=datetime(2024, 3, 3, tzinfo=UTC), fields={"stars": "many"}),
]


def make(folder: Path, articles: list[Article] = ARTICLES, settings: str = SETTINGS) -> Path:
    with Archive.create(folder) as archive:
        if settings:
            (folder / "readmore.toml").write_text(settings)
        archive.add(articles)
        archive.maintain()
        assert check_archive(archive) == []
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("declared") / "archive")


def found(engine: Engine, query: str, **options: Any) -> list[str]:
    """The ids of what a query finds as it is asked, without what is found for less where it finds nothing."""
    result = engine.search(query, **options)
    return [] if result.incomplete else [hit.article.id for hit in result.hits]


QUERIES = {
    "quiet": {"moon"},  # a plain word that is only in the declared text
    "zarya": {"moon", "mars"},
    "standfirst:zarya": {"moon"},
    "body:zarya": {"mars"},
    '"quiet descent"': {"moon"},
    'standfirst:"zarya station"': {"moon"},
    'body:"zarya station"': {"mars"},
    'standfirst:"station zarya"': set(),
    "standfirst:zar*": {"moon"},
    "standfirst:*": {"moon"},
    '"dawn zarya"': set(),  # no phrase reaches from one field into the next
    "series:landings": {"moon", "mars"},
    'series:"moon week"': {"moon"},
    "series:mo*": {"moon"},
    "series:*": {"moon", "mars"},
    "rating:4": {"moon"},
    "rating:>2.5": {"moon"},
    "rating:>=2.5": {"moon", "mars"},
    "rating:[2 TO 4]": {"moon", "mars"},
    "rating:{2.5 TO 4]": {"moon"},
    "rating:*": {"moon", "mars"},
    "*:* -rating:*": {"comet"},
    "updated:2024-03": {"moon"},
    "updated:>2024-03": {"mars"},
    "updated:[2024-03-02 TO 2024-05-01]": {"moon", "mars"},
    "original:moon": {"moon"},
    "sponsored:yes": {"mars"},
    "sponsored:no": {"moon"},
    "sponsored:false": {"moon"},
    "+dawn -sponsored:no": {"comet"},
}


@pytest.mark.parametrize("query", QUERIES)
def test_queries_find_by_declared_fields(folder: Path, query: str) -> None:
    with open_engine(folder) as engine:
        assert set(found(engine, query)) == QUERIES[query]


def test_a_weight_counts_in_the_ranking(folder: Path, tmp_path: Path) -> None:
    with open_engine(folder) as engine:
        assert found(engine, "+zarya") == ["moon", "mars"]  # weighs 3 in the standfirst, 1 in the text
    with open_engine(make(tmp_path, settings=SETTINGS.replace("weight = 3", "weight = 0.1"))) as engine:
        assert found(engine, "+zarya") == ["mars", "moon"]


def leaves(explanation: Explanation) -> dict[str, float]:
    own = {} if explanation.parts else {explanation.what: explanation.value}
    return own | {what: value for part in explanation.parts for what, value in leaves(part).items()}


@pytest.mark.parametrize("query", ["+zarya", "standfirst:zarya", 'standfirst:"zarya station"'])
def test_a_score_by_a_declared_text_is_explained(folder: Path, query: str) -> None:
    with open_engine(folder) as engine:
        explanation = engine.explain(query, "moon")
        assert explanation is not None
        numbers = leaves(explanation)
        assert numbers["weight of the standfirst"] == 3
        assert numbers["tf, times in the standfirst"] == 1
        assert numbers["dl, words of the standfirst"] == 5
        assert numbers["avgdl, their average"] == pytest.approx(5 / 3)
        assert "updated:[2024-03-01 TO 2024-04-01}" in str(engine.explain("updated:2024-03", "moon"))


FILTERS: list[tuple[dict[str, list[str]], set[str]]] = [
    ({"series": ["LANDINGS"]}, {"moon", "mars"}),
    ({"series": ["Moon"]}, set()),
    ({"series": ["Moon week", "other"]}, {"moon"}),
    ({"rating": [">3"]}, {"moon"}),
    ({"rating": ["2.5", "[4 TO 5]"]}, {"moon", "mars"}),
    ({"updated": ["2024-05"]}, {"mars"}),
    ({"original": ["https://example.org/moon#top"]}, {"moon"}),
    ({"original": ["no address"]}, set()),
    ({"sponsored": ["true"]}, {"mars"}),
    ({"sponsored": ["no"], "rating": [">1"]}, {"moon"}),
]


@pytest.mark.parametrize(
    ("filters", "expected"), FILTERS, ids=lambda of: str(sorted(of) if isinstance(of, set) else of)
)
def test_articles_are_filtered_by_declared_fields(
    folder: Path, filters: dict[str, list[str]], expected: set[str]
) -> None:
    with open_engine(folder) as engine:
        assert set(found(engine, "*", filters=filters)) == expected


def test_what_cannot_be_filtered_by_is_said(folder: Path, tmp_path: Path) -> None:
    with open_engine(folder) as engine:
        with pytest.raises(QueryError, match=r"cannot filter by 'standfirst'; the filters are section, .*sponsored"):
            engine.search("*", filters={"standfirst": ["x"]})
        with pytest.raises(QueryError, match="cannot filter rating by 'many'"):
            engine.search("*", filters={"rating": ["many"]})
    unfiltered = SETTINGS.replace('from = "stars"', 'from = "stars"\nfilter = false')
    with open_engine(make(tmp_path, settings=unfiltered)) as engine:
        with pytest.raises(QueryError, match="cannot filter by 'rating'"):
            engine.search("*", filters={"rating": [">3"]})
        assert found(engine, "rating:>3") == ["moon"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("rating", ["mars", "moon", "comet"]),
        ("-rating", ["moon", "mars", "comet"]),
        ("updated", ["moon", "mars", "comet"]),
        ("-updated", ["mars", "moon", "comet"]),
        ("series", ["mars", "moon", "comet"]),
        ("sponsored", ["moon", "mars", "comet"]),
        ("-sponsored", ["mars", "moon", "comet"]),
        ("date", ["moon", "comet", "mars"]),
        ("-words", ["mars", "moon", "comet"]),
        ("year", ["mars", "comet", "moon"]),  # all equal: newest first
    ],
)
def test_articles_are_sorted_by_a_field(folder: Path, sort: str, expected: list[str]) -> None:
    with open_engine(folder) as engine:
        assert found(engine, "*", sort=sort) == expected
        assert found(engine, "*", sort=sort, offset=1, limit=1) == expected[1:2]
        assert engine.search("zarya", sort=sort).total == 2


def test_what_cannot_be_sorted_by_is_said(folder: Path) -> None:
    with open_engine(folder) as engine:
        for name in ("standfirst", "original", "author", "nothing", "-"):
            with pytest.raises(QueryError, match=r"cannot sort by '.*'; possible are relevance, .*rating"):
                engine.search("*", sort=name)


def test_values_are_counted(folder: Path) -> None:
    with open_engine(folder) as engine:
        index = engine.index()
        everything, two = np.arange(3), np.array([0, 2])
        assert index.count_values("series", everything)[0] == {"Landings": 2, "Moon week": 1}
        assert index.count_values("rating", everything)[0] == {"2.5": 1, "4": 1}
        assert index.count_values("sponsored", two)[0] == {"no": 1}
        assert index.count_values("year", everything)[0] == {"2024": 3}
        assert index.count_values("section", everything)[0] == {}
        with pytest.raises(QueryError, match="cannot count 'updated'"):
            index.count_values("updated", everything)


def test_columns_over_several_segments_are_those_of_one(tmp_path: Path) -> None:
    articles = [
        Article(id=f"n{n}", title="Moon", section="ab"[n % 2], fields={"stars": n % 5, "series": f"s{n % 3}"})
        for n in range(30)
    ]
    make(tmp_path / "one", articles)
    with Archive.create(tmp_path / "many") as archive:
        (tmp_path / "many" / "readmore.toml").write_text(SETTINGS)
        for start in range(0, 30, 6):
            archive.add(articles[start : start + 6])
    with open_engine(tmp_path / "one") as one, open_engine(tmp_path / "many") as many:
        docs = np.arange(0, 30, 2)
        for name in ("rating", "series", "section"):
            assert np.array_equal(one.index().sort_values(name), many.index().sort_values(name))
            counted, distinct = one.index().count_values(name, docs)
            assert (counted, distinct) == many.index().count_values(name, docs)
            assert sum(counted.values()) == len(docs)


# -- declared later, changed, taken back ------------------------------------------------------------------------------


def test_a_field_declared_later_is_brought_in_by_reindex(tmp_path: Path) -> None:
    make(tmp_path, settings="")
    (tmp_path / "readmore.toml").write_text(SETTINGS)
    with Archive.open(tmp_path) as archive:
        names = ["original", "rating", "series", "sponsored", "standfirst", "updated"]
        assert archive.status()["outdated_fields"] == names
        with open_engine(tmp_path) as engine:
            for query in ("rating:>0", "standfirst:zarya", "sponsored:yes", "updated:*", '"quiet descent"'):
                assert found(engine, query) == [], query
            assert found(engine, "*", filters={"rating": [">0"]}) == []
            assert set(found(engine, "*", sort="rating")) == {"moon", "mars", "comet"}
            archive.reindex()
            archive.maintain()
            assert check_archive(archive) == []
            for query, expected in QUERIES.items():
                assert set(found(engine, query)) == expected, query
        assert "outdated_fields" not in archive.status()
        assert archive.add(ARTICLES).unchanged == 3


def test_what_comes_in_after_the_declaration_is_indexed_with_it_at_once(tmp_path: Path) -> None:
    make(tmp_path, [ARTICLES[0], *random_articles(1, 20)], settings="")
    (tmp_path / "readmore.toml").write_text(SETTINGS)
    with Archive.open(tmp_path) as archive:
        archive.add([ARTICLES[1]])
        for _ in range(2):  # as two segments, then merged into one
            with open_engine(tmp_path) as engine:
                assert found(engine, "rating:>0") == found(engine, "sponsored:yes") == ["mars"]
                assert found(engine, "standfirst:zarya") == []
                assert found(engine, "body:zarya") == ["mars"]
                assert found(engine, "*", filters={"rating": [">0"]}) == ["mars"]
                assert found(engine, "*", sort="-rating")[0] == "mars"
            assert "rating" in archive.status()["outdated_fields"]
            for number in range(12):
                archive.add([Article(id=f"more{number}", title="Ice", fields={"standfirst": "kept for later"})])
            archive.maintain()
            assert check_archive(archive) == []
        assert len(archive.manifest().segments) < 14
        assert any(entry.incomplete for entry in archive.manifest().segments)
        with open_engine(tmp_path) as engine:
            assert len(found(engine, 'standfirst:"kept later"', limit=50)) == 12
            assert engine.explain("standfirst:later", "more3") is not None


def test_an_update_changes_the_values(folder: Path, tmp_path: Path) -> None:
    make(tmp_path)
    with Archive.open(tmp_path) as archive, open_engine(tmp_path) as engine:
        better = Article(id="mars", title="Dust over Mars", fields={"stars": 5})
        assert archive.add([better]).changed == 1
        assert found(engine, "rating:5") == ["mars"]
        assert found(engine, "rating:2.5") == found(engine, "sponsored:yes") == []
        assert check_archive(archive) == []


def test_a_field_declared_with_another_kind_counts_as_new(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "readmore.toml").write_text('[fields.rating]\nkind = "keyword"\nfrom = "stars"\n')
    with Archive.open(tmp_path) as archive:
        assert archive.status()["outdated_fields"] == [
            *("original", "rating", "series", "sponsored", "standfirst", "updated"),
        ]
        archive.add([Article(id="new", title="New", fields={"stars": 4})])
        archive.maintain()
        with open_engine(tmp_path) as engine:
            assert found(engine, "rating:4") == ["new"]
        archive.reindex()
        with open_engine(tmp_path) as engine:
            assert set(found(engine, "rating:4")) == {"new", "moon"}
            assert found(engine, "rating:many") == ["comet"]
            assert found(engine, "quiet") == []  # the standfirst is declared no more
        assert "outdated_fields" not in archive.status()
        assert check_archive(archive) == []


def test_a_mistake_stops_writing_and_not_what_is_open(tmp_path: Path) -> None:
    make(tmp_path)
    with Archive.open(tmp_path) as archive, open_engine(tmp_path) as engine:
        assert found(engine, "rating:4") == ["moon"]
        (tmp_path / "readmore.toml").write_text("[fields.rating]\nkind = 'numbr'\n")
        with pytest.raises(SettingsError, match=r"fields\.rating\.kind must be one of"):
            archive.add([Article(id="new", title="New")])
        with pytest.raises(SettingsError):
            archive.reindex()
        with pytest.raises(SettingsError):
            open_engine(tmp_path)
        assert archive.store.count() == 3
        assert "fields.rating.kind" in archive.status()["settings_problem"]
        archive.remove(["comet"])
        assert found(engine, "rating:4") == ["moon"]


# -- the command line and the service ---------------------------------------------------------------------------------


def test_the_command_line_says_what_is_wrong_and_shows_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["readmore", "--data", str(tmp_path / "archive"), *arguments])
        status = 0
        try:
            readmore.main()
        except SystemExit as error:
            status = int(error.code or 0)
        return status, *capsys.readouterr()

    records = [{"id": a.id, "title": a.title, "text": a.body, **a.fields} for a in ARTICLES]
    source = tmp_path / "posts.jsonl"
    source.write_text("\n".join(json.dumps(record, default=list) for record in records))
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "readmore.toml").write_text(SETTINGS)

    status, _, err = run("index", str(source))
    assert status == 0
    assert f"warning: {source}:3: rating: 'many' is not a number: kept, but not indexed" in err
    assert run("index", str(source))[1].startswith("3 articles: 0 new, 0 changed, 3 unchanged")
    _, out, _ = run("show", "moon")
    assert "credit    OWS\n" in out
    assert "sponsored no\n" in out
    assert json.loads(run("show", "--json", "moon")[1])["fields"]["stars"] == 4
    assert "A landing on the far side" in run("search", "rating:>3")[1]

    (tmp_path / "archive" / "readmore.toml").write_text(SETTINGS + "[fields.credit]\nkind = 'keyword'\n")
    assert "fields      credit: not all articles are indexed as declared" in run("status")[1]
    assert run("reindex")[0] == 0
    assert "credit" not in run("status")[1]
    assert "A landing on the far side" in run("search", "credit:ows")[1]

    (tmp_path / "archive" / "readmore.toml").write_text("fields = 3")
    for command in (["index", str(source)], ["reindex"], ["search", "moon"]):
        status, _, err = run(*command)
        assert (status, err) == (
            2,
            f"readmore: {tmp_path}/archive/readmore.toml: fields must be a table, not a number\n",
        )
    assert "settings    " in run("status")[1]


@pytest.fixture(scope="module")
def ask(folder: Path) -> Callable[[str], Any]:
    client = create_app(folder, backend_of(folder)).test_client()
    return lambda path: client.get(path).get_json()


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("rating=>3", {"moon"}),
        ("rating=2.5&rating=4", {"moon", "mars"}),
        ("sponsored=yes", {"mars"}),
        ("series=Landings", {"moon", "mars"}),
        ("updated=2024-05", {"mars"}),
        ("date=2024-03-03", {"comet"}),
        ("words=>4", {"moon", "mars"}),
    ],
)
def test_the_service_filters_by_declared_fields(ask: Callable[[str], Any], parameters: str, expected: set[str]) -> None:
    answer = ask(f"/api/search?q=*&{parameters}")
    assert {hit["id"] for hit in answer["hits"]} == expected
    assert {item["id"] for item in ask(f"/api/related/moon?{parameters}")["related"]} <= expected - {"moon"}


def test_the_service_refuses_what_is_no_value(ask: Callable[[str], Any]) -> None:
    assert ask("/api/search?q=*&rating=many")["error"]["code"] == "bad_query"
    assert ask("/api/search?q=*&stars=4")["error"]["code"] == "unknown_parameter"  # the source's key is no field
    assert ask(f"/api/search?q=*&rating={'9' * 201}")["error"]["code"] == "bad_rating"


def test_the_service_shows_what_is_kept(ask: Callable[[str], Any], folder: Path) -> None:
    fields = ask("/api/article/moon")["fields"]
    assert fields["series"] == ["Moon week", "Landings"]
    assert (fields["stars"], fields["sponsored"], fields["credit"]) == (4, False, "OWS")
    assert ask("/api/article/comet")["fields"] == {"stars": "many"}
