"""Databases of sums that a service adds to while it answers.

They are bounded in size, and apart from the articles, so that nobody waits for a long addition.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indexer.base.errors import DamagedError, WriteError
from indexer.base.file_stamp import stamp
from indexer.base.sqlite_files import keep_log
from indexer.base.transaction import cannot_open, transaction

_PAGE = 4096


class CountsDatabase:
    """A SQLite file of sums. Safe to use from several threads, and from several processes.

    What was written survives the death of the process; the last moments before a power cut may be lost. A file that
    another takes the place of, as a restore does, or that was deleted, is let go of at the next use, and what is there
    by then is opened.

    Raises WriteError where the disk is full or cannot be written to, or where the file has `max_bytes`;
    ArchiveLockedError where others hold it for long; DamagedError for a file that is no database, which it calls a
    `name`.
    """

    def __init__(self, path: Path, schema: str, max_bytes: int, name: str) -> None:
        self._path, self._schema, self._max_bytes, self._name = path, schema, max_bytes, name
        self._lock = threading.RLock()
        self._db = self._open()

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The database, to change: all of what is executed meanwhile takes effect, or nothing."""
        with self._lock, transaction(self._current(), self._path):
            yield self._db

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self._lock:
            return self._current().execute(query, parameters).fetchall()

    def bytes_used(self) -> int:
        """Bytes of the file that hold something."""
        pages, free = (self.rows(f"PRAGMA {name}")[0][0] for name in ("page_count", "freelist_count"))
        return int(pages - free) * _PAGE

    def is_full(self) -> WriteError:
        """What to say when no more may be written."""
        return WriteError(f"{self._path}: has all it may hold, {self._max_bytes >> 20:,} MB; nothing more is counted")

    def _open(self) -> sqlite3.Connection:
        db = None
        try:
            db = sqlite3.connect(self._path, isolation_level=None, timeout=5, check_same_thread=False)
            keep_log(db)
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute(f"PRAGMA max_page_count={self._max_bytes // _PAGE}")
            db.executescript(self._schema)
        except sqlite3.DatabaseError as error:
            if db is not None:
                db.close()
            what = f"not a readable {self._name} ({error})"
            raise cannot_open(self._path, error) or DamagedError(self._path, what) from None
        self._file = _which(self._path)
        return db

    def _current(self) -> sqlite3.Connection:
        """The connection to the file that is there now."""
        if not self._db.in_transaction and _which(self._path) != self._file:
            self._db.close()
            self._db = self._open()
        return self._db


def _which(path: Path) -> int:
    """Which file it is, however it has changed; 0 where there is none."""
    return stamp(path.parent, path.name)[1]
