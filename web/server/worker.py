"""A worker process: started, watched and ended by gunicorn, it answers by a `Loop`."""

from __future__ import annotations

import gc
import os
from types import FrameType

from gunicorn.workers.base import Worker

from web.server.loop import Loop

_POLL_SECONDS = 1.0


class LoopWorker(Worker):  # type: ignore[misc]  # gunicorn has no types
    """Answers requests until it is told to stop, then answers those it has and ends."""

    _loop: Loop | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Told to stop."""
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.wake()

    def run(self) -> None:
        """The loop."""
        service = self.app
        self._loop = loop = Loop(self.sockets[0].sock, self.wsgi, service.server_options, service.background)
        gc.freeze()  # what is there now stays: no collection need look at it, or touch its pages
        while self.alive and os.getppid() == self.ppid:  # without the first process nobody would end it
            self.notify()
            loop.turn(_POLL_SECONDS)
        loop.drain(self.notify)
        loop.close()
