"""The JSON routes: what they answer, and what they pass on to the backend."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from indexer.article.article import Article
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed, DraftSeed, SessionSeed
from tests.web.fake_backend import LEAD, FakeBackend


def test_search_answers_with_hits_and_their_highlights(client: FlaskClient) -> None:
    answer = client.get("/api/search?q=crater").get_json()

    assert list(answer) == ["query", "total", "took_ms", "hits", "notes"]
    assert (answer["query"], answer["total"], answer["took_ms"], answer["notes"]) == ("crater", 1, 1.25, [])
    hit = answer["hits"][0]
    assert hit["id"] == LEAD.id
    assert hit["title_html"] == "Lander reaches the <mark>crater</mark>&#x27;s rim"
    assert hit["date"] == "2024-03-18T09:30:00+00:00"
    assert hit["authors"] == ["Ada Mbeki", "Lars Holm"]
    assert hit["dateline"] == "Tokyo (HNA)"


def test_search_passes_its_parameters_on(client: FlaskClient, backend: FakeBackend) -> None:
    client.get(
        "/api/search?q=+rocket+pad+&limit=3&offset=6&section=MOON&section=LAUNCH&section=MOON&site=&site=Perihelion"
    )

    assert backend.searched() == {
        "query": "rocket pad",
        "limit": 3,
        "offset": 6,
        "filters": {"section": ["MOON", "LAUNCH"], "site": ["Perihelion"]},
    }


def test_search_has_defaults(client: FlaskClient, backend: FakeBackend) -> None:
    answer = client.get("/api/search?q=rocket").get_json()

    assert backend.searched() == {"query": "rocket", "limit": 10, "offset": 0, "filters": {}}
    assert (len(answer["hits"]), answer["total"]) == (10, 40)


@pytest.mark.parametrize("arguments", ["limit=1", "limit=100", "offset=0", "offset=10000", "limit=007"])
def test_bounds_belong_to_what_is_allowed(client: FlaskClient, arguments: str) -> None:
    assert client.get(f"/api/search?q=rocket&{arguments}").status_code == 200


def test_notes_are_part_of_the_answer(client: FlaskClient, backend: FakeBackend) -> None:
    backend.notes = ("left out 'the'",)

    assert client.get("/api/search?q=the+rocket").get_json()["notes"] == ["left out 'the'"]


def test_nothing_found_is_an_answer(client: FlaskClient) -> None:
    response = client.get("/api/search?q=zeppelin")

    assert response.status_code == 200
    assert response.get_json()["hits"] == []


@pytest.mark.parametrize("query", ["été", "сателлит", "探査機", "🚀", "a&b=c#d", "%00", "\u202e"])
def test_queries_of_any_script_arrive_and_come_back_unharmed(
    client: FlaskClient, backend: FakeBackend, query: str
) -> None:
    response = client.get("/api/search", query_string={"q": query})

    assert response.get_json()["query"] == backend.searched()["query"] == query


def test_json_is_utf8_and_not_escaped(client: FlaskClient) -> None:
    response = client.get("/api/article/sonde-revient")

    assert response.mimetype == "application/json"
    assert "La sonde revient, après six ans d'été" in response.data.decode("utf-8")


def test_half_a_surrogate_pair_does_not_break_the_answer(client: FlaskClient, backend: FakeBackend) -> None:
    backend.articles.append(Article(id="half", title="Half a \ud83d rocket emoji"))

    assert client.get("/api/article/half").get_json()["title"] == "Half a ? rocket emoji"


def test_related_by_id_and_by_url(client: FlaskClient, backend: FakeBackend) -> None:
    by_id = client.get(f"/api/related/{LEAD.id}?limit=2").get_json()
    by_url = client.get("/api/related", query_string={"url": LEAD.url, "limit": 2}).get_json()

    assert by_id == by_url
    assert list(by_id) == ["id", "took_ms", "related"]
    assert by_id["id"] == LEAD.id
    assert [item["id"] for item in by_id["related"]] == ["sonde-revient", "rocket-1"]
    assert by_id["related"][0]["reason"] == "both are about <DEEP SPACE>"
    asked = [arguments for called, arguments in backend.calls if called == "related"]
    options = RelatedOptions(limit=2)
    assert asked == [(ArticleSeed(LEAD.id), options), (SessionSeed((LEAD.url,)), options)]


def test_tracking_parameters_of_a_url_do_not_matter(client: FlaskClient) -> None:
    for name in ("related", "block", "article"):
        found = client.get(f"/api/{name}", query_string={"url": f"{LEAD.url}?utm_source=feed#top"})
        assert found.get_json()["id"] == LEAD.id
        assert client.get(f"/api/{name}?url=javascript:alert(1)").get_json()["error"]["code"] == "bad_url"


@pytest.mark.parametrize("name", ["related", "block"])
def test_a_session_is_passed_on_in_its_order_with_its_options(
    client: FlaskClient, backend: FakeBackend, name: str
) -> None:
    query = "id=rocket-1&id=rocket-2&language=en&tag=moon&author=Ada&site=X&section=MOON&section=MARS"
    answer = client.get(f"/api/{name}?{query}&exclude=rocket-5&exclude=rocket-6&since=2024-01-01&until=2024-01-31")
    assert answer.get_json()["id"] == "rocket-2"
    seed, options = next(arguments for called, arguments in backend.calls if called == name)
    assert seed == SessionSeed(("rocket-1", "rocket-2"))
    assert options == RelatedOptions(
        filters={"section": ["MOON", "MARS"], "site": ["X"], "language": ["en"], "tag": ["moon"], "author": ["Ada"]},
        exclude=("rocket-5", "rocket-6"),
        since=datetime(2024, 1, 1, tzinfo=UTC),
        until=datetime(2024, 1, 31, 23, 59, 59, 999999, UTC),
    )


DRAFTS = [
    (b'{"title": "Fire in the engine", "text": "It went out.", "tags": ["fire"], "draft": true}', ("fire",)),
    (b"---\ntitle: Fire in the engine\ntags: [fire]\n---\nIt went out.\n", ("fire",)),
    ("\ufeffFire in the engine\n\nIt went out.".encode(), ()),
]


@pytest.mark.parametrize("name", ["related", "block"])
@pytest.mark.parametrize(("body", "tags"), DRAFTS)
def test_a_draft_is_read_in_every_form(
    client: FlaskClient, backend: FakeBackend, name: str, body: bytes, tags: tuple[str, ...]
) -> None:
    response = client.post(f"/api/{name}?section=MOON", data=body)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    seed, options = next(arguments for called, arguments in backend.calls if called == name)
    assert isinstance(seed, DraftSeed)
    draft = seed.article
    assert (draft.id, draft.title, draft.body, draft.tags) == ("draft", "Fire in the engine", "It went out.", tags)
    assert options.filters == {"section": ["MOON"]}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "empty_draft"),
        (b" \n", 400, "empty_draft"),
        (b"{}", 400, "empty_draft"),
        (b'{"title": " "}', 400, "empty_draft"),
        (b"\xff\xfe", 400, "bad_draft"),
        (b'{"title": "x"', 400, "bad_draft"),
        (b'{"title": 3}', 400, "bad_draft"),
        (b'{"title": "x", "id": "a b"}', 400, "bad_draft"),
        (b'{"a":' * 100_000, 400, "bad_draft"),
        (b"---\ntitle: x\n", 400, "bad_draft"),
        (b"x" * 1_000_001, 413, "draft_too_large"),
    ],
)
def test_a_draft_that_cannot_be_read_is_a_clear_error(client: FlaskClient, body: bytes, status: int, code: str) -> None:
    for name in ("related", "block"):
        response = client.post(f"/api/{name}", data=body)
        assert (response.status_code, response.get_json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "missing_url"),
        ("id=", "missing_url"),
        ("&".join(["id=a"] * 51), "bad_id"),
        ("id=" + "a" * 2001, "bad_id"),
        ("id=bare&since=soon", "bad_since"),
        ("id=bare&until=2024-13-40", "bad_until"),
        ("id=bare&exclude=" + "a" * 2001, "bad_exclude"),
        ("id=bare&language=" + "a" * 201, "bad_language"),
    ],
)
def test_parameters_out_of_bounds_are_named(client: FlaskClient, query: str, code: str) -> None:
    for name in ("related", "block"):
        response = client.get(f"/api/{name}?{query}")
        assert (response.status_code, response.get_json()["error"]["code"]) == (400, code)


def test_a_browser_may_send_json_from_another_site(client: FlaskClient) -> None:
    response = client.options("/api/related")
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"].split(", ")
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_that_nothing_is_related_is_said(client: FlaskClient, backend: FakeBackend) -> None:
    backend.fallback = True
    assert client.get(f"/api/related/{LEAD.id}").get_json()["fallback"] is True


def test_block_has_a_lead_and_groups(client: FlaskClient) -> None:
    block = client.get(f"/api/block/{LEAD.id}").get_json()

    assert list(block) == ["id", "took_ms", "lead", "groups"]
    assert block["lead"]["id"] == "sonde-revient"
    assert [group["name"] for group in block["groups"]] == ["Rockets & pads", "Été"]
    assert [len(group["items"]) for group in block["groups"]] == [3, 3]


def test_block_of_an_article_alone_is_empty(client: FlaskClient, backend: FakeBackend) -> None:
    backend.articles = [LEAD]
    block = client.get(f"/api/block?url={LEAD.url}").get_json()

    assert (block["lead"], block["groups"]) == (None, [])


def test_article_has_its_text_but_not_where_it_was_read_from(client: FlaskClient) -> None:
    article = client.get(f"/api/article/{LEAD.id}").get_json()

    assert article["body"] == LEAD.body
    assert article["tags"] == ["moon", "lander"]
    assert "source" not in article
    assert "/home/editor" not in json.dumps(article)
    assert client.get("/api/article", query_string={"url": LEAD.url}).get_json() == article


def test_article_without_anything_known_has_all_fields(client: FlaskClient) -> None:
    article = client.get("/api/article/bare").get_json()

    assert article["title"] == "Nothing but a headline"
    assert article["date"] is None
    assert article["section"] == article["dateline"] == article["body"] == ""
    assert article["authors"] == []


def test_status_keeps_the_path_to_itself(client: FlaskClient) -> None:
    status = client.get("/api/status").get_json()

    assert status == {"articles": 43, "generation": 7, "segments": 1}


def test_health(client: FlaskClient) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})


API = ["/api/search?q=rocket", f"/api/related/{LEAD.id}", f"/api/block/{LEAD.id}", f"/api/article/{LEAD.id}"]


@pytest.mark.parametrize("path", [*API, "/api/status", "/api/nowhere", "/api/search", "/healthz"])
def test_any_site_may_read_the_api(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"


def test_pages_are_not_for_scripts_of_other_sites(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


@pytest.mark.parametrize("path", [*API, "/api/status", "/healthz", "/", "/search?q=rocket", f"/article/{LEAD.id}"])
def test_head_is_get_without_a_body(client: FlaskClient, path: str) -> None:
    get, head = client.get(path), client.head(path)

    assert head.status_code == get.status_code == 200
    assert head.data == b""
    assert head.headers.get("ETag") == get.headers.get("ETag")
    assert head.content_type == get.content_type
