"""The command that runs the service."""

from __future__ import annotations

import errno
import logging
import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
from flask import Flask
from waitress import create_server

from indexer.base.errors import ReadmoreError
from recommender.related import OpenRecommender
from web.app import create_app
from web.http.backend import ArchiveBackend
from web.http.bodies import MAX_BULK, MAX_ONE
from web.pages.examples import example_searches
from web.pages.front import LATEST

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # what to type to get to it on this machine

MAX_BODY = MAX_BULK + MAX_ONE
"""Bytes of a request's body that are taken off the line, by its stated length or as it comes in; what is only a little
too long for the service is so refused in the service's own words."""


class ListenError(ReadmoreError):
    """The address asked for cannot be listened on."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 is all.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes any free one."
)
@click.option(
    "--workers", default=4, show_default=True, type=click.IntRange(1, 64), help="Requests answered at the same time."
)
@click.option("--clicks", is_flag=True, help="Count the clicks on related articles that pages send.")
@click.pass_obj
def serve(obj: dict[str, Any], host: str, port: int, workers: int, clicks: bool) -> None:
    """Serve the archive: pages for readers, JSON for programs."""
    run(obj["open_recommender"], obj["data"], host, port, workers, count_clicks=clicks)


def run(
    open_recommender: OpenRecommender,
    data: Path,
    host: str,
    port: int,
    workers: int,
    *,
    count_clicks: bool = False,
) -> None:
    """Serves the archive in the folder `data` until interrupted. Raises ReadmoreError if it is not there, its index
    cannot be read, or the address is taken."""
    backend = ArchiveBackend(open_recommender(data, wait=False))  # it answers at once, with what is ready
    with backend.explaining_damage():
        latest = backend.latest(LATEST)
    server = listen(create_app(data, lambda: backend, count_clicks=count_clicks), host, port, workers)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns whenever a request waits for a thread
    try:
        url = url_of(host, server.effective_port)
        click.echo(greeting(url, backend.count(), example_searches(latest, 1)))
        server.run()  # returns on Ctrl-C
    finally:
        server.close()
        backend.close()


def listen(app: Flask, host: str, port: int, workers: int) -> Any:
    """A waitress server that has the address but does not answer yet. Raises ListenError."""
    sockets = [_bound(host, port)]
    return create_server(app, sockets=sockets, threads=workers, ident=None, max_request_body_size=MAX_BODY)


def _bound(host: str, port: int) -> socket.socket:
    """A socket at the address; of a name with several addresses, at the first one of IPv4 if there is any."""
    try:
        addresses = sorted(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE))
        family, *_, address = addresses[0]
    except (OSError, UnicodeError):
        raise ListenError(f"'{host}' is not an address of this machine; choose one with --host") from None
    try:
        return socket.create_server(address[:2], family=family)
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


def url_of(host: str, port: int) -> str:
    """The address to type into a browser on this machine."""
    host = _EVERYWHERE.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def greeting(url: str, count: int, examples: list[str]) -> str:
    """What to say once the server listens."""
    lines = [f"readmore serves {count:,} article{'' if count == 1 else 's'} at {url}"]
    if examples:
        lines.append(f"a first search to try: {url}search?q={quote(examples[0])}")
    return "\n".join([*lines, "stop with Ctrl-C"])
