"""Conditional requests: an answer that still holds costs neither a search nor its bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from search.results import SearchResult
from tests.web.fake_backend import LEAD, FakeBackend
from web.app import create_app

CACHED = [
    "/api/search?q=rocket",
    f"/api/related/{LEAD.id}",
    f"/api/block/{LEAD.id}",
    f"/api/article/{LEAD.id}",
    "/",
    "/search?q=rocket",
    f"/article/{LEAD.id}",
]


@pytest.mark.parametrize("path", CACHED)
def test_a_known_answer_is_not_computed_again(client: FlaskClient, backend: FakeBackend, path: str) -> None:
    first = client.get(path)
    assert first.headers["ETag"].startswith('W/"')
    assert first.headers["Cache-Control"] == "public, no-cache"

    backend.calls.clear()
    second = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 304
    assert second.data == b""
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert {name for name, _ in backend.calls} == {"generation", "edition", "count"}


@pytest.mark.parametrize("path", CACHED)
def test_a_change_of_the_archive_is_seen(client: FlaskClient, backend: FakeBackend, path: str) -> None:
    first = client.get(path)
    backend.number += 1

    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("path", CACHED)
def test_other_rules_of_the_editors_are_seen(client: FlaskClient, backend: FakeBackend, path: str) -> None:
    first = client.get(path)
    backend.edited = "changed"

    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_tag_is_of_the_state_before_the_answer(client: FlaskClient, backend: FakeBackend) -> None:
    """A writer that comes in between must not get its news cached under a tag that outlives them."""
    before = client.get("/api/search?q=rocket").headers["ETag"]
    search = backend.search

    def search_after_a_commit(*args: object, **kwargs: object) -> object:
        backend.number += 1
        return search(*args, **kwargs)  # type: ignore[arg-type]

    backend.search = search_after_a_commit  # type: ignore[assignment, method-assign]
    assert client.get("/api/search?q=rocket").headers["ETag"] == before


def test_tags_differ_by_address_and_archive(client: FlaskClient, backend: FakeBackend) -> None:
    other = create_app("/srv/other-data", lambda: backend).test_client()
    tags = [
        client.get("/api/search?q=rocket").headers["ETag"],
        client.get("/api/search?q=rocket&offset=10").headers["ETag"],
        client.get("/search?q=rocket").headers["ETag"],
        other.get("/api/search?q=rocket").headers["ETag"],
    ]

    assert len(set(tags)) == 4


def test_any_tag_asks_the_view_whether_there_is_something(client: FlaskClient) -> None:
    assert client.get("/api/article/nope", headers={"If-None-Match": "*"}).status_code == 404


def test_cors_headers_are_on_304_too(client: FlaskClient) -> None:
    tag = client.get("/api/search?q=rocket").headers["ETag"]
    response = client.get("/api/search?q=rocket", headers={"If-None-Match": tag})

    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/api/status", "/healthz", "/search?q=[", "/nowhere"])
def test_what_holds_for_a_moment_only_is_not_stored(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


@pytest.mark.parametrize("path", ["/api/search?q=rocket", "/search?q=rocket", "/feed?q=rocket"])
def test_what_names_a_time_that_is_another_tomorrow_is_not_stored(
    client: FlaskClient, backend: FakeBackend, path: str
) -> None:
    search = backend.search

    def search_of_today(*args: object, **kwargs: object) -> SearchResult:
        return replace(search(*args, **kwargs), of_today=True)  # type: ignore[arg-type]

    backend.search = search_of_today  # type: ignore[method-assign]
    response = client.get(path)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_static_files_are_kept_for_as_long_as_their_address_holds(client: FlaskClient) -> None:
    page = client.get("/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]

    with client.get(address) as response:
        assert response.mimetype == "text/css"
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with client.get(address.split("?")[0] + "?v=other") as response:
        assert "immutable" not in response.headers["Cache-Control"]
