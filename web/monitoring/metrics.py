"""Figures for Prometheus, of all worker processes together.

Each process counts in a file of its own, mapped into its memory, and whoever is asked adds them up: prometheus_client's
way for several processes. What it imports decides whether it counts so, by a variable of the environment.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Metrics(Protocol):
    """Where requests are counted."""

    def count(self, route: str, method: str, status: str, seconds: float, kept: str) -> None:
        """Counts a request; `kept` is "hit" or "miss" where an answer could have been kept."""


class NoMetrics:
    """Counts nothing."""

    def count(self, route: str, method: str, status: str, seconds: float, kept: str) -> None:
        """Nothing."""


class PrometheusMetrics:
    """Counts for Prometheus. Made once, before the workers are forked; its files are in `folder`."""

    def __init__(self, folder: Path) -> None:
        os.environ[_FOLDER] = str(folder)
        from prometheus_client import Counter, Histogram

        self._folder = folder
        self._requests = Counter(
            "readmore_requests", "Requests answered.", ["route", "method", "status"], registry=None
        )
        self._seconds = Histogram(
            "readmore_request_seconds", "Seconds to answer.", ["route"], buckets=_BUCKETS, registry=None
        )
        self._kept = Counter("readmore_answers", "Answers that could be kept.", ["kept"], registry=None)
        self._ended = Counter("readmore_workers_ended", "Workers that ended before the service did.", registry=None)
        self._children: dict[tuple[str, ...], Any] = {}

    def count(self, route: str, method: str, status: str, seconds: float, kept: str) -> None:
        """See `Metrics.count`."""
        method = method if method in _METHODS else "other"
        self._child(self._requests, route, method, status).inc()
        self._child(self._seconds, route).observe(seconds)
        if kept:
            self._child(self._kept, kept).inc()

    def _child(self, metric: Any, *labels: str) -> Any:
        """What `metric.labels` has, without its lock."""
        key = (metric._name, *labels)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = metric.labels(*labels)
        return child

    def worker_ended(self, pid: int) -> None:
        """Counts the death of a worker."""
        from prometheus_client import multiprocess

        self._ended.inc()
        multiprocess.mark_process_dead(pid, str(self._folder))  # type: ignore[no-untyped-call]

    def text(self, gauges: Callable[[], Iterator[tuple[str, str, dict[str, str], float]]]) -> bytes:
        """All figures as Prometheus reads them, `gauges` among them: names, meanings, labels and values of the
        moment."""
        from prometheus_client import CollectorRegistry, generate_latest, multiprocess

        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]
        registry.register(_Gauges(gauges))
        return generate_latest(registry)


class _Gauges:
    """Figures that are taken when they are asked for."""

    def __init__(self, gauges: Callable[[], Iterator[tuple[str, str, dict[str, str], float]]]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        families: dict[str, Any] = {}
        for name, meaning, labels, value in self._gauges():
            if name not in families:
                families[name] = GaugeMetricFamily(name, meaning, labels=list(labels))
            families[name].add_metric(list(labels.values()), value)
        yield from families.values()

    def describe(self) -> Iterator[Any]:
        yield from ()


@contextlib.contextmanager
def metrics_folder() -> Iterator[Path | None]:
    """A folder for the files of the figures, in memory where that is possible; None where there can be none. It goes
    when the process that made it ends."""
    places = [place for place in ("/dev/shm", tempfile.gettempdir()) if os.access(place, os.W_OK | os.X_OK)]
    if not places:
        yield None
        return
    folder, maker = Path(tempfile.mkdtemp(prefix="readmore-metrics-", dir=places[0])), os.getpid()
    try:
        yield folder
    finally:
        if os.getpid() == maker:
            shutil.rmtree(folder, ignore_errors=True)
