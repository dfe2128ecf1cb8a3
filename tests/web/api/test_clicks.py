"""Clicks sent to the service."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from readmore import open_recommender
from search.usage.event_log import read_pairs
from search.usage.events import Click, Pair
from tests.web.fake_backend import FakeBackend
from web.access.rates import Buckets
from web.api.events import AT_ONCE, PER_SECOND
from web.app import create_app
from web.http.backend import ArchiveBackend

GOOD = {"from": "rocket-1", "to": "rocket-2", "shown": ["rocket-3", "rocket-2"]}


@pytest.fixture
def counting(backend: FakeBackend) -> FlaskClient:
    app = create_app("/srv/readmore-data", lambda: backend, count_clicks=True)
    app.testing = True
    return app.test_client()


def test_a_click_is_counted_whatever_type_the_browser_says_it_has(counting: FlaskClient, backend: FakeBackend) -> None:
    for kind in ("application/json", "text/plain;charset=UTF-8", None):
        response = counting.post("/api/click", data=json.dumps(GOOD), content_type=kind)
        assert (response.status_code, response.data) == (204, b"")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in response.headers
    counted = [click for name, click in backend.calls if name == "click"]
    assert counted == [Click("rocket-1", "rocket-2", ("rocket-3", "rocket-2"))] * 3
    counting.post("/api/click", data='{"from": "rocket-1", "to": "rocket-2"}')
    assert backend.calls[-1] == ("click", Click("rocket-1", "rocket-2"))


def test_a_service_that_was_not_asked_to_counts_nothing(client: FlaskClient, backend: FakeBackend) -> None:
    response = client.post("/api/click", json=GOOD)
    assert (response.status_code, response.get_json()["error"]["code"]) == (403, "clicks_off")
    assert "click" not in [name for name, _ in backend.calls]


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "{", "3", "{}", '{"from": "a"}', '{"from": 1, "to": "b"}', '{"from": "a", "to": ""}',
        '{"from": "a", "to": "a"}', '{"from": "a", "to": "b", "shown": "b"}', '{"from": "a", "to": "b", "shown": [1]}',
        '{"from": "a", "to": "b", "shown": ["c"]}', '{"from": "a", "to": "b", "shown": ["b", "b"]}',
        '{"from": "a/b", "to": "b"}', json.dumps({"from": "a", "to": "b", "x": "y" * 20_000}), "\x00",
    ],
)  # fmt: skip
def test_what_is_no_click_is_a_clear_error(counting: FlaskClient, backend: FakeBackend, body: str) -> None:
    response = counting.post("/api/click", data=body)
    assert (response.status_code, response.get_json()["error"]["code"]) == (400, "bad_click")
    assert "click" not in [name for name, _ in backend.calls]


def test_more_clicks_than_readers_make_are_refused(counting: FlaskClient) -> None:
    now = [0.0]
    counting.application.config["EVENTS"] = Buckets(clock=lambda: now[0])
    statuses = [counting.post("/api/click", json=GOOD).status_code for _ in range(AT_ONCE + 3)]
    assert statuses == [204] * AT_ONCE + [429] * 3
    now[0] += 2 / PER_SECOND
    assert [counting.post("/api/click", json=GOOD).status_code for _ in range(3)] == [204, 204, 429]


def test_clicks_go_to_the_archive_and_only_between_its_articles(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a") as archive:
        archive.add([Article(id=f"n-{n}", title=f"Number {n}", url=f"https://x.example/{n}") for n in range(3)])
    backend = ArchiveBackend(open_recommender(tmp_path / "a"))
    try:
        client = create_app(tmp_path / "a", lambda: backend, count_clicks=True).test_client()
        assert client.post("/api/click", json={"from": "n-0", "to": "n-9"}).status_code == 400
        assert client.post("/api/click", json={"from": "n-0", "to": "n-1", "shown": ["n-1", "x"]}).status_code == 400
        assert not ArchiveFolder(tmp_path / "a").readers.exists()
        assert client.post("/api/click", json={"from": "n-0", "to": "n-1", "shown": ["n-2", "n-1"]}).status_code == 204
    finally:
        backend.close()
    assert read_pairs(ArchiveFolder(tmp_path / "a")) == [Pair("n-0", "n-1", 2, 2, 1, 1), Pair("n-0", "n-2", 1, 2, 1, 0)]
