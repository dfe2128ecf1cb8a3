"""Bodies of requests: read within bounds of size and time, and no sooner than somebody wants them."""

from __future__ import annotations

import time

from flask import request

from indexer.base.errors import ReadmoreError
from indexer.sources.limits import MAX_ARTICLE_BYTES
from web.http.refused import RefusedError

MAX_BULK = 16_000_000
"""Bytes of the largest body that any route takes."""
MAX_ONE = MAX_ARTICLE_BYTES
"""Bytes of a body that is one article."""
SECONDS = 30.0
"""Seconds that a body may take to come in."""

_PIECE = 65_536


def body_of(most: int, too_large: ReadmoreError) -> bytes:
    """The body of the current request. Raises `too_large` for one of more than `most` bytes, unread where its length is
    given and else read no further, and RefusedError for one that comes too slowly."""
    if (request.content_length or 0) > most:
        raise too_large
    deadline = time.monotonic() + SECONDS
    pieces: list[bytes] = []
    room = most + 1
    while room > 0 and (piece := request.stream.read(min(_PIECE, room))):
        pieces.append(piece)
        room -= len(piece)
        if time.monotonic() > deadline:
            raise RefusedError("body_too_slow", f"the body did not come within {SECONDS:.0f} s", 408)
    if room <= 0:
        raise too_large
    return b"".join(pieces)


def too_large(most: int) -> RefusedError:
    """The refusal of a body of more than `most` bytes."""
    return RefusedError("body_too_large", f"the body may have {most:,} bytes at most", 413)
