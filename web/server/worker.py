"""A worker process: gunicorn's, with waitress's loop over its connections."""

from __future__ import annotations

import gc
import logging
import socket
import threading
import time
from types import FrameType
from typing import Any

from gunicorn.workers.base import Worker
from waitress import create_server
from waitress.wasyncore import poll2

from web.server.channel import IDLE_SECONDS, Channel
from web.server.dispatcher import Dispatcher

MAX_HEADERS = 64 << 10  # bytes of a request's head
_SWEEP_SECONDS = 1.0  # between two looks at who is overdue
_LINGER_SECONDS = 1.0  # a stopping worker waits so long for requests that are under way on open connections
_CROWDED = 0.9  # of the connections there may be
_CROWDED_SECONDS = 1.0  # that a client has then
_POLL_SECONDS = 1.0

_log = logging.getLogger("readmore.server")


class LoopWorker(Worker):  # type: ignore[misc]  # gunicorn has no types
    """Answers requests until it is told to stop, then answers those it has and ends."""

    _server: Any = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Told to stop."""
        super().handle_exit(sig, frame)
        if self._server is not None:
            self._server.trigger.pull_trigger()  # wakes the loop

    def run(self) -> None:
        """The loop."""
        options = self.app.server_options
        dispatcher = Dispatcher(options.threads)
        self._server = server = _server_on(self.sockets[0].sock, self.wsgi, options, dispatcher)
        _wake_from_other_threads_only(server)
        gc.freeze()  # what is there now stays: no collection need look at it, or touch its pages
        next_sweep = 0.0
        while self.alive:
            self.notify()
            self._step(server, dispatcher)
            if (now := time.monotonic()) >= next_sweep:
                next_sweep = now + _SWEEP_SECONDS
                sweep(server, now, options.request_seconds)
        self._drain(server, dispatcher, options.drain_seconds)

    def _step(self, server: Any, dispatcher: Dispatcher) -> None:
        background = self.app.background
        due_in = background.due_in() if background else _POLL_SECONDS
        poll2(0.0 if dispatcher.is_waiting else min(due_in, _POLL_SECONDS), server._map)
        answered = dispatcher.run_waiting()
        if background and background.due_in() == 0.0:
            background.run_one(idle=not answered)

    def _drain(self, server: Any, dispatcher: Dispatcher, seconds: float) -> None:
        """Takes no more connections and ends when those that are open have their answers."""
        server.accepting = False
        server.del_channel(server._map)
        begun = time.monotonic()
        while server.active_channels and (now := time.monotonic()) < begun + seconds:
            self.notify()
            for channel in list(server.active_channels.values()):
                if channel.is_idle and now > begun + _LINGER_SECONDS:
                    channel.end()
            poll2(0.0 if dispatcher.is_waiting else 0.1, server._map)
            dispatcher.run_waiting()
        if server.active_channels:
            _log.warning("%d connections were cut off %d seconds after the stop", len(server.active_channels), seconds)
        dispatcher.shutdown(timeout=1)


def _server_on(listener: socket.socket, app: Any, options: Any, dispatcher: Dispatcher) -> Any:
    """waitress's server on a socket that listens. Its channels are `Channel`s."""
    server = create_server(
        app,
        sockets=[listener],
        _start=False,
        _dispatcher=dispatcher,
        ident=None,
        backlog=1024,
        connection_limit=options.max_connections,
        max_request_body_size=options.max_body,
        max_request_header_size=MAX_HEADERS,
        inbuf_overflow=options.max_body + 1,  # nothing is written to temporary files, which a full disk has no room for
        outbuf_overflow=1 << 30,
        outbuf_high_watermark=1 << 30,  # see Channel
        channel_timeout=1 << 30,  # see sweep
    )
    server.channel_class = Channel
    listener.setblocking(False)
    server.accepting = True
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it warns of connections that clients broke off
    return server


def _wake_from_other_threads_only(server: Any) -> None:
    """Spares the loop's own thread the waking of the loop, which costs it a turn."""
    own = threading.get_ident()

    def pull_trigger() -> None:
        if threading.get_ident() != own:
            server.trigger.pull_trigger()

    server.pull_trigger = pull_trigger


def sweep(server: Any, now: float, request_seconds: float) -> None:
    """Ends the connections whose clients are overdue, and where there are nearly as many as there may be, those that
    have had time for a request and not sent a whole one."""
    channels = list(server.active_channels.values())
    crowded = len(channels) > _CROWDED * server.adj.connection_limit
    limits = (_CROWDED_SECONDS, _CROWDED_SECONDS) if crowded else (request_seconds, IDLE_SECONDS)
    for channel in channels:
        if channel.is_overdue(now, *limits):
            channel.end()
