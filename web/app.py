"""The application factory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, request

from recommender.request.drafts import MAX_BYTES
from web.api.clicks import AT_ONCE, PER_SECOND, Bucket, clicks
from web.api.routes import api
from web.http import errors
from web.http.backend import Backend, BackendHandle
from web.http.caching import software
from web.http.rendering import Utf8Json
from web.monitoring import observer
from web.monitoring.routes import monitoring
from web.pages.routes import pages

# Nothing is loaded from elsewhere and nothing is inline: whatever an article smuggles in, a browser won't run it.
_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_YEAR = 365 * 24 * 3600


def create_app(data: str | Path, open_backend: Callable[[], Backend], *, count_clicks: bool = False) -> Flask:
    """The service for the archive in the folder `data`. With `count_clicks` it counts what readers choose, see
    `recommender.feedback.click_log`; else nobody can change anything through it.

    The archive is opened, by `open_backend`, when the first request needs it; while it cannot be, requests are answered
    with 503.
    """
    app = Flask(__name__)
    app.config["DATA"] = Path(data)
    app.config["CLICKS"] = Bucket(PER_SECOND, AT_ONCE) if count_clicks else None
    app.config.update(MAX_CONTENT_LENGTH=MAX_BYTES, MAX_FORM_MEMORY_SIZE=0, MAX_FORM_PARTS=0)  # there are no forms
    app.json = Utf8Json(app)
    app.url_map.strict_slashes = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    with app.app_context():
        BackendHandle(open_backend).install()
    app.register_blueprint(pages)
    app.register_blueprint(api)
    app.register_blueprint(clicks)
    app.register_blueprint(monitoring)
    observer.register(app)
    errors.register(app)
    app.after_request(_add_headers)
    app.context_processor(lambda: {"v": software()})
    return app


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if errors.wants_json():
        response.headers["Access-Control-Allow-Origin"] = "*"  # widgets ask from the pages of other sites
        if request.method == "OPTIONS":  # a browser asks before it sends JSON from there
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    if request.endpoint == "static" and response.status_code < 400 and request.args.get("v") == software():
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response
