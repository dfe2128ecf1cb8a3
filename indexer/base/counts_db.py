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

from indexer.base.errors import DamagedError
from indexer.base.transaction import cannot_open, transaction

_PAGE = 4096


class CountsDatabase:
    """A SQLite file of sums. Safe to use from several threads, and from several processes.

    What was written survives the death of the process; the last moments before a power cut may be lost. Raises
    WriteError where the disk is full or cannot be written to, or where the file has `max_bytes`; DamagedError for a
    file that is no database, which it calls a `name`.
    """

    def __init__(self, path: Path, schema: str, max_bytes: int, name: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=5, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(f"PRAGMA max_page_count={max_bytes // _PAGE}")
            self._db.executescript(schema)
        except sqlite3.DatabaseError as error:
            raise cannot_open(path, error) or DamagedError(path, f"not a readable {name} ({error})") from None

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The database, to change: all of what is executed meanwhile takes effect, or nothing."""
        with self._lock, transaction(self._db, self._path):
            yield self._db

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self._lock:
            return self._db.execute(query, parameters).fetchall()
