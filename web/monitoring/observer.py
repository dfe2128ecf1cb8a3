"""Every request: its id, its line in the log, its place in the metrics.

The log has the path of a request and not what stands behind the question mark, where readers' queries and addresses of
pages are, unless it is told to.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, g, request

from web.monitoring.lines import Lines, now
from web.monitoring.metrics import Metrics

ID = "readmore.request_id"
"""Where a request's id is in its environ."""
TRUSTED_ID = "readmore.trusted_request_id"
"""Where the id is that a trusted proxy gave the request."""
_ROUTE = "readmore.route"
_KEPT = "readmore.kept"
_GOOD_ID = re.compile(r"[\w.:-]{1,100}\Z", re.ASCII)
_MAX_PATH, _MAX_AGENT = 500, 200  # characters in the log

WsgiApp = Callable[..., Iterable[bytes]]


class Observer:
    """Wraps a WSGI application."""

    def __init__(
        self, app: WsgiApp, lines: Lines, metrics: Metrics, *, log_queries: bool = False, log_addresses: bool = True
    ) -> None:
        self._app = app
        self._lines = lines
        self._metrics = metrics
        self._queries = log_queries
        self._addresses = log_addresses

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()
        request_id = environ[ID] = _id_of(environ)
        status, size = "500", "0"

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status, size
            status = line[:3]
            size = next((value for name, value in headers if name.lower() == "content-length"), "0")
            return start_response(line, [*headers, ("X-Request-ID", request_id)], exc_info)

        try:
            return self._app(environ, start)
        finally:
            seconds = time.perf_counter() - began
            route, kept = environ.get(_ROUTE, "none"), environ.get(_KEPT, "")
            self._metrics.count(route, environ["REQUEST_METHOD"], status, seconds, kept)
            self._lines.write(self._line(environ, status, size, seconds))

    def _line(self, environ: dict[str, Any], status: str, size: str, seconds: float) -> dict[str, Any]:
        line = {
            "time": now(),
            "request": environ[ID],
            "method": environ["REQUEST_METHOD"][:20],
            "path": (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))
            .encode("latin-1")
            .decode("utf-8", "replace")[:_MAX_PATH],
            "status": int(status),
            "ms": round(seconds * 1000, 2),
            "bytes": int(size),
            "kept": environ.get(_KEPT, ""),
            "agent": environ.get("HTTP_USER_AGENT", "")[:_MAX_AGENT],
            "worker": os.getpid(),
        }
        if self._addresses:
            line["address"] = environ.get("REMOTE_ADDR", "")
        if self._queries:
            line["query"] = environ.get("QUERY_STRING", "")[:_MAX_PATH]
        return line


def _id_of(environ: dict[str, Any]) -> str:
    given = environ.get(TRUSTED_ID, "")
    return given if _GOOD_ID.match(given) else secrets.token_hex(8)


def register(app: Flask) -> None:
    """Has `app` say which of its routes answers, and whether the answer was kept, for the observer around it."""
    app.before_request(_note_route)
    app.after_request(_note_kept)


def _note_route() -> None:
    request.environ[_ROUTE] = request.url_rule.rule if request.url_rule else "none"


def _note_kept(response: Any) -> Any:
    request.environ[_KEPT] = g.get("kept", "")
    return response
