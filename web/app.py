"""The application factory."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, request

from web import errors
from web.api import api
from web.backend import ArchiveBackend, Backend, BackendHandle
from web.caching import software
from web.pages import pages
from web.rendering import Utf8Json

# Nothing is loaded from elsewhere and nothing is inline: whatever an article smuggles in, a browser won't run it.
_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_YEAR = 365 * 24 * 3600


def create_app(data: str | Path, *, backend: Backend | None = None) -> Flask:
    """The service for the archive in the folder `data`, or for any other `backend`.

    The archive is opened when the first request needs it; while it cannot be, requests are answered with 503.
    """
    app = Flask(__name__)
    app.config["DATA"] = data = Path(data)
    app.json = Utf8Json(app)
    app.url_map.strict_slashes = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    with app.app_context():
        BackendHandle(lambda: backend or ArchiveBackend(data)).install()
    app.register_blueprint(pages)
    app.register_blueprint(api)
    errors.register(app)
    app.after_request(_add_headers)
    app.context_processor(lambda: {"v": software()})
    return app


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if errors.wants_json():
        response.headers["Access-Control-Allow-Origin"] = "*"  # widgets ask from the pages of other sites
    if request.endpoint == "static" and response.status_code < 400 and request.args.get("v") == software():
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response
