"""Lines of JSON, written where the log goes. A log that cannot be written to never keeps a request from its answer."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

STANDARD_ERROR = "-"
NOWHERE = "off"
_LOOK_AGAIN_SECONDS = 1.0  # at whether the file is still at its place, since logs are rotated
_MODE = 0o640


class Lines:
    """Where lines go: a file, which may be moved away and is then made anew, or standard error. Safe to use from
    several threads, and from processes that were forked: each line is one write. Raises OSError if there can be no
    such file."""

    def __init__(self, target: str) -> None:
        self.lost = 0  # lines that could not be written
        self._path = None if target in (STANDARD_ERROR, NOWHERE) else target
        self._is_off = target == NOWHERE
        self._fd = 2
        self._inode = 0
        self._look_at = 0.0
        self._lock = threading.Lock()
        if self._path:
            self._open(self._path)

    def write(self, record: dict[str, Any]) -> None:
        """Writes one line."""
        if self._is_off:
            return
        line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE, default=str)
        try:
            if self._path and time.monotonic() > self._look_at:
                self._follow(self._path)
            os.write(self._fd, line)
        except OSError:  # a full disk, a reader that went away
            self.lost += 1

    def _open(self, path: str) -> None:
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
        old, self._fd, self._inode = self._fd, fd, os.fstat(fd).st_ino
        if old != 2:
            os.close(old)

    def _follow(self, path: str) -> None:
        with self._lock:
            self._look_at = time.monotonic() + _LOOK_AGAIN_SECONDS
            try:
                moved = Path(path).stat().st_ino != self._inode
            except FileNotFoundError:
                moved = True
            if moved:
                self._open(path)


def now() -> str:
    """The time as it stands in logs."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _JsonHandler(logging.Handler):
    """Messages of the service and its libraries as lines of JSON on standard error."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = Lines(STANDARD_ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):
            line = {"time": now(), "level": record.levelname.lower(), "from": record.name, "worker": os.getpid()}
            line["message"] = record.getMessage()
            if record.exc_info:
                line["traceback"] = logging.Formatter().formatException(record.exc_info)
            self._lines.write(line)


def log_messages() -> None:
    """Has the messages of this process written to standard error: as lines of JSON, or as people read them where it is
    a terminal."""
    if sys.stderr.isatty():
        logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    else:
        logging.basicConfig(handlers=[_JsonHandler()], level=logging.INFO)
