"""The service as a whole: several worker processes on one socket, kept running until it is told to stop."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import time
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from web.server.loop import App, Background, ServerOptions

_SPARE_FILES = 512  # file descriptors for everything but connections
_BOOT_SECONDS = 120  # a new worker has to open the archive
_HUNG_SECONDS = 300  # a worker whose loop does not come round for so long is replaced; a long answer takes less


class Service(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """`app` served by worker processes on a socket that listens. `warm_up` is called in each of them before it answers.

    SIGTERM ends it once requests under way are answered, SIGHUP replaces the workers one after another, and a worker
    that dies is replaced.
    """

    def __init__(
        self,
        app: App,
        listener: socket.socket,
        options: ServerOptions,
        warm_up: Callable[[], None],
        on_exit: Callable[[int], None] | None = None,
        background: Background | None = None,
    ) -> None:
        self._app = app
        self._listener = listener.detach()  # gunicorn closes it
        self.server_options = options
        self._warm_up = warm_up
        self._on_exit = on_exit
        self.background = background
        super().__init__()

    def load_config(self) -> None:
        """gunicorn's settings."""
        for name, value in {
            "bind": f"fd://{self._listener}",
            "workers": self.server_options.workers,
            "worker_class": "web.server.worker.LoopWorker",
            "preload_app": True,
            "timeout": _HUNG_SECONDS,
            "graceful_timeout": self.server_options.drain_seconds + 2,
            "control_socket_disable": True,
            "logger_class": _Log,
            "loglevel": "warning",
            "worker_tmp_dir": _memory_folder(),
            "chdir": "/",  # the working folder may go away; paths were made absolute before
            "post_worker_init": lambda worker: self._warm_up(),
        }.items():
            self.cfg.set(name, value)
        if (on_exit := self._on_exit) is not None:
            self.cfg.set("child_exit", lambda arbiter, worker: on_exit(worker.pid))

    def load(self) -> App:
        """The application."""
        return self._app

    def run(self) -> None:
        """Serves until it is told to stop, then raises SystemExit."""
        _allow_files(self.server_options.max_connections + _SPARE_FILES)
        _Arbiter(self).run()


class _Arbiter(Arbiter):  # type: ignore[misc]
    """gunicorn's first process, with a reload in which somebody answers all the while."""

    def reload(self) -> None:
        """Starts as many workers as there are, and ends the old ones once the new ones answer."""
        before = {pid: worker.tmp.last_update() for pid, worker in self.WORKERS.items()}
        for _ in range(self.num_workers):
            self.spawn_worker()
        signs = {pid: worker.tmp.last_update() for pid, worker in self.WORKERS.items() if pid not in before}
        patience = time.monotonic() + _BOOT_SECONDS
        while signs and time.monotonic() < patience:
            time.sleep(0.05)
            self.reap_workers()
            signs = {
                pid: sign
                for pid, sign in signs.items()
                if pid in self.WORKERS and self.WORKERS[pid].tmp.last_update() == sign
            }
        self.manage_workers()


class _Log(Logger):  # type: ignore[misc]
    """gunicorn's messages, given to whoever reads the others."""

    def setup(self, cfg: Any) -> None:
        """No handlers of its own."""
        self.error_log.handlers = []
        self.error_log.propagate = True
        self.error_log.setLevel(self.LOG_LEVELS[cfg.loglevel])


def _memory_folder() -> str | None:
    """Where a worker's sign of life is kept: in memory, where a full disk does not matter; None for the usual place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None


def _allow_files(count: int) -> None:
    """Raises the number of files that this process may have open to `count`, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
