"""What the search of the API passes on and answers: filters, facets, corrections, suggestions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from tests.opening import backend_of
from web.access.keys import EDIT, add_key
from web.app import create_app

REPORT = (
    "The rover found clay in a dry lake on mars, where rivers must have run for thousands of years before the cold."
)

ARTICLES = [
    Article(id="a", title="Voyager sends data", body="The probe Voyager is far.", section="Space", site="A"),
    Article(id="b", title="Voyager falls silent", body="The probe Voyager is silent.", section="Space", site="B"),
    Article(id="c", title="A probe of banks", body="Banks were asked by Voyager.", section="Money", site="A"),
    Article(id="d", title="Rover finds clay", body=REPORT, section="Mars", site="A"),
    Article(id="e", title="Rover finds clay", body=REPORT, section="Mars", site="B"),
]
ARTICLES = [replace(article, date=datetime(2024, 3, day, tzinfo=UTC)) for day, article in enumerate(ARTICLES, 1)]


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    import readmore

    with readmore.open(tmp_path / "archive") as archive:
        archive.add(ARTICLES)
    return create_app(str(tmp_path / "archive"), backend_of(tmp_path / "archive")).test_client()


def ask(client: FlaskClient, query: str, status: int = 200) -> Any:
    answer = client.get(f"/api/v1/{query}")
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_condition_holds_beside_other_filters(client: FlaskClient) -> None:
    found = ask(client, "search?q=voyager&filter=NOT+section+%3D+Money&site=A")
    assert [hit["id"] for hit in found["hits"]] == ["a"]
    wrong = ask(client, "search?q=voyager&filter=section+%3D%3D", 400)["error"]
    assert (wrong["parameter"], wrong["code"]) == ("filter", "bad_query")


def test_facets_are_counted_without_their_own_filter(client: FlaskClient) -> None:
    (facet,) = ask(client, "search?q=voyager&facet=section&section=Space&limit=1")["facets"]
    assert {each["value"].lower(): (each["count"], each["selected"]) for each in _values(facet)} == {
        "space": (2, True),
        "money": (1, False),
    }
    assert ask(client, "search?q=voyager&facet=nothing", 400)["error"]["code"] == "bad_query"


def _values(facet: Any) -> list[dict[str, Any]]:
    return [{"selected": False} | value for value in facet["values"]]


def test_orders_are_those_of_every_search(client: FlaskClient) -> None:
    def order(sort: str) -> list[str]:
        return [hit["id"] for hit in ask(client, f"search?q=voyager&sort={sort}")["hits"]]

    assert order("newest") == order("-date") == order("oldest")[::-1] == ["c", "b", "a"]
    assert order("section,-date") == ["c", "b", "a"]
    assert order("-section,oldest") == ["a", "b", "c"]
    wrong = ask(client, "search?q=voyager&sort=section,loud", 400)["error"]
    assert (wrong["parameter"], wrong["code"]) == ("sort", "bad_sort")
    assert "'loud'" in wrong["message"]


def test_copies_are_folded_under_the_best_of_them(client: FlaskClient) -> None:
    assert ask(client, "search?q=mars")["total"] == 2
    found = ask(client, "search?q=mars&fold=copies")
    assert found["total"] == 1
    (hit,) = found["hits"]
    assert {hit["id"], *(below["id"] for below in hit["folded"])} == {"d", "e"}
    assert ask(client, "search?q=mars&fold=everything", 400)["error"]["code"] == "bad_fold"


def test_a_query_of_ten_thousand_characters_is_answered(client: FlaskClient) -> None:
    found = ask(client, "search?q=" + "voyager+" * 1_249)
    assert found["total"] == 3
    assert client.get("/search?q=" + "a" * 10_000).status_code == 200


def test_slips_are_forgiven_and_said(client: FlaskClient) -> None:
    found = ask(client, "search?q=voyagr+silent")
    assert found["hits"][0]["id"] == "b"
    assert found["correction"]["words"] == [{"typed": "voyagr", "meant": "voyager"}]
    assert "correction" not in ask(client, "search?q=voyagr+silent&typos=off")
    assert "correction" not in ask(client, "search?q=voyager+silent")


def test_editors_are_told_why_an_article_was_found(client: FlaskClient, tmp_path: Path) -> None:
    assert ask(client, "explain?q=voyagr+silent", 401)["error"]["code"] == "missing_key"
    assert "explanation" not in ask(client, "search?q=voyagr+silent")["hits"][0]
    key = add_key(ArchiveFolder(tmp_path / "archive"), "Anna", [EDIT])[1]
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    found = ask(client, "explain?q=voyagr+silent&site=B&facet=site")
    assert found | {"took_ms": 0, "hits": 0} == ask(client, "search?q=voyagr+silent&site=B&facet=site") | {
        "took_ms": 0,
        "hits": 0,
    }
    (hit,) = found["hits"]
    why = hit["explanation"]
    assert "a correction of 'voyagr'" in why["sentence"]
    assert why["value"] == pytest.approx(hit["score"])
    assert sum(part["value"] for part in why["parts"]) == pytest.approx(hit["score"], rel=1e-4)
    assert len(ask(client, "explain?q=voyager&sort=newest&offset=1")["hits"]) == 2
    assert ask(client, "explain?q=voyager&limit=21", 400)["error"]["parameter"] == "limit"


def test_suggestions(client: FlaskClient) -> None:
    found = ask(client, "suggest?q=voyager+f")
    assert [each["id"] for each in found["articles"]] == ["b"]
    assert "<mark>" in found["articles"][0]["title_html"]
    assert ask(client, "suggest", 400)["error"]["parameter"] == "q"
    assert ask(client, "suggest?q=a&limit=51", 400)["error"]["parameter"] == "limit"


def test_suggestions_of_a_part_of_the_archive(client: FlaskClient) -> None:
    def offered(asked: str) -> list[str]:
        return [each["id"] for each in ask(client, f"suggest?q=voyager+{asked}")["articles"]]

    assert sorted(offered("")) == ["a", "b"]
    assert offered("&site=B") == offered("&filter=NOT+site+%3D+A") == ["b"]
    assert offered("&site=A&filter=section+%3D+Money") == []
    assert ask(client, "suggest?q=voyager&filter=site+%3D%3D", 400)["error"]["parameter"] == "filter"
    assert ask(client, "suggest?q=voyager&colour=red", 400)["error"]["parameter"] == "colour"
