"""Clients that dawdle, break off, or ask and never read: everybody else is answered as ever."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.web.server.running import PATIENCE, Running, running, wait_until
from web.server.channel import SLOWEST, Channel

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(sample: Path) -> Iterator[Running]:
    with running(sample, "--workers", "1", "--threads", "1", "--request-seconds", "600") as service:
        yield service


def connections(service: Running, count: int, first: bytes, stack: ExitStack) -> list[socket.socket]:
    opened = []
    for _ in range(count):
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE))
        connection.sendall(first)
        opened.append(connection)
    return opened


HALF_HEAD = b"GET /api/search?q=moon HTTP/1.1\r\nHost: a\r\nX-Slow: "
HALF_BODY = b"POST /api/related HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\nMoon"


@pytest.mark.parametrize("first", [HALF_HEAD, HALF_BODY], ids=["heads", "bodies"])
def test_slow_clients_keep_nobody_out(served: Running, first: bytes) -> None:
    with ExitStack() as stack:
        slow = connections(served, 150, first, stack)
        for turn in range(5):
            for connection in slow:
                connection.sendall(b"x")
            assert served.get(f"/api/search?q=moon&offset={turn}").status == 200
            assert served.get("/api/related", "POST", b"A landing on the far side of the moon").status == 200


def test_a_slow_client_is_answered_when_it_is_done(served: Running) -> None:
    with ExitStack() as stack:
        (slow,) = connections(served, 1, HALF_HEAD, stack)
        for piece in (b"a", b"b", b"\r\n", b"Connection: close\r\n\r\n"):
            served.get("/livez")
            slow.sendall(piece)
        assert b"".join(iter(lambda: slow.recv(65536), b"")).startswith(b"HTTP/1.1 200")


def test_clients_that_ask_and_never_read_stop_nobody_and_are_ended(served: Running) -> None:
    asked = b"GET /api/search?q=*&limit=100 HTTP/1.1\r\nHost: a\r\n\r\n"
    with ExitStack() as stack:
        ended = 0
        for connection in connections(served, 4, b"", stack):
            connection.settimeout(0.2)
            with suppress(TimeoutError):
                for _ in range(500):
                    try:
                        connection.sendall(asked * 100)
                    except (BrokenPipeError, ConnectionResetError):
                        ended += 1
                        break
            assert served.get("/api/search?q=moon").status == 200
            assert served.get("/api/related", "POST", b"A landing on the far side of the moon").status == 200
        memory = Path(f"/proc/{served.workers()[0]}/status").read_text()
        resident = int(memory.split("VmRSS:")[1].split()[0])
        assert resident < 1_000_000  # KiB; each of them asked for hundreds of megabytes


def test_requests_sent_together_are_all_answered_in_their_order(served: Running) -> None:
    paths = [f"/api/search?q=moon&limit={limit}" for limit in range(1, 30)]
    with ExitStack() as stack:
        requests = b"".join(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode() for path in paths)
        last = b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        (connection,) = connections(served, 1, requests + last, stack)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    bodies = [piece.partition(b"\r\n\r\n")[2] for piece in received.split(b"HTTP/1.1 200 OK")[1:]]
    assert [len(json.loads(body)["hits"]) for body in bodies[:-1]] == [
        len(served.get(path).json["hits"]) for path in paths
    ]
    assert json.loads(bodies[-1]) == {"status": "ok"}


def test_many_that_send_many_requests_at_once_keep_nobody_out(sample: Path) -> None:
    """A reader is answered after some requests of each of them, not after all."""
    many = b"GET /api/v1/search?q=moon&limit=1 HTTP/1.1\r\nHost: a\r\n\r\n" * 60
    with running(sample, "--workers", "1", "--cache-mb", "0") as service, ExitStack() as stack:
        connections(service, 100, many, stack)
        assert service.get("/api/v1/search?q=mars&limit=1", User_Agent="reader").status == 200
        wait_until(lambda: any('"agent":"reader"' in line for line in service.said))
        asked = [line for line in service.said if '"method":"GET"' in line]
        before = next(place for place, line in enumerate(asked) if '"agent":"reader"' in line)
        assert before < 3000, "of 6000"


def test_a_text_being_read_does_not_keep_readers_waiting(served: Running) -> None:
    """Requests with a text have threads of their own."""
    texts = [threading.Thread(target=served.get, args=("/api/related", "POST", b"moon " * 20_000)) for _ in range(4)]
    for thread in texts:
        thread.start()
    assert served.get("/api/search?q=moon").status == 200
    for thread in texts:
        thread.join()


def test_who_takes_too_long_is_let_go(sample: Path) -> None:
    with running(sample, "--workers", "1", "--request-seconds", "1") as service, ExitStack() as stack:
        for connection in connections(service, 20, HALF_HEAD, stack):
            with suppress(ConnectionResetError):
                assert connection.recv(1) == b""
        assert service.get("/livez").status == 200


def test_more_connections_than_there_may_be(sample: Path) -> None:
    with running(sample, "--workers", "1", "--max-connections", "30") as service, ExitStack() as stack:
        connections(service, 60, HALF_HEAD, stack)
        assert service.get("/api/search?q=moon").status == 200  # once some of them had to go


TWO_LENGTHS = (
    b"POST /api/related %b\r\nHost: a\r\ncontent-length: 5\r\nTransfer-Encoding: %b\r\n\r\n"
    b"0\r\n\r\nGET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", 431),
        (b"POST /api/related HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n", 413),
        (b"POST /api/related HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /api/related HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (TWO_LENGTHS % (b"HTTP/1.1", b"chunked"), 400),
        (TWO_LENGTHS % (b"HTTP/1.0", b"chunked"), 400),
        (TWO_LENGTHS % (b"HTTP/1.1", b"identity"), 400),
    ],
    ids=[
        "TLS",
        "long head",
        "long body",
        "negative length",
        "bad chunk",
        "two lengths",
        "two lengths of old",
        "two lengths, one of another kind",
    ],
)
def test_what_is_no_request_is_refused_in_json(served: Running, sent: bytes, status: int) -> None:
    with ExitStack() as stack:
        (connection,) = connections(served, 1, sent, stack)
        received = b""
        with suppress(ConnectionResetError):  # as it is by whoever refuses to read all of it
            while piece := connection.recv(65536):
                received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.split()[1] == str(status).encode()
    assert json.loads(body)["error"]["status"] == status
    wait_until(lambda: any(f": {status} " in line or f" {status} " in line for line in served.said))


def test_how_long_a_request_may_take() -> None:
    class Partial(Channel):
        def __init__(self) -> None:
            self.requests: list[object] = []
            self.request: object = object()
            self.total_outbufs_len = 0
            self._begun = self._active = 100.0
            self._taken = 0

    channel = Partial()
    assert not channel.is_overdue(119, 20, 75)
    assert channel.is_overdue(121, 20, 75)
    channel._taken = 60 * SLOWEST  # a long body that comes in as it should
    assert not channel.is_overdue(179, 20, 75)
    assert channel.is_overdue(181, 20, 75)
    channel.requests = [object()]  # it is being answered
    assert not channel.is_overdue(1000, 20, 75)
    channel.requests, channel.request = [], None
    assert not channel.is_overdue(174, 20, 75)
    assert channel.is_overdue(176, 20, 75)
    channel.total_outbufs_len = 1  # an answer that nobody reads
    assert channel.is_overdue(121, 20, 75)
