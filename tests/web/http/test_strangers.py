"""What every answer has: a form for errors, headers, compression, and nothing of what strangers put into a request."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

from indexer.article.article import Article
from indexer.base.errors import IndexDamagedError
from tests.web.fake_backend import FakeBackend
from web.app import create_app
from web.server.proxy import BehindProxies

EVIL = "evil.example"


@pytest.mark.parametrize(
    "path", ["//", "//else.example", "//else.example/", "/%2felse.example", "//api/v1/search", "/static", "/search/"]
)
@pytest.mark.parametrize("host", [EVIL, "a\r\nX-Injected: 1", "", "a" * 5000])
def test_no_answer_sends_anybody_to_the_host_that_was_named(client: FlaskClient, path: str, host: str) -> None:
    environ = EnvironBuilder(path="/").get_environ() | {
        "PATH_INFO": path,
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_HOST": EVIL,
    }
    body, status, headers = run_wsgi_app(client.application.wsgi_app, environ)

    assert "Location" not in headers
    assert "X-Injected" not in headers
    if host:
        assert host.encode() not in b"".join(body)
    assert int(status.split()[0]) < 500


NO_HOSTS = ['a"b', "evil.example/x", "user@evil.example", "x:99999", "x:", "x:0", "x:1:2", "", " ", "a b", "a,b",
            "[::1", "::1", "[x]", "a\\b", "a?b", "a#b", "a<b", "\xe9", "a\n", "a" * 300]  # fmt: skip


@pytest.mark.parametrize("host", NO_HOSTS)
@pytest.mark.parametrize("is_forwarded", [False, True])
def test_a_host_that_is_none_is_refused_wherever_it_is_sent(client: FlaskClient, host: str, is_forwarded: bool) -> None:
    """By whoever asks, and by a proxy that is trusted; which may leave it empty, and name several."""
    if is_forwarded and (not host.strip() or host == "a,b"):
        return
    app = BehindProxies(client.application.wsgi_app, ["127.0.0.1"])
    for path in ("/opensearch.xml", "/feed", "/", "/api/v1/search", "/static/icon.svg", "/nowhere", "/livez", "/desk"):
        named = {"HTTP_X_FORWARDED_HOST": host} if is_forwarded else {"HTTP_HOST": host}
        environ = EnvironBuilder(path=path).get_environ() | {"REMOTE_ADDR": "127.0.0.1"} | named
        body, status, headers = run_wsgi_app(app, environ)
        assert (path, int(status.split()[0])) == (path, 400)
        if path != "/desk":  # which answers with pages only
            assert json.loads(b"".join(body))["error"]["code"] == "bad_request"
        assert "Location" not in headers


@pytest.mark.parametrize("host", ["a", "find.example.org:8443", "192.0.2.1:80", "[2001:db8::7]:8000", "read_more:8000"])
def test_a_host_is_not(client: FlaskClient, host: str) -> None:
    assert client.get("/livez", headers={"Host": host}).status_code == 200


def test_who_names_no_host_at_all_is_answered(client: FlaskClient) -> None:
    environ = EnvironBuilder(path="/livez").get_environ()
    del environ["HTTP_HOST"]
    assert run_wsgi_app(client.application.wsgi_app, environ)[1].startswith("200")


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "1e3", "٣", "0x10", " 5"])
@pytest.mark.parametrize("path", ["/api/v1/related", "/api/v1/articles", "/api/v1/events", "/search"])
def test_a_length_that_is_none_is_no_fault_of_the_service(client: FlaskClient, path: str, length: str) -> None:
    answer = client.post(path, data=b"text", environ_overrides={"CONTENT_LENGTH": length})
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    ("method", "path", "accept", "is_json"),
    [
        ("GET", "/nowhere", "text/html", False),
        ("GET", "/nowhere", "*/*", False),
        ("GET", "/nowhere", "application/json", True),
        ("POST", "/nowhere", "*/*", True),
        ("POST", "/search", "*/*", True),
        ("POST", "/search", "text/html,*/*;q=0.8", False),
        ("DELETE", "/article/x", "", True),
        ("GET", "/api/v1/nowhere", "text/html", True),
        ("GET", "/healthz/x", "text/html", True),
    ],
)
def test_programs_get_json_wherever_they_ask(
    client: FlaskClient, method: str, path: str, accept: str, is_json: bool
) -> None:
    answer = client.open(path, method=method, headers={"Accept": accept})
    assert answer.status_code in (404, 405)
    assert (answer.mimetype == "application/json") is is_json
    if is_json:
        assert answer.json is not None
        assert answer.json["error"]["status"] == answer.status_code


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "'; DROP TABLE articles; --",
        "{{7*7}}",
        "\u202e\x00\x1b[31m",
    ],
)
def test_markup_and_statements_come_out_inert(backend: FakeBackend, client: FlaskClient, text: str) -> None:
    backend.articles.append(Article(id="evil", title=f"crater {text}", body=f"crater {text}"))
    api = client.get("/api/v1/search", query_string={"q": "crater"})
    assert api.mimetype == "application/json"
    assert api.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in api.headers["Content-Security-Policy"]
    for hit in api.get_json()["hits"]:
        assert "<script" not in hit["title_html"] + hit["excerpt_html"]
        assert "<img" not in hit["title_html"] + hit["excerpt_html"]
    page = client.get("/search", query_string={"q": text})
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/api/v1/docs/../../x",
        "/api/v1/docs/%2e%2e%2fspec.py",
        "/static//etc/passwd",
    ],
)
def test_no_path_leads_out_of_its_folder(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_answers_are_compressed_and_their_tags_hold(client: FlaskClient, encoding: str) -> None:
    path = "/api/v1/search?q=rocket"
    answer = client.get(path, headers={"Accept-Encoding": encoding})
    assert answer.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert len(answer.data) < len(client.get(path).data) / 2
    again = client.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_service_whose_folder_was_deleted_still_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    started.mkdir()
    monkeypatch.chdir(started)
    backend = FakeBackend()
    client = create_app("data", lambda: backend).test_client()
    os.rmdir(started)  # noqa: PTH106 - the folder this process is in
    backend.error = IndexDamagedError(started / "data" / "index" / "manifest.json", "is truncated")
    answer = client.get("/api/v1/search?q=a")
    assert answer.json is not None
    assert answer.status_code == 503
    assert answer.json["error"]["message"].startswith("data/index/manifest.json: is truncated")


def test_half_a_character_in_an_answer(client: FlaskClient, backend: FakeBackend) -> None:
    backend.articles.append(Article(id="half", title="Half a \ud83d rocket"))
    assert client.get("/api/v1/article/half").get_json()["title"] == "Half a ? rocket"
