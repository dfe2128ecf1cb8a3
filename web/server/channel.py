"""A connection, which may hold up nobody but itself.

waitress reads requests without a thread waiting for them, so slow clients cost a connection and nothing else. Four
things are added: a time in which a request must have come in, an end for clients that ask and never read, when a
connection may be closed while the server stops, and the refusal of requests that state two lengths.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask

MAX_UNREAD = 256 << 10
"""Bytes of earlier answers that a client may leave unread while its next request, sent without waiting, is answered."""
MAX_BUFFERED = 64 << 20  # bytes of one answer that wait to be read
SLOWEST = 10_000  # bytes a second by which a body must come in, once the time for a request is over
IDLE_SECONDS = 75  # a connection without a request is kept; longer than proxies keep theirs, so that they close first


_log = logging.getLogger("readmore.server")


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Reads a request, but none that states the length of its body in two ways: proxies and servers differ in which
    they believe, and what one takes for the body the other takes for the next request (RFC 9112, section 6.1)."""

    def parse_header(self, header_plus: bytes) -> None:
        """Reads the head. Raises ParsingError."""
        names = {line.partition(b":")[0].strip().lower() for line in header_plus.split(b"\r\n")[1:]}
        if {b"transfer-encoding", b"content-length"} <= names:
            raise ParsingError("a request has a Content-Length or a Transfer-Encoding, not both")
        super().parse_header(header_plus)


class _Refusal(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """The answer to what is no request, or too large for one, in the service's own form."""

    def execute(self) -> None:
        """Sends it and ends the connection."""
        error = self.request.error
        code = "_".join(error.reason.lower().split())
        problem = {"code": code, "message": str(error.body), "status": error.code}
        body = json.dumps({"error": problem}).encode()
        _log.info("refused what %s sent: %d %s", self.channel.addr[0], error.code, error.body)
        self.status = f"{error.code} {error.reason}"
        self.response_headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection of the service."""

    parser_class = _Parser
    error_task_class = _Refusal
    is_last = False
    """Whether the next answer is the last one, as its client is told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._partial: object | None = None  # the request that has come in in part
        self._begun = self._active = time.monotonic()  # when that began; when something last came in or went out
        self._taken = 0  # bytes of it

    def received(self, data: bytes) -> bool:
        """Takes in what has come."""
        taken: bool = super().received(data)
        self._active = time.monotonic()
        if self.request is not self._partial:
            self._partial, self._begun, self._taken = self.request, self._active, 0
        self._taken += len(data)
        return taken

    def handle_write(self) -> None:
        """Sends what can be sent."""
        before = self.total_outbufs_len
        super().handle_write()
        if self.total_outbufs_len < before:
            self._active = time.monotonic()

    def service(self) -> None:
        """Answers one request, or ends the connection of a client that leaves the answers before it unread."""
        if self.total_outbufs_len > MAX_UNREAD and not self._drained_to(MAX_UNREAD):
            self.cancel()
        if self.is_last:
            self.requests[0].headers["CONNECTION"] = "close"
        super().service()
        if self.connected and self.total_outbufs_len:
            self._drained_to(0)  # at once, not in the loop's next turn

    def _flush_outbufs_below_high_watermark(self) -> None:
        """Where waitress has a thread wait for a client to read, ours ends the connection: in the loop's own thread
        nobody may wait."""
        if self.total_outbufs_len > MAX_BUFFERED and not self._drained_to(MAX_BUFFERED):
            self.cancel()
            self.server.pull_trigger()

    def _drained_to(self, most: int) -> bool:
        """Whether, once all is sent that the client's side takes, no more than so many bytes are left."""
        with self.outbuf_lock:
            self._flush_exception(self._flush_some, do_close=False)
        return bool(self.connected and self.total_outbufs_len <= most)

    @property
    def is_reading(self) -> bool:
        """Whether a request has come in in part."""
        return self.request is not None

    @property
    def incoming(self) -> int:
        """Bytes that are held of a request that has come in in part."""
        return self._taken if self.is_reading else 0

    def has_been_idle(self, now: float, seconds: float) -> bool:
        """Whether, at the monotonic time `now`, there has been no request for so many seconds, not even a part of one,
        and nothing left to send."""
        return not (self.requests or self.request or self.total_outbufs_len) and now - self._active > seconds

    def is_overdue(self, now: float, request_seconds: float, idle_seconds: float) -> bool:
        """Whether its client took too long, at the monotonic time `now`: with a request, with reading its answer, or
        with asking for anything."""
        if self.requests:
            return False
        if self.is_reading:
            return now - self._begun > request_seconds + self._taken / SLOWEST
        return now - self._active > (request_seconds if self.total_outbufs_len else idle_seconds)

    def end(self) -> None:
        """Has the loop close it."""
        self.will_close = True
