"""Who answers a request: the thread that found it, or another.

Two threads that compute in one interpreter take its lock from each other, so requests that only read are answered one
at a time, by the thread that takes them off the line. That also saves waking another thread for each. A request that
writes, or brings a text, may take seconds, and is given to threads of its own.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from waitress.task import ThreadedTaskDispatcher

_READING = ("GET", "HEAD", "OPTIONS")


class Dispatcher:
    """Takes waitress's tasks, which are connections with a request."""

    def __init__(self, threads: int) -> None:
        self._here: deque[Any] = deque()
        self._threads = ThreadedTaskDispatcher()
        self._threads.set_thread_count(threads)
        self._threads.queue_logger = _Silent()  # it warns whenever a request waits for a thread

    def add_task(self, task: Any) -> None:
        """Called by the loop, and by whoever has answered a request and found another behind it."""
        request = task.requests[0]
        if request.error or request.command in _READING:
            self._here.append(task)
        else:
            self._threads.add_task(task)

    def run_waiting(self) -> bool:
        """Answers, in the calling thread, what waits for it, one request of each connection at most. Whether there
        was any."""
        waiting = len(self._here)
        for _ in range(waiting):
            self._here.popleft().service()
        return waiting > 0

    @property
    def is_waiting(self) -> bool:
        """Whether a request waits to be answered by the loop."""
        return bool(self._here)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Ends the threads."""
        return bool(self._threads.shutdown(cancel_pending, timeout))


class _Silent:
    """A logger that says nothing."""

    def warning(self, *args: object) -> None:
        """Nothing."""

    def exception(self, *args: object, **kwargs: object) -> None:
        """What a task raised has been logged by whoever ran it."""
