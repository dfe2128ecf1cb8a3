"""Whatever stands on the interfaces answers the same on the archive in memory as on the one in a folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from indexer.base.errors import QueryError
from readmore import open_engine
from recommender.audit.report import make_report
from recommender.local.corpora import LocalCorpora
from recommender.related import Recommender
from search.engine import Engine
from tests.golden.answers import answers, queries, read_golden
from tests.golden.test_answers import TOLERANCE as GOLDEN_TOLERANCE
from tests.memory.archive import MemoryArchive
from tests.test_declared_fields import ARTICLES, make
from tests.test_declared_fields import QUERIES as DECLARED_QUERIES
from web.app import create_app
from web.export.export import export
from web.export.folder import ExportError, ExportFolder
from web.http.backend import ArchiveBackend

TOOK = re.compile(r"in \d+\.\d+ ms")
TOLERANCE = 1e-5  # of scores, which are sums of the same numbers, perhaps in another order


def searched(engine: Engine, query: str) -> Any:
    """What an engine answers to a query, without the time it took."""
    try:
        result = engine.search(query)
    except QueryError as error:
        return str(error)
    hits = [(hit.article, hit.title, hit.excerpt, pytest.approx(hit.score, abs=TOLERANCE)) for hit in result.hits]
    return result.total, result.notes, hits


def test_searches(local: Engine, memory: MemoryArchive) -> None:
    engine, shown = memory.engine(), 0
    for query in queries()[::3]:  # the service answers all of them below
        answer = searched(local, query)
        assert searched(engine, query) == answer, query
        shown += len(answer[2]) if isinstance(answer, tuple) else 0
    assert shown > 400


@pytest.mark.parametrize("filters", [{"section": ["moon"]}, {"year": ["2023", ">2024"], "site": ["Perihelion"]}])
def test_filtered_searches_to_their_ends(local: Engine, memory: MemoryArchive, filters: dict[str, list[str]]) -> None:
    engine = memory.engine()
    for query in ("moon", "far side", "+moon -mars", "*", "title:moon launch"):
        results = [of.search(query, limit=100, offset=3, filters=filters) for of in (local, engine)]
        assert results[0].total > 3
        assert [hit.article.id for hit in results[0].hits] == [hit.article.id for hit in results[1].hits], query


@pytest.mark.parametrize(
    "filters", [None, "section = Moon OR NOT tag EXISTS", [{"site": "Perihelion"}, "date >= 2024"]]
)
def test_facets_and_preferences(local: Engine, memory: MemoryArchive, filters: Any) -> None:
    for query in ("moon landing", "*", "+moon -mars", "rover site:perihelion", "far side after:2024"):
        options = {"filters": filters, "facets": ["*", "date", "words"], "limit": 100}
        results = [of.search(query, **options, recency="strong 90d") for of in (local, memory.engine())]
        assert results[0].facets == results[1].facets
        assert results[0].total == results[1].total > 0
        assert [hit.article.id for hit in results[0].hits] == [hit.article.id for hit in results[1].hits], query
        totals = {of.search(query, **options, sort=sort).total for of in (local,) for sort in ("", "oldest", "section")}
        assert totals == {results[0].total}


@pytest.mark.parametrize("sort", ["date", "-date", "section", "-words"])
def test_sorted_searches(local: Engine, memory: MemoryArchive, sort: str) -> None:
    for query in ("moon", "*"):
        results = [of.search(query, limit=100, sort=sort) for of in (local, memory.engine())]
        assert results[0].total > 20
        assert [hit.article.id for hit in results[0].hits] == [hit.article.id for hit in results[1].hits], query


def test_declared_fields(tmp_path: Path) -> None:
    with open_engine(make(tmp_path / "declared")) as engine:
        index, memory = engine.index(), MemoryArchive(ARTICLES, schema=engine.index().schema)
        other, docs = memory.source.current(), np.arange(len(ARTICLES))
        for query in DECLARED_QUERIES:
            assert searched(memory.engine(), query) == searched(engine, query), query
        for filters in ({"sponsored": ["TRUE"]}, {"original": ["http://example.org/moon"]}, {"rating": [">2", "9"]}):
            assert other.filter(filters).tolist() == index.filter(filters).tolist()
        assert other.count_values("rating", docs) == index.count_values("rating", docs) == ({"2.5": 1, "4": 1}, 2)
        assert other.count_values("series", docs, 1) == index.count_values("series", docs, 1)
        for sort in ("series", "-series"):
            orders = [of.search("*", sort=sort).hits for of in (engine, memory.engine())]
            assert [hit.article.id for hit in orders[0]] == [hit.article.id for hit in orders[1]]


def test_explanations(local: Engine, memory: MemoryArchive) -> None:
    engine, explained = memory.engine(), 0
    for query in queries()[:60]:
        for hit in searched(local, query)[2][:1]:
            expected, explanation = (of.explain(query, hit[0].id) for of in (local, engine))
            assert expected is not None
            assert explanation is not None
            lines = [[line.split("  ")[-1] for line in of.lines()] for of in (expected, explanation)]
            assert lines[0] == lines[1]
            assert explanation.to_dict() == approximately(expected.to_dict()), query
            explained += len(lines[0])
    assert explained > 500


def approximately(answer: Any, tolerance: float = TOLERANCE) -> Any:
    """Equal to another answer whose numbers differ in the last digits only."""
    if isinstance(answer, dict):
        return {key: approximately(value, tolerance) for key, value in answer.items()}
    if isinstance(answer, list):
        return [approximately(part, tolerance) for part in answer]
    return pytest.approx(answer, abs=tolerance) if isinstance(answer, float) else answer


def served(recommender: Recommender) -> FlaskClient:
    return create_app(Path("sample"), lambda: ArchiveBackend(recommender)).test_client()


def test_the_service_answers_as_it_did_when_the_golden_answers_were_kept(in_memory: Recommender) -> None:
    kept, count = read_golden(), 0
    for before, now in zip(kept, answers(served(in_memory)), strict=True):
        assert now == approximately(before, GOLDEN_TOLERANCE)
        count += 1
    assert count == 200 + 2 * 154


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=moon",
        "/search?q=far+side&section=moon&page=2",
        "/search?q=zzzzqqq",
        "/article/2024-05-03-change-6-launches",
        "/article/nobody",
        "/api/article/2024-05-03-change-6-launches",
    ],
)
def test_pages(in_folder: Recommender, in_memory: Recommender, path: str) -> None:
    expected, response = (served(recommender).get(path) for recommender in (in_folder, in_memory))
    assert response.status_code == expected.status_code
    pages = [TOOK.sub("", answer.get_data(as_text=True)) for answer in (expected, response)]
    assert pages[0] == pages[1]


def test_the_export(in_folder: Recommender, to_the_last_bit: Recommender, tmp_path: Path) -> None:
    reports = [
        export(of, tmp_path / name, "/{id}", workers=1) for of, name in ((in_folder, "a"), (to_the_last_bit, "b"))
    ]
    assert reports[0] == reports[1]
    assert reports[0].written == 154
    files = [exported(tmp_path / name) for name in ("a", "b")]
    assert files[0] == files[1]
    assert len(files[0]) == 2 * 154 + 1
    again = export(to_the_last_bit, tmp_path / "b", "/{id}", workers=1)
    assert (again.articles, again.written) == (154, 0)


def exported(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def test_the_report(in_folder: Recommender, in_memory: Recommender) -> None:
    expected, report = (make_report(recommender, workers=1) for recommender in (in_folder, in_memory))
    for of in (expected, report):
        del of["archive"]["at"]
    assert report == expected


def test_what_needs_a_folder_says_so(in_folder: Recommender, in_memory: Recommender, tmp_path: Path) -> None:
    client = create_app(Path("sample"), lambda: ArchiveBackend(in_memory), count_clicks=True).test_client()
    first, second = (article.id for article in in_memory.engine.latest(2))
    response = client.post("/api/click", json={"from": first, "to": second})
    assert response.status_code == 503
    assert "in no folder" in response.get_json()["error"]["message"]
    with pytest.raises(TypeError, match="no folder"):
        LocalCorpora(in_memory.engine)
    with ExportFolder(tmp_path / "out", in_folder.engine.name):
        pass
    with pytest.raises(ExportError, match="another folder"):
        export(in_memory, tmp_path / "out", "/{id}", workers=1)
