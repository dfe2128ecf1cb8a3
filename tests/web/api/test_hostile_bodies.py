"""Requests made to wear out the service: every one is answered, below 500, within seconds and in little memory."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.archive import Archive
from indexer.base.archive_folder import ArchiveFolder
from recommender.request.drafts import MAX_BYTES
from tests.hostile import GENERATED, KNOWN, SECONDS, generated
from tests.opening import backend_of
from tests.recommender.archives import several
from tests.web.fake_backend import FakeBackend
from web.access.keys import WRITE, add_key
from web.app import create_app
from web.commands.serve import MAX_BODY, listen
from web.http.bodies import MAX_BULK, MAX_ONE
from web.server.loop import Loop, ServerOptions

MOST_MEMORY = 500 * 1024  # KiB above what the process has had before
REFUSED = [name for name in KNOWN if name.split()[0] in ("yaml", "toml") and "recursion" not in name]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The service over a small archive, warmed up."""
    data = tmp_path_factory.mktemp("hostile") / "data"
    with Archive.create(data) as archive:
        archive.add(several())
    app = create_app(data, backend_of(data), count_clicks=True)
    assert app.test_client().post("/api/block", data=b"Bread\n\nflour and yeast").status_code == 200
    return app


@pytest.fixture
def visitor(service: Flask) -> FlaskClient:
    return service.test_client()


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Somebody with a key for writing, at a service that reads what is sent and puts it into a list."""
    data = tmp_path_factory.mktemp("written")
    client = create_app(data, lambda: backend).test_client()
    backend = FakeBackend()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {add_key(ArchiveFolder(data), 'tests', [WRITE])[1]}"
    return client


def post(client: FlaskClient, path: str, body: str | bytes) -> int:
    """The status of the answer, which must come in time."""
    started = time.process_time()
    answer = client.post(path, data=body.encode("utf-8", "replace") if isinstance(body, str) else body)
    assert time.process_time() - started < SECONDS
    if answer.status_code >= 400:
        assert answer.json is not None
        assert answer.json["error"]["message"]
    return answer.status_code


@pytest.mark.parametrize("name", KNOWN)
def test_a_hostile_draft_is_answered_in_time_and_little_memory(visitor: FlaskClient, name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert post(visitor, "/api/block", KNOWN[name]) in (200, 400, 413)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


@pytest.mark.parametrize("name", KNOWN)
def test_a_hostile_article_is_read_in_time_and_little_memory(writer: FlaskClient, name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert post(writer, "/api/v1/articles", KNOWN[name]) in (200, 400, 413)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


@pytest.mark.parametrize("item", [b"[]", b'""', b"{}", b"1", b'{"a":1}', b"null", b""])
def test_very_many_of_nothing_are_refused_in_time_and_little_memory(writer: FlaskClient, item: bytes) -> None:
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    listed = b"[" + b",".join([item] * (MAX_ONE // (len(item) + 1) - 2)) + b"]"
    lines = (item + b"\n") * (MAX_BULK // (len(item) + 1))
    for content, kind in ((listed, "application/json"), (lines, "application/x-ndjson")):
        answer = writer.post("/api/v1/articles", data=content, content_type=kind)
        assert answer.status_code in (400, 413), answer.data[:200]
    assert time.process_time() - started < 2 * SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


@pytest.mark.parametrize("name", REFUSED)
def test_front_matter_beyond_the_bounds_is_the_senders_fault(visitor: FlaskClient, name: str) -> None:
    assert post(visitor, "/api/related", KNOWN[name]) == 400


def test_generated_drafts_are_answered_in_time(visitor: FlaskClient) -> None:
    for body in generated(GENERATED, seed=2):
        assert post(visitor, "/api/block", body) < 500, body[:100]


def test_generated_clicks_are_answered_in_time(visitor: FlaskClient) -> None:
    nested = [
        '{"from":' * 2000,
        "[" * 16_000,
        '{"from":' + "1" * 16_000 + "}",
        '{"from":1e999,"to":NaN}',
        '{"from":"\\ud800"}',
    ]
    for body in [*nested, *(body[:16_000] for body in generated(GENERATED, seed=3))]:
        assert 400 <= post(visitor, "/api/click", body) < 500


@pytest.mark.parametrize("path", ["/api/related", "/api/block", "/api/click"])
def test_a_body_of_a_gigabyte_is_refused_unread(visitor: FlaskClient, path: str) -> None:
    class Unread:
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

    environ = {"CONTENT_LENGTH": str(1 << 30), "wsgi.input": Unread()}
    assert visitor.post(path, environ_overrides=environ).status_code in (400, 413)


def test_a_form_is_no_draft(visitor: FlaskClient) -> None:
    kind = "multipart/form-data; boundary=x"
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 10_000
    assert visitor.post("/api/related", data=body, content_type=kind).status_code < 500


@pytest.fixture
def port(service: Flask) -> Iterator[int]:
    listener = listen("127.0.0.1", 0)
    number = listener.getsockname()[1]
    ended = threading.Event()

    def answer() -> None:
        loop = Loop(listener, service, ServerOptions(max_body=MAX_BODY))
        while not ended.is_set():
            loop.turn(0.05)
        loop.close()

    thread = threading.Thread(target=answer)
    thread.start()
    yield number
    ended.set()
    thread.join()


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (f"Content-Length: {900 * 1024**2}", b""),
        (f"Content-Length: {MAX_BODY + 1}", b""),
        (f"Content-Length: {MAX_BYTES + 1}", b"a" * (MAX_BYTES + 1)),
        ("Transfer-Encoding: chunked", (b"10000\r\n" + b"a" * 65_536 + b"\r\n") * (MAX_BODY // 65_536 + 2)),
    ],
    ids=["900 MB", "more than is taken", "more than a draft has", "chunks"],
)
def test_the_server_refuses_what_is_too_long(port: int, headers: str, body: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"POST /api/related HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n".encode() + body)
        assert b" 413 " in connection.recv(4096).partition(b"\r\n")[0] + b" "
