"""The command that runs the service."""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from indexer.base.errors import ReadmoreError
from recommender.related import OpenRecommender
from recommender.request.options import DEFAULT_OPTIONS
from recommender.request.seeds import ArticleSeed
from web.access.guard import Rates
from web.app import create_app
from web.config.flags import config_options
from web.config.sources import Config, read_config
from web.http import answers, deadline
from web.http.backend import ArchiveBackend, Backend, BackendHandle
from web.http.bodies import MAX_BULK, MAX_ONE
from web.http.caching import let_lag
from web.monitoring import routes as watching
from web.monitoring.lines import NOWHERE, STANDARD_ERROR, Lines, log_messages
from web.monitoring.metrics import NoMetrics, PrometheusMetrics, metrics_folder
from web.monitoring.observer import Observer
from web.pages.settings import PageSettings, page_settings
from web.server.loop import ServerOptions
from web.server.proxy import BehindProxies, UnderPrefix
from web.server.service import Service

_BACKLOG = 1024  # connections that wait to be taken
_log = logging.getLogger("readmore")
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # what to type to get to it on this machine

MAX_BODY = MAX_BULK + MAX_ONE
"""Bytes of a request's body that are taken off the line, by its stated length or as it comes in; what is only a little
too long for the service is so refused in the service's own words."""


class ListenError(ReadmoreError):
    """The address asked for cannot be listened on."""


@click.command()
@config_options
@click.pass_obj
def serve(obj: dict[str, Any], /, **flags: Any) -> None:
    """Serve the archive: pages for readers, JSON for programs.

    Every option can also be set in readmore.toml, under [serve], or in the environment, as READMORE_PORT for --port;
    'readmore config' shows what is in force."""
    data: Path = obj["data"].absolute()
    config, _ = read_config(data, flags)
    run(obj["open_recommender"], data, config)


def run(open_recommender: OpenRecommender, data: Path, config: Config) -> None:
    """Serves the archive in the folder `data`, an absolute path, until it is told to stop. Raises ReadmoreError if it
    is not there, its index cannot be read, a template of the publisher's has a mistake, or the address is taken."""
    log_messages()
    pages = page_settings(config, data)
    count, subjects = _look_into(open_recommender, data)
    listener = listen(config["host"], config["port"])
    with listener, metrics_folder() as folder:  # a service that is made takes the socket over
        url = url_of(config["host"], listener.getsockname()[1], config["prefix"])
        service = service_of(open_recommender, data, config, listener, folder, pages)
        click.echo(greeting(url, count, subjects))
        sys.stdout.flush()
        service.run()


def _look_into(open_recommender: OpenRecommender, data: Path) -> tuple[int, Sequence[str]]:
    """How many articles there are, and a search to try; what answers need is there then. The archive is closed again:
    each worker opens its own."""
    backend = ArchiveBackend(open_recommender(data, wait=False))
    try:
        with backend.explaining_damage():
            backend.prepare()
            return backend.count(), backend.subjects(1)
    finally:
        backend.close()


def service_of(
    open_recommender: OpenRecommender,
    data: Path,
    config: Config,
    listener: socket.socket,
    metrics: Path | None,
    pages: PageSettings | None = None,
) -> Service:
    """The service on a socket that listens. `metrics` is the folder of its figures; without one there are none.
    `pages` says how its pages look."""
    counts = _counts_clicks(config, data)
    handle = BackendHandle(lambda: ArchiveBackend(open_recommender(data, wait=False)))  # answers at once, what is ready
    workers = config["workers"] or os.cpu_count() or 1
    rates = Rates(config["rate_per_address"], config["rate_per_key"])
    app = create_app(data, handle.get, count_clicks=counts, origins=config["origins"], rates=rates, page_settings=pages)
    answers.install(app, config["cache_mb"])
    deadline.install(app, config["answer_seconds"])
    figures = PrometheusMetrics(metrics) if metrics else None
    if figures:
        watching.install(app, figures, config["metrics_from"])
    wsgi = Observer(
        app,
        _lines(config["access_log"]),
        figures or NoMetrics(),
        log_queries=config["log_queries"],
        log_addresses=config["log_addresses"],
    )
    options = ServerOptions(
        workers=workers,
        threads=config["threads"],
        max_connections=config["max_connections"],
        max_body=MAX_BODY,
        request_seconds=config["request_seconds"],
        drain_seconds=config["drain_seconds"],
    )
    proxied = BehindProxies(
        UnderPrefix(wsgi, config["prefix"]) if config["prefix"] else wsgi, config["trusted_proxies"]
    )
    return Service(
        proxied,
        listener,
        options,
        warm_up=lambda: warm_up(handle.get),
        on_exit=figures.worker_ended if figures else None,
        background=let_lag(app, config["lag_seconds"] if config["cache_mb"] else 0),
    )


def _counts_clicks(config: Config, data: Path) -> bool:
    """Whether clicks are counted: if that is wanted and possible."""
    if config["clicks"] and not os.access(data, os.W_OK):
        _log.warning("clicks are not counted: %s cannot be written to", data)
        return False
    return bool(config["clicks"])


def _lines(target: str) -> Lines:
    try:
        return Lines(target if target in (STANDARD_ERROR, NOWHERE) else str(Path(target).absolute()))
    except OSError as error:
        _log.warning("requests are not logged: %s cannot be written to (%s)", target, error.strerror)
        return Lines(NOWHERE)


def warm_up(open_backend: Callable[[], Backend]) -> None:
    """Opens the archive and answers what the first readers will ask, so that they need not wait. What is wrong is said
    in the log, and to them."""
    try:
        backend = open_backend()
        latest = backend.latest(1)
        if latest:
            backend.suggest(latest[0].headline[:3], 1)  # what has to be made for others goes on beside the rest
            backend.subjects(1)
            backend.block(ArticleSeed(latest[0].id), DEFAULT_OPTIONS)
            backend.search(latest[0].headline or "*", limit=10, offset=0, filters={})
    except (ReadmoreError, OSError) as error:
        _log.error("not ready: %s", error)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at the address. Raises ListenError."""
    return _bound(host, port)


def _bound(host: str, port: int) -> socket.socket:
    """A socket at the address; of a name with several addresses, at the first one of IPv4 if there is any."""
    try:
        addresses = sorted(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE))
        family, *_, address = addresses[0]
    except (OSError, UnicodeError):
        raise ListenError(f"'{host}' is not an address of this machine; choose one with --host") from None
    try:
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ListenError(f"port {port} of {host} {_reason(error)}") from None


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "is in use; choose another with --port"
    if error.errno == errno.EACCES:
        return "needs more rights than this user has; choose one above 1023 with --port"
    if error.errno == errno.EADDRNOTAVAIL:
        return "cannot be listened on: the address is not of this machine; choose one with --host"
    return f"cannot be listened on: {os.strerror(error.errno or 0)}"


def url_of(host: str, port: int, prefix: str = "") -> str:
    """The address to type into a browser on this machine."""
    host = _EVERYWHERE.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{prefix}/"


def greeting(url: str, count: int, examples: Sequence[str]) -> str:
    """What to say once the server listens."""
    lines = [f"readmore serves {count:,} article{'' if count == 1 else 's'} at {url}"]
    if examples:
        lines.append(f"a first search to try: {url}search?q={quote(examples[0])}")
    return "\n".join([*lines, "stop with Ctrl-C"])
