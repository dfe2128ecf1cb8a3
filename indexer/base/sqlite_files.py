"""SQLite files as files: copied while they are in use, and verified."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from indexer.base.durable_files import writing
from indexer.base.errors import DamagedError
from indexer.base.transaction import cannot_open, cannot_write

SIDECARS = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a database that is open
_PATIENCE = 5.0  # seconds to wait for others that open it


def problems_of(path: Path) -> list[str]:
    """What SQLite finds wrong with a database. Raises ReadmoreError where it cannot be opened for another reason than
    damage."""
    try:
        with closing(_opened(path)) as db:
            found = [line for row in db.execute("PRAGMA integrity_check(10)") for line in str(row[0]).split("\n")]
    except sqlite3.DatabaseError as error:
        if (reason := cannot_open(path, error)) is not None:
            raise reason from error
        return [str(error)]
    return [] if found == ["ok"] else found


def copy_live(source: Path, target: Path) -> None:
    """Writes the content of a database, as it is at one moment, into a new file: one that needs no other beside it.
    Readers and writers go on meanwhile. Raises DamagedError for a source that cannot be copied, WriteError where the
    copy cannot be written."""
    try:
        with closing(_opened(source)) as db:
            db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            _copy(db, target)
    except sqlite3.DatabaseError as error:
        raise cannot_open(source, error) or DamagedError(source, f"is damaged ({error})") from error


def _copy(db: sqlite3.Connection, target: Path) -> None:
    with writing(target), closing(sqlite3.connect(target, isolation_level=None)) as copy:
        try:
            copy.execute("PRAGMA synchronous=FULL")
            db.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # the next writer chooses again
        except sqlite3.DatabaseError as error:
            raise cannot_write(target, error) from error


def keep_log(db: sqlite3.Connection) -> None:
    """Has a database keep a write-ahead log. Where several open a new one at once, SQLite refuses all but one of them
    without the waiting that it was told to do, so that is done here."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.01)


def remove_sidecars(path: Path) -> None:
    """Removes what SQLite left beside a database that another is about to replace: a log would be read into that."""
    for suffix in SIDECARS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _opened(path: Path) -> sqlite3.Connection:
    """The database, for reading. In a folder that cannot be written to, SQLite can make nothing beside it, and where
    nobody has it open it needs nothing either."""
    log = path.with_name(f"{path.name}-wal")
    alone = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    mode = "ro&immutable=1" if alone else "rw" if os.access(path, os.W_OK) else "ro"
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=60)
    db.execute("PRAGMA query_only=ON")
    return db
