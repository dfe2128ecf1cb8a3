"""Searches that the service answers are counted: those that readers make, once each, from memory or not."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.fake_backend import FakeBackend
from web.app import create_app
from web.http import answers, searches
from web.http.searches import SearchCounter

Client = FlaskClient


@pytest.fixture(autouse=True)
def no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is written when the tests say so."""
    monkeypatch.setattr(searches, "WAIT_SECONDS", 1e6)


@pytest.fixture(params=[0, 1], ids=["nothing kept", "answers kept"])
def client(backend: FakeBackend, request: pytest.FixtureRequest) -> FlaskClient:
    app = create_app("/srv/readmore-data", lambda: backend, count_clicks=True)
    app.testing = True
    answers.install(app, request.param)
    return app.test_client()


def counted(client: FlaskClient, backend: FakeBackend) -> list[tuple[str, int]]:
    client.application.extensions["readmore-searches"].flush()
    return [one for name, made in backend.calls if name == "count_searches" for one in made]


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/search", "/search"])
def test_what_is_searched_for_is_counted_with_what_was_found(
    client: FlaskClient, backend: FakeBackend, path: str
) -> None:
    found = client.get("/api/v1/search?q=rocket&limit=1").get_json()["total"]
    assert found > 1
    assert counted(client, backend) == [("rocket", found)]
    for _ in range(3):  # from memory, where answers are kept
        backend.calls.clear()
        tag = client.get(f"{path}?q=rocket").headers["ETag"]
        client.get(f"{path}?q=zeppelin")
        assert counted(client, backend) == [("rocket", found), ("zeppelin", 0)]
    backend.calls.clear()
    client.get(f"{path}?q=rocket", headers={"If-None-Match": tag})
    assert len(counted(client, backend)) == int(client.application.extensions.get("readmore-answers") is not None)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/search?q=rocket&offset=10", "/search?q=rocket&page=2", "/api/v1/search?q=rocket&sort=date",
        "/api/v1/search?q=rocket&section=MOON", "/search?q=rocket&section=MOON", "/api/v1/search?q=rocket&limit=x",
        "/api/v1/suggest?q=rocket", "/api/v1/related/rocket-1", "/search", "/", "/api/v1/status",
    ],
)  # fmt: skip
def test_what_is_no_new_search_is_not_counted(client: FlaskClient, backend: FakeBackend, path: str) -> None:
    for _ in range(2):
        client.get(path)
    assert counted(client, backend) == []


def test_crawlers_are_no_readers(client: FlaskClient, backend: FakeBackend) -> None:
    for agent in ("Mozilla/5.0 (compatible; Googlebot/2.1)", "SomeCrawler", "Baiduspider"):
        client.get("/search?q=rocket", headers={"User-Agent": agent})
    client.head("/search?q=rocket")
    assert counted(client, backend) == []


def test_a_service_that_was_not_asked_to_counts_no_searches(backend: FakeBackend) -> None:
    client = create_app("/srv/readmore-data", lambda: backend).test_client()
    assert client.get("/search?q=rocket").status_code == 200
    assert "readmore-searches" not in client.application.extensions


def test_searches_that_cannot_be_counted_keep_nobody_from_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    made: list[Any] = []

    def write(of: Sequence[tuple[str, int, float]]) -> None:
        made.append(of)
        raise OSError("no room")

    counter = SearchCounter(write, clock=lambda: 5.0)
    counter.note("moon", 3)
    counter.note("mars", 0)
    counter.note("moon", 4)
    with caplog.at_level(logging.WARNING, "readmore"):
        counter.flush()
    assert made == [[("mars", 0, 5.0), ("moon", 4, 5.0)]], "each once, in the order of time"
    assert "2 searches were not counted: no room" in caplog.text
    counter.flush()
    assert len(made) == 1, "and let go"


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MOST_WAITING", 10)
    made: list[Any] = []
    counter = SearchCounter(made.extend)
    for number in range(100):
        counter.note(f"query {number % 50}", 1)
    counter.flush()
    assert len(made) == 10
