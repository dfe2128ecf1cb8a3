"""SQLite transactions: all of a change or nothing of it, and what stood in the way said with the advice it needs."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.base.durable_files import write_error
from indexer.base.errors import ArchiveLockedError, DamagedError, ReadmoreError, WriteError

_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NOT_ITS_FAULT = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
)
_NOT_ALLOWED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)


def _code(error: BaseException) -> int:
    """SQLite's code, without what it says in more detail; 0 where the error is none of SQLite's."""
    return int(getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def cannot_open(path: Path, error: Exception) -> ReadmoreError | None:
    """What to say of a database that could not be opened because another process has it, or for want of room or of
    permission, which SQLite needs even to read; None if the file itself is at fault."""
    if _code(error) in _IN_USE:
        return ArchiveLockedError(f"{path}: another process is using it; try again when it is done")
    if _code(error) not in _NOT_ITS_FAULT:
        return None
    return WriteError(f"{path}: cannot be opened ({error}); {_advice(path, error)}")


def cannot_write(path: Path, error: sqlite3.Error) -> ReadmoreError:
    """What to say of a database that could not be changed."""
    if _code(error) in _IN_USE:
        return ArchiveLockedError(f"{path}: another process is writing to it; try again when it is done")
    if _code(error) in _DAMAGED:
        return DamagedError(path, f"is damaged ({error})")
    if _code(error) in _NOT_ALLOWED and not _may_write(path):
        return WriteError(f"{path}: cannot be written ({error}); {_advice(path, error)}")
    return write_error(path, full=_code(error) == sqlite3.SQLITE_FULL, why=str(error))


def _advice(path: Path, error: Exception) -> str:
    if _code(error) in _NOT_ALLOWED and not _may_write(path):
        return f"this user has no permission to write to it; give it one, for all of {path.parent}"
    if _code(error) == sqlite3.SQLITE_FULL:
        return "see that the disk has room"
    return f"see that the disk has room and {path.parent} can be written"


def _may_write(path: Path) -> bool:
    return os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


@contextmanager
def transaction(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """What is executed meanwhile on `db`, the database in the file `path`, takes effect at the end, all of it, or not
    at all if something is raised. Raises what `cannot_write` says for an error of SQLite's."""
    try:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("COMMIT")
    except BaseException as error:
        if db.in_transaction:  # SQLite has rolled back already where the disk was full
            db.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            raise cannot_write(path, error) from error
        raise
