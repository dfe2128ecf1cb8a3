"""SQLite transactions: all of a change or nothing of it, and what stood in the way said as a WriteError."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.base.durable_files import write_error
from indexer.base.errors import WriteError

_NOT_ITS_FAULT = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY)


def cannot_open(path: Path, error: Exception) -> WriteError | None:
    """What to say of a database that could not be opened for want of room or of permission, which SQLite needs even to
    read; None if the file itself is at fault."""
    code: int = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what SQLite says in more detail
    if code not in _NOT_ITS_FAULT:
        return None
    return WriteError(
        f"{path}: cannot be opened ({error}); see that the disk has room and {path.parent} can be written"
    )


@contextmanager
def transaction(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """What is executed meanwhile on `db`, the database in the file `path`, takes effect at the end, all of it, or not
    at all if something is raised. Raises WriteError for an error of SQLite's."""
    try:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("COMMIT")
    except BaseException as error:
        if db.in_transaction:  # SQLite has rolled back already where the disk was full
            db.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            raise write_error(path, full=full, why=str(error)) from error
        raise
