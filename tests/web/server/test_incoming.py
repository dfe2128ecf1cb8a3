"""Bodies that come in: what a process holds of them is bounded, and the largest have to go first."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.web.server.running import PATIENCE
from web.server.loop import Loop, ServerOptions

MOST = 2 << 20


def app(environ: dict[str, object], start_response: object) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "2")])  # type: ignore[operator]
    return [b"ok"]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def test_too_many_large_bodies_at_once_end_the_largest(listener: socket.socket) -> None:
    loop = Loop(listener, app, ServerOptions(max_body=4 << 20, max_incoming=MOST, request_seconds=600))
    address = listener.getsockname()

    def sender(part: int) -> socket.socket:
        """A client that has sent so many bytes of a longer body, all of which have come in."""
        connection = stack.enter_context(socket.create_connection(address))
        before = held()
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n")
        for _ in range(part >> 16):
            connection.sendall(b"a" * (1 << 16))
            loop.turn(0.01)
        turn_until(lambda: ended(connection) or held() - before >= part)
        return connection

    def turn_until(holds: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end
            loop.turn(0.01)

    def held() -> int:
        return sum(channel.incoming for channel in list(loop._server.active_channels.values()))

    try:
        with ExitStack() as stack:
            small, large, middle = sender(1 << 16), sender(1 << 20), sender(3 << 18)
            assert not any(ended(connection) for connection in (small, large, middle))
            another = sender(1 << 19)
            turn_until(lambda: ended(large))
            loop.sweep(time.monotonic())
            for _ in range(20):  # and nobody else
                loop.turn(0.01)
            assert not any(ended(connection) for connection in (small, middle, another))
            assert held() <= MOST
    finally:
        loop.close()


def ended(connection: socket.socket) -> bool:
    """Whether the other side has ended the connection; nothing else is sent here before the body is whole."""
    poll = select.poll()  # not select(), which knows only the first 1,024 files that a process has open
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))
