"""Breaking the writer on purpose: the n-th thing it does to the disk kills the process, or finds the disk full.

Everything that changes an archive goes through a handful of calls (see indexer.base.durable_files), which are replaced
here by versions that count. A write that is struck leaves the first half of its data behind.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sqlite3
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

import pytest

from indexer import store
from indexer.base.transaction import transaction
from indexer.store import Store
from indexer.vectors import cache


def kill() -> NoReturn:
    """Ends this process as a crash does: nothing is flushed, no handler runs."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def disk_full() -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def flush_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process wrote outlives its death without being flushed; only a power cut asks for more. A flush takes
    milliseconds, and some tests make thousands."""
    opened = Store.__init__

    def quick(store: Store, *args: Any, **kwargs: Any) -> None:
        opened(store, *args, **kwargs)
        store._db.execute("PRAGMA synchronous=OFF")

    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setattr(Store, "__init__", quick)


class _File:
    """A file opened for writing whose writes count."""

    def __init__(self, file: Any, faults: Faults) -> None:
        self._file, self._faults = file, faults

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._file.close()

    def write(self, data: bytes | memoryview) -> None:
        def half() -> None:
            self._file.write(bytes(data)[: len(data) // 2])
            self._file.flush()

        self._faults.point(half)
        self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def fileno(self) -> int:
        return int(self._file.fileno())


class Faults:
    """Counts what is done to the disk and strikes at the `at`-th time, or if `lasting`, from then on. Renames, removals
    and SQLite's commits count only with `all_kinds`: they need no space."""

    def __init__(self, at: int, strike: Callable[[], NoReturn], *, all_kinds: bool, lasting: bool = False) -> None:
        self.count = 0
        self._at, self._strike, self._lasting = at, strike, lasting
        self._all_kinds = all_kinds

    def point(self, first: Callable[[], None] = lambda: None) -> None:
        """One thing about to be done; `first` is what is done of it before the strike."""
        self.count += 1
        if self.count == self._at or (self._lasting and self.count > self._at):
            first()
            self._strike()

    @contextmanager
    def __call__(self) -> Iterator[Faults]:
        """Counts what is done within."""
        path_open = Path.open
        faults = self

        def opened(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            file = path_open(path, mode, *args, **kwargs)
            return _File(file, faults) if "w" in mode else file

        @contextmanager
        def counted_transaction(db: sqlite3.Connection, path: Path) -> Iterator[None]:
            with transaction(db, path):
                yield
                faults.point()
            faults.point()

        with ExitStack() as stack:
            replace = [
                (Path, "open", opened),
                (os, "fsync", self._before(os.fsync)),
                (Path, "mkdir", self._new_folder(Path.mkdir)),
            ]
            if self._all_kinds:
                replace += [
                    (Path, "replace", self._before(Path.replace)),
                    (Path, "unlink", self._before(Path.unlink)),
                    (shutil, "rmtree", self._before(shutil.rmtree)),
                    (store, "transaction", counted_transaction),
                    (cache, "transaction", counted_transaction),
                ]
            for owner, name, substitute in replace:
                stack.enter_context(mock.patch.object(owner, name, substitute))
            yield self

    def _new_folder(self, mkdir: Callable[..., None]) -> Callable[..., None]:
        def counted(path: Path, *args: Any, **kwargs: Any) -> None:
            if not path.exists():
                self.point()
            mkdir(path, *args, **kwargs)

        return counted

    def _before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.point()
            return function(*args, **kwargs)

        return counted


def forked(work: Callable[[], None]) -> int:
    """Runs `work` in a forked process, which ends with 1 if it raises, and returns its number at once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside the idle threads of a BLAS
        pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(status)
    return pid


def in_child(work: Callable[[], None]) -> int:
    """Runs `work` in a forked process and returns the signal that ended it, 0 if it came to its end."""
    _, status = os.waitpid(forked(work), 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed, see its traceback"
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def killed_at(number: int, work: Callable[[], None]) -> bool:
    """Runs `work` in a child that is killed at the `number`-th thing it does to the disk. False if it did fewer."""

    def until_struck() -> None:
        with Faults(number, kill, all_kinds=True)():
            work()

    return in_child(until_struck) == signal.SIGKILL
