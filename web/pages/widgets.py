"""The widgets' script and the fragments' style sheet, for pages of every other site: no key is needed for them."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

widgets = Blueprint("widgets", __name__)

FOLDER = Path(__file__).parents[1] / "widgets"
_SERVED = ("readmore.js", "fragment.css")
# The address stays the same for ever, since it stands in the pages of others: a browser asks again after an hour, and
# goes on with what it has while it does.
_KEPT = "public, max-age=3600, stale-while-revalidate=604800"


@widgets.get("/widgets/<name>")
def file(name: str) -> Response:
    """A file of the widgets."""
    response = send_from_directory(FOLDER, name if name in _SERVED else "")
    response.headers["Cache-Control"] = _KEPT
    response.headers["Access-Control-Allow-Origin"] = "*"  # a module, or a script with a digest, is asked for with CORS
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
