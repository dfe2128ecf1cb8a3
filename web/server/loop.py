"""waitress's loop over the connections of one process."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from waitress import create_server
from waitress.wasyncore import poll2

from web.server.channel import IDLE_SECONDS, Channel
from web.server.dispatcher import Dispatcher

MAX_HEADERS = 64 << 10  # bytes of a request's head
_SWEEP_SECONDS = 1.0  # between two looks at who is overdue
_LINGER_SECONDS = 1.0  # a loop that ends waits so long for requests that are under way on open connections
_ACCEPTED_AT_ONCE = 32  # connections that a busy process takes in a turn, and no more: another may be idle
_CROWDED = 0.9  # of the connections there may be
_CROWDED_SECONDS = 1.0  # that a client has then
_log = logging.getLogger("readmore.server")

App = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How it is served. `max_body` is in bytes, as is `max_incoming`: what a process holds of requests that have come
    in in part, before anybody knows whether their senders have a key."""

    workers: int = 1
    threads: int = 1
    max_connections: int = 1000
    max_body: int = 1 << 20
    max_incoming: int = 256 << 20
    request_seconds: int = 20
    drain_seconds: int = 30


class Background(Protocol):
    """What a process does beside answering, in small pieces."""

    def due_in(self) -> float:
        """Seconds until there is something to do; infinity where there is nothing."""

    def run_one(self, *, idle: bool) -> None:
        """Does the next piece. `idle` says that no request came in since the last one."""


class Loop:
    """Answers, in the thread that calls `turn` over and over, what comes in on a socket that listens."""

    def __init__(
        self, listener: socket.socket, app: App, options: ServerOptions, background: Background | None = None
    ) -> None:
        self._options = options
        self._background = background
        self._dispatcher = Dispatcher(options.threads)
        self._server = _server_on(listener, app, options, self._dispatcher)
        self._next_sweep = 0.0

    def turn(self, longest: float) -> None:
        """Waits, up to so many seconds, until something comes in, and answers it."""
        due_in = self._background.due_in() if self._background else longest
        answered = self._answer(min(due_in, longest))
        if self._background and self._background.due_in() == 0.0:
            self._background.run_one(idle=not answered)
        now = time.monotonic()
        if now >= self._next_sweep:
            self._next_sweep = now + _SWEEP_SECONDS
            self.sweep(now)

    def wake(self) -> None:
        """Ends the waiting of `turn`. For other threads and signal handlers."""
        self._server.trigger.pull_trigger()

    def drain(self, notify: Callable[[], None]) -> None:
        """Takes no more connections and comes back when those that are open have their answers."""
        server, begun = self._server, time.monotonic()
        self._stop_listening()
        while server.active_channels and (now := time.monotonic()) < begun + self._options.drain_seconds:
            notify()
            for channel in list(server.active_channels.values()):
                channel.is_last = True
                if channel.has_been_idle(now, _LINGER_SECONDS):
                    channel.end()
            self._answer(0.1)
        if server.active_channels:
            _log.warning("the service stops with %d connections unanswered", len(server.active_channels))

    def _stop_listening(self) -> None:
        """Takes the connections that have been made already, and lets go of the socket, so that no more are."""
        server = self._server
        before = -1
        while len(server.active_channels) > before:
            before = len(server.active_channels)
            server.handle_accept()
        server.accepting = False
        server.del_channel(server._map)
        server.socket.close()

    def close(self) -> None:
        """Lets go of all connections, and of the socket."""
        self._dispatcher.shutdown(timeout=1)
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()

    def sweep(self, now: float) -> None:
        """Ends the connections whose clients are overdue, and where there are nearly as many as there may be, those
        that have had time for a request and not sent a whole one."""
        channels = list(self._server.active_channels.values())
        crowded = len(channels) > _CROWDED * self._options.max_connections
        limits = (_CROWDED_SECONDS,) * 2 if crowded else (self._options.request_seconds, IDLE_SECONDS)
        for channel in channels:
            if channel.is_overdue(now, *limits):
                channel.end()
        self._make_room([channel for channel in channels if channel.incoming])

    def _make_room(self, channels: list[Channel]) -> None:
        """Ends those of `channels` that have sent most, until no more is held of requests than may be."""
        channels.sort(key=lambda channel: channel.incoming)
        held = sum(channel.incoming for channel in channels)
        while held > self._options.max_incoming:
            largest = channels.pop()
            held -= largest.incoming
            _log.warning("ended the connection of %s: too many large bodies at once", largest.addr[0])
            largest.end()

    def _answer(self, longest: float) -> bool:
        poll2(0.0 if self._dispatcher.is_waiting else longest, self._server._map)
        if self._dispatcher.is_waiting:
            self._accept_more()
        return self._dispatcher.run_waiting()

    def _accept_more(self) -> None:
        """Takes some of the connections that wait. waitress takes one in each turn of the loop, so behind a hundred
        that send a hundred requests each, a reader would wait until nearly all of these are answered."""
        server = self._server
        for _ in range(_ACCEPTED_AT_ONCE):
            before = len(server.active_channels)
            if not (server.accepting and server.readable()):
                return
            server.handle_accept()
            if len(server.active_channels) == before:
                return


def _server_on(listener: socket.socket, app: App, options: ServerOptions, dispatcher: Dispatcher) -> Any:
    """waitress's server on a socket that listens. Its channels are `Channel`s."""
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it warns of connections that clients broke off
    server = create_server(
        app,
        sockets=[listener],
        _start=False,
        _dispatcher=dispatcher,
        ident=None,
        connection_limit=options.max_connections,
        max_request_body_size=options.max_body,
        max_request_header_size=MAX_HEADERS,
        inbuf_overflow=options.max_body + 1,  # nothing goes into temporary files, which a full disk has no room for
        outbuf_overflow=1 << 30,
        outbuf_high_watermark=1 << 30,  # see Channel
        clear_untrusted_proxy_headers=False,  # see web.server.proxy
        channel_timeout=1 << 30,  # see Loop.sweep
    )
    server.channel_class = Channel
    listener.setblocking(False)
    server.accepting = True
    own = threading.get_ident()

    def pull_trigger() -> None:
        if threading.get_ident() != own:  # waking itself would cost the loop a turn
            server.trigger.pull_trigger()

    server.pull_trigger = pull_trigger
    return server
