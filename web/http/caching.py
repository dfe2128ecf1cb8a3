"""Conditional requests: a browser that has an answer asks whether it still holds, and that costs no search.

An answer can only change when the archive, the editors' rules or learned weights do, so its tag is made of the
archive's generation and edition and of the software.
The generation is read before the answer is computed: if a writer comes in between, the newer answer goes out under the
older tag and is fetched once more, which is harmless; the other way round it would stick.

The service keeps answers under their tags (`web.http.answers`) for whoever asks next. Beside an answer that may lag
(`web.http.refreshing`) it keeps which tag was the last, under a key that stays the same while articles are only added.
"""

from __future__ import annotations

import hashlib
import struct
import time
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Flask, Response, current_app, g, request

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.file_stamp import NO_FILE, stamp
from web.http import refreshing
from web.http.answers import Answers, current_answers
from web.http.backend import current_backend
from web.http.refreshing import Refresher, current_refresher
from web.http.rendering import theme_version
from web.http.shared_cache import KEY_BYTES

_HERE = Path(__file__).parents[1]
_SOFTWARE = (".py", ".html", ".css", ".js", ".svg", ".po")
_LAST = struct.Struct(f"<{KEY_BYTES}s{KEY_BYTES}sq")  # key, tag and generation of the last answer of a series
HIT, MISS, LAGGING = "hit", "miss", "lagging"


class _State(NamedTuple):
    """What the answer to the current request depends on."""

    tag: str
    key: bytes  # what it is kept under
    series: bytes  # the same for the answers of generations between which articles were only added
    generation: int
    age: float  # seconds since it came


def revalidated(blueprint: Blueprint) -> None:
    """Gives the answers of `blueprint` an ETag, and answers 304 to whoever has the current one."""
    blueprint.before_request(_answer_if_known)
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


def let_lag(app: Flask, seconds: float) -> Refresher | None:
    """Has `app` give answers of the generation before for so many seconds, see `web.http.refreshing`, while somebody
    runs what comes back; None for 0."""
    refresher = Refresher(app, seconds, _compute) if seconds else None
    if refresher is not None:
        refreshing.install(app, refresher)
    return refresher


def _answer_if_known() -> Response | None:
    g.etag, g.kept = None, ""
    if request.method not in ("GET", "HEAD"):
        return None
    state = _state()
    g.etag, g.state = state.tag, state
    kept = _kept(state)
    known = request.if_none_match
    # "*" asks whether there is anything at all, which only the view can tell
    if not known.star_tag and known.contains_weak(g.etag):
        return Response(status=304)
    return kept


def _kept(state: _State) -> Response | None:
    """The answer that is kept, if one is; it may have an older tag, which then is in `g`."""
    answers = current_answers()
    if answers is None:
        return None
    kept, g.kept = answers.get(state.key), HIT
    if kept is None:
        kept, g.kept = _lagging(answers, state), LAGGING
    if kept is None:
        g.kept = MISS
    return kept


def _lagging(answers: Answers, state: _State) -> Response | None:
    refresher = current_refresher()
    last = answers.cache.get(state.series) if refresher is not None else None
    if refresher is None or last is None:
        return None
    key, tag, generation = _LAST.unpack(last)
    if not refresher.may_lag(state.generation, state.age, generation):
        if refreshing.is_search():
            g.began = time.monotonic()
        return None
    kept = answers.get(key)
    if kept is not None:
        g.etag = tag.hex()
        refresher.note()
    return kept


def _compute() -> None:
    """Makes the answer to the current request and keeps it, unless another process has or is about to."""
    state = _state()
    answers = current_answers()
    if answers is None or answers.get(state.key) is not None or request.endpoint is None:
        return
    if answers.cache.get(claim := _digest(state.key, "claim")) is not None:
        return  # should that process die, the next who asks once answers may not lag any more gets a new one
    answers.cache.put(claim, b"taken")
    g.etag, g.state, g.kept = state.tag, state, MISS
    view = current_app.view_functions[request.endpoint]
    response = current_app.make_response(current_app.ensure_sync(view)(**(request.view_args or {})))
    if g.etag is not None:
        _keep(response)


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
    if answers and g.kept == MISS and response.status_code == 200:
        answers.put(g.state.key, response)
        refresher = current_refresher()
        if refresher is not None:
            last = _LAST.pack(g.state.key, bytes.fromhex(g.state.tag), g.state.generation)
            answers.cache.put(g.state.series, last)
            if "began" in g:
                refresher.computed(time.monotonic() - g.began)


def _state() -> _State:
    backend = current_backend()
    # After a restore the numbers begin again where the copy was taken. What is kept in memory must not be of the other
    # archive that had the same ones; tags do not tell, since they are the same on all machines with the same archive.
    articles, index, names = _places(current_app.config["DATA"])
    _, database, _ = stamp(articles, names[0])
    manifest = stamp(index, names[1])
    generation = backend.generation()
    # The URL is part of it, so that nobody can have the tag of an answer that is an error; and the path before it,
    # which is in the links of pages.
    # Absolute addresses are in feeds; whoever asks under another name must not decide what others get.
    base = request.url_root if request.blueprint in current_app.config["ABSOLUTE"] else request.root_path
    what = (software(), theme_version(), current_app.config["DATA"], backend.edition(), base, request.full_path)
    # The path of the archive and the number of articles tell archives apart that follow each other on one port.
    tag = _digest(what, generation, backend.count())
    age = max(0.0, time.time() - manifest[0] / 1e9) if manifest != NO_FILE else 0.0
    return _State(tag.hex(), _digest(tag, database, manifest), _digest(what, database), generation, age)


@cache
def _places(data: Path) -> tuple[str, str, tuple[str, str]]:
    """The folders of the articles and of the index, and the names of the files in them that tell states apart."""
    folder = ArchiveFolder(data)
    return str(folder.path), str(folder.index.path), (folder.articles.name, folder.index.manifest.name)


def _digest(*parts: object) -> bytes:
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=KEY_BYTES).digest()


@cache
def software() -> str:
    """A fingerprint of the installed version and of the templates, styles and code of the service."""
    fingerprint = hashlib.blake2b(digest_size=6)
    with suppress(PackageNotFoundError):  # run from a checkout
        fingerprint.update(version("readmore").encode())
    for path in sorted(path for path in _HERE.rglob("*") if path.suffix in _SOFTWARE):
        fingerprint.update(path.read_bytes())
    return fingerprint.hexdigest()
