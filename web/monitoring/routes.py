"""The routes for whoever watches the service: is it alive, is it ready, how is it doing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request

from indexer.base.errors import ReadmoreError
from web.http.answers import current_answers
from web.http.backend import current_backend
from web.monitoring.metrics import PrometheusMetrics

monitoring = Blueprint("monitoring", __name__)
_EXTENSION = "readmore-metrics"
_PARTS = {"Pss": "proportional", "Private_Dirty": "private", "Rss": "resident"}
_PROXIED = ("X-Forwarded-For", "Forwarded", "Via")


def install(app: Flask, metrics: PrometheusMetrics, readers: tuple[str, ...]) -> None:
    """Has `app` show its figures to the addresses and networks `readers`."""
    app.extensions[_EXTENSION] = (metrics, [ip_network(each, strict=False) for each in readers])


@monitoring.get("/livez")
def alive() -> Response:
    """Whether the process answers at all. A service that does not should be started again."""
    return _now(jsonify(status="ok"))


@monitoring.get("/readyz")
def ready() -> Response:
    """Whether searches can be answered: 503 with the reason where not. Readers should then be sent elsewhere."""
    backend = current_backend()
    return _now(jsonify(status="ok", articles=backend.count(), generation=backend.generation()))


@monitoring.get("/metrics")
def figures() -> Response:
    """Figures for Prometheus, for those who may read them; to others there is nothing here."""
    metrics, readers = current_app.extensions.get(_EXTENSION, (None, ()))
    if metrics is None or not _may_read(readers):
        abort(404)
    return _now(Response(metrics.text(_gauges), content_type="text/plain; version=0.0.4; charset=utf-8"))


def _may_read(readers: list[object]) -> bool:
    """Whether the request is from one of the addresses. What a proxy forwards comes from somewhere else, unless the
    proxy is trusted to say from where; then these headers are gone."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(address in network for network in readers) and not any(name in request.headers for name in _PROXIED)  # type: ignore[operator]


def _now(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _gauges() -> Iterator[tuple[str, str, dict[str, str], float]]:
    up = 1.0
    try:
        backend = current_backend()
        yield "readmore_generation", "The generation that answers are made from.", {}, backend.generation()
        yield "readmore_articles", "Articles in the archive.", {}, backend.count()
    except ReadmoreError:
        up = 0.0
    yield "readmore_ready", "Whether the archive can be read.", {}, up
    answers = current_answers()
    if answers:
        yield "readmore_answers_bytes", "Bytes of kept answers.", {}, answers.cache.used()
    for pid in _workers():
        for part, size in _memory(pid):
            labels = {"worker": str(pid), "part": part}
            yield "readmore_worker_memory_bytes", "Memory of a worker, as the system counts it.", labels, size


def _workers() -> list[int]:
    """The worker processes, where the system tells."""
    parent = os.getppid()
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    except OSError:
        return [os.getpid()]
    return [int(pid) for pid in children.split()]


def _memory(pid: int) -> Iterator[tuple[str, int]]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        name, _, rest = line.partition(":")
        if name in _PARTS:
            yield _PARTS[name], int(rest.split()[0]) * 1024
