"""Searches that the service answers, counted with what readers do: in memory first, so that no answer waits for a disk.

A view says how many articles it found, and answers that are kept say it again. What was asked for is written every
second, by a thread of its own; a process that is killed loses that second. Crawlers follow links to searches that
readers made, or that a page offers, so what says that it is one is not counted.
"""

from __future__ import annotations

import atexit
import logging
import re
import threading
import time
from collections.abc import Callable, Sequence

from flask import Flask, Response, current_app, g, request

from search.results import SearchResult

WAIT_SECONDS = 1.0
MOST_WAITING = 5000  # different queries; what readers ask for beyond, until they are written, is not counted
_CRAWLER = re.compile(r"bot\b|crawl|spider|slurp", re.IGNORECASE)
_EXTENSION = "readmore-searches"
_log = logging.getLogger("readmore")

Write = Callable[[Sequence[tuple[str, int, float]]], None]


class SearchCounter:
    """Takes note of searches, and has `write` count them a little later. Safe to share between threads, and made before
    the processes that each count for themselves are forked."""

    def __init__(self, write: Write, clock: Callable[[], float] = time.time) -> None:
        self._write = write
        self._clock = clock
        self._waiting: dict[str, tuple[int, float]] = {}  # what was found, and when
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def note(self, query: str, found: int) -> None:
        """Notes that a query found so many articles."""
        with self._lock:
            if query not in self._waiting and len(self._waiting) >= MOST_WAITING:
                return
            self._waiting.pop(query, None)  # so that they stay in the order of time
            self._waiting[query] = found, self._clock()
            if self._thread is None:  # not before there are processes: threads are not inherited
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
                atexit.register(self.flush)

    def flush(self) -> None:
        """Counts what waits. What cannot be counted is let go, and the log says why."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            self._write([(query, found, at) for query, (found, at) in waiting.items()])
        except Exception as error:  # whatever it is, readers get their answers
            _log.warning("%d searches were not counted: %s", len(waiting), error)

    def _run(self) -> None:
        while True:
            time.sleep(WAIT_SECONDS)
            self.flush()


def install(app: Flask, write: Write) -> None:
    """Has `app` count the searches that it answers."""
    app.extensions[_EXTENSION] = SearchCounter(write)
    app.after_request(_count)


def found(result: SearchResult, *, narrowed: bool) -> None:
    """Says what the search of the current request found. One that is `narrowed` down, or another page of one, is no new
    search."""
    g.found = -1 if narrowed else 0 if result.incomplete else result.total


def _count(response: Response) -> Response:
    """Notes the search that was answered, if it was one."""
    answered = g.get("found", -1) >= 0 and response.status_code in (200, 304) and request.method == "GET"
    if answered and not _CRAWLER.search(request.headers.get("User-Agent", "")):
        counter: SearchCounter = current_app.extensions[_EXTENSION]
        counter.note(request.args.get("q", ""), g.found)
    return response
