"""The search as browsers add it to theirs, its suggestions, and the feed of a search."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as Xml

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.results import Excerpt, Suggestion, Suggestions
from tests.web.fake_backend import BARE, FRENCH, LEAD, FakeBackend
from tests.web.markup import Page

OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def described(client: FlaskClient, **environ: str) -> dict[str, str]:
    """The addresses in the description of the search, by their kind."""
    response = client.get("/opensearch.xml", environ_overrides=environ)
    assert response.mimetype == "application/opensearchdescription+xml"
    return {
        url.attrib["type"]: url.attrib["template"] for url in Xml.fromstring(response.data).iter(f"{OPENSEARCH}Url")
    }


def test_browsers_find_the_search(client: FlaskClient) -> None:
    for path in ("/", "/search?q=rocket", f"/article/{LEAD.id}", "/nowhere"):
        links = Page(client.get(path).text).all("link")
        (link,) = [e for e in links if e.attrs["rel"] == "search"]
        assert link.attrs["href"] == "/opensearch.xml"
        assert link.attrs["type"] == "application/opensearchdescription+xml"


def test_the_search_is_described_with_whole_addresses(client: FlaskClient) -> None:
    addresses = described(client, HTTP_HOST="news.example", SCRIPT_NAME="/find")

    assert addresses == {
        "text/html": "http://news.example/find/search?q={searchTerms}",
        "application/atom+xml": "http://news.example/find/feed?q={searchTerms}",
        "application/x-suggestions+json": "http://news.example/find/suggest?q={searchTerms}",
    }


def test_suggestions_are_as_browsers_read_them(client: FlaskClient, backend: FakeBackend) -> None:
    def suggest(text: str, limit: int) -> Suggestions:
        return Suggestions(text, (Suggestion(LEAD, Excerpt(LEAD.title)),), ("rim", "rims"), 0.1)

    backend.suggest = suggest  # type: ignore[method-assign]
    response = client.get("/suggest?q=ri")
    assert response.mimetype == "application/x-suggestions+json"
    assert response.get_json(force=True) == ["ri", ["rim", "rims", LEAD.title]]
    assert "ETag" in response.headers
    assert client.get("/suggest?q=").get_json(force=True) == ["", []]
    assert client.get(f"/suggest?q={'x' * 10_001}").status_code == 400


def test_suggestions_that_lack_what_is_still_being_read_are_not_kept(client: FlaskClient, backend: FakeBackend) -> None:
    backend.suggest = lambda text, limit, filters=None: Suggestions(text, (), (), 0.1, is_whole=False)  # type: ignore[method-assign, assignment, misc]
    for path in ("/suggest?q=ri", "/api/v1/suggest?q=ri"):
        assert "ETag" not in client.get(path).headers


def test_a_feed_has_the_newest_articles_of_a_search_at_their_own_addresses(
    client: FlaskClient, backend: FakeBackend
) -> None:
    backend.articles = [LEAD, FRENCH]
    response = client.get("/feed?q=une&section=DEEP+SPACE", headers={"Host": "news.example"})
    feed = feedparser.parse(response.data)

    assert not feed.bozo
    assert response.mimetype == "application/atom+xml"
    assert feed.feed.title == "une – readmore"
    assert feed.feed.id == "http://news.example/feed?q=une&section=DEEP+SPACE&sort=-date"
    assert [entry.link for entry in feed.entries] == [f"http://news.example/article/{FRENCH.id}"]
    assert (backend.searched()["sort"], backend.searched()["limit"]) == ("-date", 20)

    entry = feedparser.parse(client.get("/feed?q=crater").data).entries[0]
    assert (entry.link, entry.id, entry.title) == (LEAD.url, LEAD.url, LEAD.title)
    assert entry.published == "2024-03-18T09:30:00+00:00"
    assert [author["name"] for author in entry.authors] == ["Ada Mbeki", "Lars Holm"]
    assert [tag["term"] for tag in entry.tags] == ["MOON", "moon", "lander"]
    assert entry.summary.startswith("A lander the size of a van")


def test_every_feed_is_valid_whatever_the_text(client: FlaskClient, backend: FakeBackend) -> None:
    hostile = replace(LEAD, id="hostile", title="]]>&<script>\x00\x0b \ud83d", url="https://a.example/?a=1&b=<2>")
    backend.articles = [hostile, BARE]
    response = client.get("/feed")
    feed = feedparser.parse(response.data)

    assert not feed.bozo
    assert feed.feed.title == "readmore"
    assert [entry.link for entry in feed.entries][1] == "http://localhost/article/bare"
    assert b"<script" not in response.data
    assert feed.entries[1].updated  # every entry has a date, though this article has none


@pytest.mark.parametrize("query", ["?q=", "?q=+"])
def test_a_feed_without_a_query_is_of_all_articles(client: FlaskClient, query: str) -> None:
    response = client.get(f"/feed{query}")
    assert response.status_code == 200
    assert response.data == client.get("/feed").data


def test_a_feed_is_asked_for_again_at_no_cost(client: FlaskClient, backend: FakeBackend) -> None:
    first = client.get("/feed?q=rocket")
    searches = len(backend.calls)
    again = client.get("/feed?q=rocket", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert not [name for name, _ in backend.calls[searches:] if name == "search"]
    assert client.get("/feed?q=[").status_code == 400


@pytest.mark.parametrize("path", ["/feed?q=rocket", "/opensearch.xml"])
def test_who_names_another_host_does_not_decide_what_others_get(app: Flask, path: str) -> None:
    """Answers are kept; one with another host's addresses in it must not be found by those who ask for this one."""
    kept: dict[bytes, Any] = {}

    class Cache:
        def get(self, key: bytes) -> Any:
            return kept.get(key)

        def put(self, key: bytes, value: bytes) -> None:
            kept[key] = value

    from web.http.answers import _EXTENSION, Answers

    app.extensions[_EXTENSION] = Answers(Cache())  # type: ignore[arg-type]
    try:
        client = app.test_client()
        assert b"evil.example" in client.get(path, headers={"Host": "evil.example"}).data
        assert kept
        assert b"evil.example" not in client.get(path, headers={"Host": "news.example"}).data
    finally:
        del app.extensions[_EXTENSION]


def test_pages_link_to_their_feeds(client: FlaskClient) -> None:
    for path, feed in (("/", "/feed"), ("/search?q=rocket&section=MOON", "/feed?q=rocket&section=MOON")):
        links = Page(client.get(path).text).all("link")
        assert [e.attrs["href"] for e in links if e.attrs["rel"] == "alternate"] == [feed]
