"""Work that nobody who types waits for, in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

RETRY_AFTER = 60.0  # seconds; what failed would fail at every letter that is typed, and may not in a while

_log = logging.getLogger("readmore")


class Background:
    """Does one thing at a time, and what failed not again at once. Safe to use from several threads."""

    def __init__(self, name: str, failure: str) -> None:
        """`name` is the thread's, `failure` what the log says beside an error."""
        self._name = name
        self._failure = failure
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._not_before = 0.0  # in the seconds of `time.monotonic`
        self._closed = threading.Event()

    @property
    def closed(self) -> bool:
        """Whether what is being done should end."""
        return self._closed.is_set()

    def start(self, work: Callable[[], None]) -> None:
        """Begins some work unless other is being done, the last has just failed, or this is closed."""
        with self._lock:
            is_busy = self._thread is not None and self._thread.is_alive()
            if is_busy or self.closed or time.monotonic() < self._not_before:
                return
            self._thread = threading.Thread(target=self._do, args=(work,), daemon=True, name=self._name)
            self._thread.start()

    def wait(self) -> None:
        """Until nothing is being done."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def close(self) -> None:
        """Ends what is being done, waits for it, and begins nothing more."""
        self._closed.set()
        self.wait()

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:  # nobody waits for an answer; what is offered meanwhile goes on to be
            self._not_before = time.monotonic() + RETRY_AFTER
            _log.exception(self._failure)
