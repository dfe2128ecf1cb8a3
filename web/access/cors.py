"""From which other sites' pages a browser may use the API."""

from __future__ import annotations

from flask import Response, request

from web.http.errors import wants_json

DEFAULT_ORIGINS = ("*",)
"""Every page may read, as it may read the site itself: no cookie is taken, so a page sees what anybody would see."""

_HEADERS = "Authorization, Content-Type, If-Match, If-None-Match"
_SHOWN = "ETag, Retry-After"
_SECONDS = "600"


def allow(response: Response, origins: tuple[str, ...]) -> Response:
    """Tells the browser that the page which asks may read the answer, if it is one of `origins`: of
    ``https://site.example`` each, or ``*`` for all."""
    if not wants_json():
        return response
    origin = request.headers.get("Origin", "")
    if "*" in origins:
        response.headers.add("Access-Control-Allow-Origin", "*")
    else:
        response.vary.add("Origin")
        if origin not in origins:
            return response
        response.headers["Access-Control-Allow-Origin"] = origin
    response.headers.add("Access-Control-Expose-Headers", _SHOWN)
    if request.method == "OPTIONS":  # a browser asks before it sends JSON or a key from there
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = _HEADERS
        response.headers["Access-Control-Max-Age"] = _SECONDS
    return response
