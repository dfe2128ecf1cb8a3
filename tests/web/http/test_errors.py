"""Errors: one JSON shape for the API whatever goes wrong, pages for people, and nothing leaks."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.base.errors import ArchiveLockedError, ArchiveNotFoundError, ArticleError, IndexDamagedError, QueryError
from tests.opening import backend_of
from tests.web.fake_backend import LEAD, FakeBackend
from web.app import create_app

DATA = Path("/srv/readmore-data")


def error_in(response: TestResponse) -> tuple[int, str, str]:
    """Status, code and message of a JSON error, whose shape is checked on the way."""
    body = response.get_json()
    assert list(body) == ["error"]
    assert list(body["error"])[:3] == ["code", "message", "status"]
    assert set(body["error"]) <= {"code", "message", "status", "parameter"}
    error = body["error"]
    assert error["status"] == response.status_code
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert error["message"]
    assert "\n" not in error["message"]
    return response.status_code, error["code"], error["message"]


BAD_REQUESTS = [
    ("/api/search", "empty_query"),
    ("/api/search?q=", "empty_query"),
    ("/api/search?q=+%0A+", "empty_query"),
    (f"/api/search?q={'a' * 10_001}", "query_too_long"),
    ("/api/search?q=[", "bad_query"),
    ("/api/search?q=a&limit=0", "bad_limit"),
    ("/api/search?q=a&limit=101", "bad_limit"),
    ("/api/search?q=a&limit=-1", "bad_limit"),
    ("/api/search?q=a&limit=", "bad_limit"),
    ("/api/search?q=a&limit=ten", "bad_limit"),
    ("/api/search?q=a&limit=1.5", "bad_limit"),
    ("/api/search?q=a&limit=+5", "bad_limit"),
    ("/api/search?q=a&limit=1_0", "bad_limit"),
    ("/api/search?q=a&limit=٣", "bad_limit"),
    (f"/api/search?q=a&limit={'9' * 5000}", "bad_limit"),
    ("/api/search?q=a&offset=-1", "bad_offset"),
    ("/api/search?q=a&offset=10001", "bad_offset"),
    ("/api/search?q=a&offset=x", "bad_offset"),
    (f"/api/search?q=a&section={'s' * 201}", "bad_section"),
    (f"/api/search?q=a{''.join(f'&site={n}' for n in range(21))}", "bad_site"),
    (f"/api/related/{LEAD.id}?limit=0", "bad_limit"),
    ("/api/related", "missing_url"),
    ("/api/related?url=+", "missing_url"),
    ("/api/block", "missing_url"),
    ("/api/article", "missing_url"),
]


@pytest.mark.parametrize(("path", "code"), BAD_REQUESTS)
def test_bad_requests_are_refused_before_the_backend_is_asked(client: FlaskClient, path: str, code: str) -> None:
    assert error_in(client.get(path))[:2] == (400, code)


def test_a_refusal_states_the_bound(client: FlaskClient) -> None:
    assert error_in(client.get("/api/search?q=a&limit=500"))[2] == "'limit' must be a whole number from 1 to 100"
    assert "more than 10000" in error_in(client.get(f"/api/search?q={'a' * 10_001}"))[2]


def test_a_query_of_the_greatest_length_is_answered(client: FlaskClient) -> None:
    assert client.get(f"/api/search?q={'é' * 10_000}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/api/article/nope", "/api/related/nope", "/api/block/nope", "/api/article?url=/nope"]
)
def test_unknown_articles(client: FlaskClient, path: str) -> None:
    status, code, message = error_in(client.get(path))

    assert (status, code) == (404, "article_not_found")
    assert "nope" in message


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nowhere", "/api/search/", "/api/article/a/b", "/api/related/"])
def test_unknown_routes_of_the_api(client: FlaskClient, path: str) -> None:
    assert error_in(client.get(path))[:2] == (404, "not_found")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_methods_that_are_not_allowed(client: FlaskClient, method: str) -> None:
    response = getattr(client, method)("/api/search?q=a")

    assert error_in(response)[:2] == (405, "method_not_allowed")
    assert {"GET", "HEAD", "OPTIONS"} == {name.strip() for name in response.headers["Allow"].split(",")}


FAULTS = [
    (ArchiveNotFoundError(DATA), 503, "archive_not_found"),
    (IndexDamagedError(DATA / "index" / "manifest.json", "is truncated"), 503, "index_damaged"),
    (ArchiveLockedError("another process is writing"), 503, "archive_unavailable"),
    (QueryError("the query is a riddle"), 400, "bad_query"),
    (ArticleError("url 'javascript:x' must be http, https or start with '/'"), 400, "bad_url"),
    (RuntimeError("secret detail"), 500, "internal_error"),
]
ROUTES = ["/api/search?q=a", "/api/related/a", "/api/block/a", "/api/article/a", "/api/status", "/healthz"]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(("fault", "status", "code"), FAULTS, ids=[code for _, _, code in FAULTS])
def test_every_fault_has_the_same_shape_on_every_route(
    client: FlaskClient, backend: FakeBackend, path: str, fault: Exception, status: int, code: str
) -> None:
    backend.error = fault

    assert error_in(client.get(path))[:2] == (status, code)


@pytest.mark.parametrize("path", ["/api/search?q=a", "/", "/search?q=a", "/article/a"])
def test_an_unforeseen_error_is_logged_and_not_shown(
    client: FlaskClient, backend: FakeBackend, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    backend.error = RuntimeError("secret detail")
    with caplog.at_level(logging.ERROR):
        response = client.get(path)

    assert response.status_code == 500
    assert b"secret" not in response.data
    assert b"Traceback" not in response.data
    assert "secret detail" in caplog.text
    assert "Traceback" in caplog.text


def test_an_error_does_not_tell_where_the_archive_is(client: FlaskClient, backend: FakeBackend) -> None:
    backend.error = IndexDamagedError(DATA / "index" / "manifest.json", "is truncated")
    message = error_in(client.get("/api/status"))[2]

    assert message.startswith("readmore-data/index/manifest.json: is truncated; the articles are safe")
    assert b"/srv" not in client.get("/").data


def test_pages_of_errors(client: FlaskClient, backend: FakeBackend) -> None:
    missing = client.get("/article/2024-03-18-lander-reaches-mars-1a2b3c4d")
    assert missing.status_code == 404
    assert "There is no such article" in missing.text
    assert 'value="lander reaches mars"' in missing.text  # a search for what the address was about
    assert client.get("/nowhere").status_code == 404
    assert "There is no such page" in client.get("/nowhere").text
    assert client.post("/search").status_code == 405

    backend.error = IndexDamagedError(DATA / "index", "is truncated")
    for path in ("/", "/search?q=a", "/article/a"):
        response = client.get(path)
        assert response.status_code == 503
        assert response.mimetype == "text/html"
        assert "is truncated; the articles are safe, run &#39;readmore reindex&#39;" in response.text
        assert response.headers["Cache-Control"] == "no-store"


def test_a_missing_archive_is_said_and_found_once_it_is_there(tmp_path: Path) -> None:
    app: Flask = create_app(tmp_path / "archive", backend_of(tmp_path / "archive"))
    client = app.test_client()

    for _ in range(2):
        assert error_in(client.get("/healthz"))[:2] == (503, "archive_not_found")
    page = client.get("/")
    assert page.status_code == 503
    assert "No archive at archive: make one with" in page.text
    assert str(tmp_path) not in page.text
    with client.get("/static/readmore.css") as style:
        assert style.status_code == 200
