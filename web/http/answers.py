"""Answers that are kept, so that what is asked again costs no search.

An answer is kept under its tag (`web.http.caching`), which is made of all that it depends on: as soon as any of that
changes the tag is another one, and what was kept is never found again. So nothing that was withdrawn is served.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from flask import Flask, Response, current_app, g

from web.http.shared_cache import SharedCache

_EXTENSION = "readmore-answers"
_HEAD = struct.Struct("<Hi")  # length of the content type, which stands before the body; articles that a search found
_KEPT_HEADERS = {"Content-Type", "Content-Length"}  # an answer with any other is not kept


@dataclass(slots=True)
class Answers:
    """The answers that are kept."""

    cache: SharedCache

    def get(self, key: bytes) -> Response | None:
        """The answer under the key, if it is there. How many articles it found is in `g.found` then."""
        record = self.cache.get(key)
        if record is None:
            return None
        length, g.found = _HEAD.unpack_from(record)
        end = _HEAD.size + length
        return Response(record[end:], content_type=record[_HEAD.size : end].decode("latin-1"))

    def put(self, key: bytes, response: Response) -> None:
        """Keeps an answer that is nothing but a body and its type, and `g.found` of it (`web.http.searches`)."""
        if response.is_streamed or response.direct_passthrough or set(response.headers.keys()) - _KEPT_HEADERS:
            return
        kind = (response.content_type or "").encode("latin-1")
        self.cache.put(key, _HEAD.pack(len(kind), g.get("found", -1)) + kind + response.get_data())


def install(app: Flask, megabytes: int) -> None:
    """Has `app` keep answers, up to so many megabytes; none for 0."""
    if megabytes:
        app.extensions[_EXTENSION] = Answers(SharedCache(megabytes << 20))


def current_answers() -> Answers | None:
    """The answers that the application keeps, None if it keeps none."""
    answers: Answers | None = current_app.extensions.get(_EXTENSION)
    return answers
