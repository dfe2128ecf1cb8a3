"""A bound on how long an answer may take that the loop's own thread makes, where everybody else waits for it.

The system wakes that thread when the time is over, and an exception is raised in whatever the view is computing. Only
the main thread of a process can be woken so; requests that have threads of their own keep nobody waiting, and what they
may bring is bounded by size.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

from flask import Flask
from flask.typing import ResponseReturnValue

from web.http.refused import RefusedError

AGAIN_SECONDS = 1.0
"""What caught the exception, and went on, meets it again after so long."""


class TooSlowError(RefusedError):
    """An answer that took longer than answers may."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too_slow", f"this takes longer than {seconds:g} s to answer; ask for less", 503)


class _TimeIsOver(BaseException):
    """Raised in whatever is being computed. No error of that, so nothing that stands in for what failed may catch it:
    a file that was not read to its end for want of time would be taken for one that cannot be read."""


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._is_running = False

    def bound(self, work: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
        """What `work` returns. Raises TooSlowError if that takes too long."""
        if threading.current_thread() is not threading.main_thread():
            return work()
        try:
            try:
                self._begin()
                return work()
            finally:
                self._end()
        except _TimeIsOver:
            self._end()  # the time may have been over when it was about to end
            raise TooSlowError(self._seconds) from None

    def _begin(self) -> None:
        signal.signal(signal.SIGALRM, self._over)
        self._is_running = True
        signal.setitimer(signal.ITIMER_REAL, self._seconds, AGAIN_SECONDS)

    def _end(self) -> None:
        self._is_running = False
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _over(self, number: int, frame: FrameType | None) -> None:
        if self._is_running:
            raise _TimeIsOver


def install(app: Flask, seconds: float) -> None:
    """Has the views of `app` take so many seconds at most."""
    deadline, dispatch = _Deadline(seconds), app.dispatch_request

    def bounded() -> ResponseReturnValue:
        return deadline.bound(dispatch)

    app.dispatch_request = bounded  # type: ignore[method-assign]  # Flask calls it where errors are answered
