"""Conditional requests: a browser that has an answer asks whether it still holds, and that costs no search.

An answer can only change when the archive, the editors' rules or learned weights do, so its tag is made of the
archive's generation and edition and of the software.
The generation is read before the answer is computed: if a writer comes in between, the newer answer goes out under the
older tag and is fetched once more, which is harmless; the other way round it would stick.

The service keeps answers under their tags (`web.http.answers`) for whoever asks next.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from flask import Blueprint, Response, current_app, g, request

from web.http.answers import current_answers
from web.http.backend import current_backend
from web.http.shared_cache import KEY_BYTES

_HERE = Path(__file__).parents[1]


def revalidated(blueprint: Blueprint) -> None:
    """Gives the answers of `blueprint` an ETag, and answers 304 to whoever has the current one."""
    blueprint.before_request(_answer_if_known)
    blueprint.after_request(_stamp)


def uncached() -> None:
    """Marks the answer in the making as one that holds for this moment only."""
    g.etag = None


def _answer_if_known() -> Response | None:
    g.etag = None
    g.kept = ""
    if request.method not in ("GET", "HEAD"):
        return None
    g.etag = _current_tag()
    known = request.if_none_match
    # "*" asks whether there is anything at all, which only the view can tell
    if not known.star_tag and known.contains_weak(g.etag):
        return Response(status=304)
    answers = current_answers()
    kept = answers.get(_key(g.etag)) if answers else None
    if answers:
        g.kept = "miss" if kept is None else "hit"
    return kept


def _stamp(response: Response) -> Response:
    if response.status_code in (200, 304):
        if g.etag is None:
            g.kept = ""
            response.headers["Cache-Control"] = "no-store"
        else:
            _keep(response)
            response.set_etag(g.etag, weak=True)  # weak: took_ms differs every time
            response.headers["Cache-Control"] = "public, no-cache"
    return response


def _keep(response: Response) -> None:
    """Keeps the answer, if it is new, for whoever asks next."""
    answers = current_answers()
    if answers and g.kept == "miss" and response.status_code == 200:
        answers.put(_key(g.etag), response)


def _key(tag: str) -> bytes:
    return bytes.fromhex(tag)


def _current_tag() -> str:
    backend = current_backend()
    # The URL is part of it, so that nobody can have the tag of an answer that is an error; and the path before it, which
    # is in the links of pages. The path and the number of articles tell archives apart that follow each other on one port.
    archive = (current_app.config["DATA"], backend.generation(), backend.edition(), backend.count())
    state = (software(), archive, request.root_path, request.full_path)
    return hashlib.blake2b(repr(state).encode("utf-8", "replace"), digest_size=KEY_BYTES).hexdigest()


@cache
def software() -> str:
    """A fingerprint of the installed version and of the templates, styles and code of the service."""
    fingerprint = hashlib.blake2b(digest_size=6)
    with suppress(PackageNotFoundError):  # run from a checkout
        fingerprint.update(version("readmore").encode())
    for path in sorted(path for path in _HERE.rglob("*") if path.suffix in (".py", ".html", ".css", ".js", ".svg")):
        fingerprint.update(path.read_bytes())
    return fingerprint.hexdigest()
