"""Errors as answers: one JSON shape for programs, one page for people, and never a traceback."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, jsonify, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from indexer.base.errors import (
    ArchiveNotFoundError,
    ArticleError,
    ArticleNotFoundError,
    IndexDamagedError,
    QueryError,
    ReadmoreError,
    WriteError,
    shown,
)
from recommender.request.drafts import DraftError
from search.usage.events import ClickError, EventError
from web.http.hosts import names_no_host
from web.http.refused import RefusedError
from web.http.rendering import render
from web.writing.turns import BusyError

# The first class an error is an instance of decides.
STATUS: tuple[tuple[type[ReadmoreError], str, int], ...] = (
    (ArticleNotFoundError, "article_not_found", 404),
    (QueryError, "bad_query", 400),
    (ClickError, "bad_click", 400),
    (EventError, "bad_event", 400),
    (BusyError, "busy", 503),
    (ArticleError, "bad_url", 400),  # raised for a 'url' that names no article a browser could follow
    (ArchiveNotFoundError, "archive_not_found", 503),
    (WriteError, "cannot_store", 503),
    (IndexDamagedError, "index_damaged", 503),
    (ReadmoreError, "archive_unavailable", 503),
)
_NOT_WORD = re.compile(r"[^a-z]+")
_NOT_SUBJECT = re.compile(r"\A\d{4}-\d\d(?:-\d\d)?-|-[0-9a-f]{8}\Z")  # what an id has of a date and of a digest
_FOR_PROGRAMS = ("/api", "/healthz", "/livez", "/readyz", "/metrics")  # paths, and what is below them
_HEADINGS = {
    "article_not_found": "There is no such article",
    "not_found": "There is no such page",
    "internal_error": "Something went wrong here",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as the client is told of it."""

    code: str
    message: str
    status: int
    parameter: str = ""  # what of the request is at fault, where that is one thing
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        """The heading of the page that reports it."""
        if self.code in _HEADINGS:
            return _HEADINGS[self.code]
        return "The archive is not available" if self.status == 503 else "That request cannot be answered"


def problem_of(error: Exception) -> Problem:
    """What to tell the client about `error`."""
    if isinstance(error, RefusedError):
        return Problem(error.code, _without_folders(str(error)), error.status, error.parameter, error.headers)
    if isinstance(error, DraftError):
        return Problem(error.code, str(error), 413 if error.code == "draft_too_large" else 400)
    if isinstance(error, ReadmoreError):
        code, status = next((code, status) for kind, code, status in STATUS if isinstance(error, kind))
        parameter = error.parameter if isinstance(error, QueryError) else ""
        headers = {"Retry-After": f"{error.retry_after:.0f}"} if isinstance(error, BusyError) else {}
        return Problem(code, _without_folders(str(error)), status, parameter, headers)
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        code = _NOT_WORD.sub("_", error.name.lower()).strip("_")
        if error.code == 404:
            return Problem(code, f"nothing is at {shown(request.path)}", 404)
        return Problem(code, shown_whole(error.description or error.name), error.code)
    return Problem("internal_error", "the service failed to answer; its log says why", 500)


def shown_whole(text: str) -> str:
    """`text` on one line."""
    return " ".join(text.split())


def _without_folders(message: str) -> str:
    """`message` with the archive named by its folder only: where that is on the machine is nobody's business."""
    for parent in current_app.config["FOLDERS_ABOVE"]:
        message = message.replace(parent + "/", "")
    return message


def folders_above(data: Path) -> tuple[str, ...]:
    """What may stand before the name of the folder `data` in a message, the longest first. It is asked for when the
    service starts: later the folder that it was started in may be gone, and no relative path can be resolved."""
    found = {str(data.parent)}
    with suppress(OSError):
        found |= {str(data.absolute().parent), str(data.resolve().parent)}
    return tuple(sorted(found - {".", "/"}, key=len, reverse=True))


def wants_json() -> bool:
    """Whether an error of this request is told as JSON, even where nothing is at the path: in the API always, elsewhere
    where the client prefers it to a page, or did not ask for a page and sent something."""
    if request_ctx.url_adapter is None or names_no_host():
        return True  # the Host header is none, and no address of a page's links can be made
    if any(request.path == path or request.path.startswith(f"{path}/") for path in _FOR_PROGRAMS):
        return True
    accepted = request.accept_mimetypes
    if request.method not in ("GET", "HEAD") and "text/html" not in accepted.values():
        return True
    return bool(accepted["application/json"] > accepted["text/html"])


def _answer(error: Exception) -> BaseResponse:
    problem = problem_of(error)
    if problem.status >= 500:
        current_app.logger.error("%s %s: %s", request.method, request.path, error, exc_info=_unforeseen(error))
    response = _as_json(problem) if wants_json() else _as_page(problem)
    response.status_code = problem.status
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(problem.headers)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name == "Allow":  # a 405 must say what is allowed
                response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Exception | None:
    """`error` if its traceback is worth logging; the message of a ReadmoreError says it all."""
    return None if isinstance(error, ReadmoreError) else error


def _as_json(problem: Problem) -> Response:
    body: dict[str, Any] = {"code": problem.code, "message": problem.message, "status": problem.status}
    if problem.parameter:
        body["parameter"] = problem.parameter
    return jsonify(error=body)


def _as_page(problem: Problem) -> Response:
    return render("error.html", problem=problem, query=_guess(problem))


def _guess(problem: Problem) -> str:
    """A query for the search box of the page: the words of an id that leads nowhere are what it was about."""
    view_args = request.view_args or {}
    if problem.code != "article_not_found" or "id" not in view_args:
        return ""
    words = _NOT_SUBJECT.sub("", str(view_args["id"]))
    return " ".join(re.split(r"[\W_]+", words)).strip()[:100]


def register(app: Flask) -> None:
    """Answers every error of `app`, foreseen or not."""
    app.register_error_handler(Exception, _answer)
