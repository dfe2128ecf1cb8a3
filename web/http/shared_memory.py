"""A piece of memory that the worker processes of a service share, and whose turn it is to write to it."""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import tempfile
import threading
from collections.abc import Iterator


class SharedMemory:
    """`size` bytes of zeros, in `bytes`. Made before the processes that share it are forked. Safe to use from several
    threads."""

    def __init__(self, size: int) -> None:
        self._fd = _memory_file()
        os.ftruncate(self._fd, size)
        self.bytes = mmap.mmap(self._fd, size)
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Keeps everybody else from writing meanwhile. The system lets go of the lock when its holder dies."""
        with self._lock:
            fcntl.lockf(self._fd, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._fd, fcntl.LOCK_UN)


def _memory_file() -> int:
    """A file of no name, in memory where the system has such files."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("readmore", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
