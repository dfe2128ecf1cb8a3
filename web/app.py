"""The application factory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, request
from flask_compress import Compress

from indexer.base.archive_folder import ArchiveFolder
from web.access.cors import DEFAULT_ORIGINS, allow
from web.access.guard import Guard, Rates, keep_private
from web.access.rates import Buckets
from web.api.articles import articles
from web.api.document import description
from web.api.editing import editing
from web.api.events import clicks, events
from web.api.health import health
from web.api.operation import PREFIX
from web.api.reading import reading
from web.api.reports import reports
from web.api.webhooks import webhooks
from web.desk.routes import desk
from web.desk.sessions import Sessions
from web.http import errors, hosts, searches
from web.http.backend import Backend, BackendHandle
from web.http.bodies import MAX_BULK
from web.http.caching import software
from web.http.rendering import Utf8Json, theme_version
from web.monitoring import observer
from web.monitoring.routes import monitoring
from web.pages import look
from web.pages.look import shows_pictures
from web.pages.routes import pages, theme
from web.pages.settings import PageSettings
from web.pages.syndication import syndication
from web.pages.widgets import widgets

UNVERSIONED = "/api"
"""Where the API was before it had versions; what was there goes on working."""

# Nothing is loaded from elsewhere and nothing is inline: whatever an article smuggles in, a browser won't run it.
_PAGE_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_PICTURES = "; img-src 'self' https: http:"  # those of articles, which are where these were published
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_HEADERS = (
    ("Content-Security-Policy", _PAGE_POLICY),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
_DATA_HEADERS = (("Content-Security-Policy", _DATA_POLICY),)
_YEAR = 365 * 24 * 3600
_COMPRESSED = ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "application/yaml"]
_COMPRESSED += ["application/atom+xml", "application/opensearchdescription+xml", "application/x-suggestions+json"]


def create_app(
    data: str | Path,
    open_backend: Callable[[], Backend],
    *,
    count_clicks: bool = False,
    origins: tuple[str, ...] = DEFAULT_ORIGINS,
    rates: Rates | None = None,
    page_settings: PageSettings | None = None,
) -> Flask:
    """The service for the archive in the folder `data`. With `count_clicks` it counts what readers search for, choose
    and read, see `search.usage.event_log`. Pages of `origins` may read from it; `rates` say how often anybody may ask,
    and `page_settings` how the pages look.

    The archive is opened, by `open_backend`, when the first request needs it; while it cannot be, requests are answered
    with 503. Who may change it is in the archive's keys.
    """
    app = Flask(__name__)
    app.config["DATA"] = Path(data)
    app.config["FOLDERS_ABOVE"] = errors.folders_above(Path(data))
    app.config["ABSOLUTE"] = frozenset((syndication.name,))  # whose answers have addresses with a host
    app.config["EVENTS"] = Buckets() if count_clicks else None
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BULK, MAX_FORM_MEMORY_SIZE=0, MAX_FORM_PARTS=0
    )  # but for the desk's, which it reads itself
    app.config.update(COMPRESS_MIMETYPES=_COMPRESSED, COMPRESS_STREAMS=False, COMPRESS_ALGORITHM=["zstd", "br", "gzip"])
    app.config["COMPRESS_EVALUATE_CONDITIONAL_REQUEST"] = False  # `web.http.caching` has, before anything was computed
    app.json = Utf8Json(app)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False  # or else "//a" is redirected, to whatever host the client names
    with app.app_context():
        handle = BackendHandle(open_backend)
        handle.install()
        Sessions().install()
        Guard(ArchiveFolder(Path(data)), rates or Rates()).install()
    hosts.install(app)  # before all that may answer
    _register(app)
    look.install(app, page_settings or PageSettings())
    if count_clicks:
        searches.install(app, lambda made: handle.get().count_searches(made))
    observer.register(app)
    errors.register(app)
    Compress(app)  # the first to be registered is the last to see an answer
    app.after_request(lambda response: allow(response, origins))
    app.after_request(keep_private)
    app.after_request(_add_headers)
    app.context_processor(lambda: {"v": software(), "look": theme_version()})
    return app


def _register(app: Flask) -> None:
    for blueprint in (pages, theme, syndication, desk):
        app.register_blueprint(blueprint)
    app.register_blueprint(health)
    app.register_blueprint(monitoring)
    app.register_blueprint(widgets)
    for blueprint in (reading, clicks, articles, webhooks, events, editing, reports, description):
        app.register_blueprint(blueprint, url_prefix=PREFIX)
    for blueprint in (reading, clicks):
        app.register_blueprint(blueprint, url_prefix=UNVERSIONED, name=f"unversioned_{blueprint.name}")


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.add("X-Content-Type-Options", "nosniff")
    is_page = response.mimetype == "text/html"
    for name, value in _PAGE_HEADERS if is_page else _DATA_HEADERS:
        if name not in headers:
            headers.add(name, value + _PICTURES if value == _PAGE_POLICY and shows_pictures() else value)
    if request.endpoint == "static" and response.status_code < 400 and request.args.get("v") == software():
        headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response
