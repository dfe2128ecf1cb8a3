"""Conditional requests: a browser that has an answer asks whether it still holds, and that costs no search.

An answer can only change when the archive, the editors' rules or learned weights do, so its tag is made of the
archive's generation and edition and of the software.
The generation is read before the answer is computed: if a writer comes in between, the newer answer goes out under the
older tag and is fetched once more, which is harmless; the other way round it would stick.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from flask import Blueprint, Response, current_app, g, request

from web.http.backend import current_backend

_HERE = Path(__file__).parents[1]


def revalidated(blueprint: Blueprint) -> None:
    """Gives the answers of `blueprint` an ETag, and answers 304 to whoever has the current one."""
    blueprint.before_request(_answer_if_unchanged)
    blueprint.after_request(_stamp)


def never_kept(blueprint: Blueprint) -> None:
    """Marks all answers of `blueprint` as ones that hold for their moment only."""

    def mark(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    blueprint.after_request(mark)


def uncached() -> None:
    """Marks the answer in the making as one that holds for this moment only."""
    g.etag = None


def _answer_if_unchanged() -> Response | None:
    g.etag = None
    if request.method not in ("GET", "HEAD"):
        return None
    g.etag = _current_tag()
    known = request.if_none_match
    # "*" asks whether there is anything at all, which only the view can tell
    if not known.star_tag and known.contains_weak(g.etag):
        return Response(status=304)
    return None


def _stamp(response: Response) -> Response:
    if response.status_code in (200, 304):
        if g.etag is None:
            response.headers["Cache-Control"] = "no-store"
        else:
            response.set_etag(g.etag, weak=True)  # weak: took_ms differs every time
            response.headers["Cache-Control"] = "public, no-cache"
    return response


def _current_tag() -> str:
    backend = current_backend()
    # The URL is part of it, so that nobody can have the tag of an answer that is an error. The path and the number of
    # articles tell archives apart that follow each other on one port.
    archive = (current_app.config["DATA"], backend.generation(), backend.edition(), backend.count())
    state = (software(), archive, request.full_path)
    return hashlib.blake2b(repr(state).encode("utf-8", "replace"), digest_size=12).hexdigest()


@cache
def software() -> str:
    """A fingerprint of the installed version and of the templates, styles and code of the service."""
    fingerprint = hashlib.blake2b(digest_size=6)
    with suppress(PackageNotFoundError):  # run from a checkout
        fingerprint.update(version("readmore").encode())
    for path in sorted(path for path in _HERE.rglob("*") if path.suffix in (".py", ".html", ".css", ".js", ".svg")):
        fingerprint.update(path.read_bytes())
    return fingerprint.hexdigest()
