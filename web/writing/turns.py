"""One at a time, and a bounded number in the queue."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from indexer.base.errors import ReadmoreError


class BusyError(ReadmoreError):
    """Others are being served, and as many are waiting as may wait. Worth another try in `retry_after` seconds."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Turns:
    """Lets one thread in at a time; up to `most` wait for their turn, each so many `seconds` at most."""

    def __init__(self, most: int, seconds: float) -> None:
        self._places = threading.BoundedSemaphore(most + 1)
        self._turn = threading.Lock()
        self._seconds = seconds

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Waits for a turn and has it until the end. Raises BusyError."""
        with self.place(), self.turn():
            yield

    @contextmanager
    def place(self) -> Iterator[None]:
        """Has a place in the queue until the end, without a turn yet. Raises BusyError at once if all are taken."""
        if not self._places.acquire(blocking=False):
            raise BusyError("too many changes are waiting for their turn; send this one again", 1)
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for a turn and has it until the end. Raises BusyError."""
        if not self._turn.acquire(timeout=self._seconds):
            raise BusyError("other changes take long; send this one again", self._seconds)
        try:
            yield
        finally:
            self._turn.release()
