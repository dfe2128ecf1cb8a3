"""The files in which earlier versions counted what readers did, taken over into the one that has all of it.

Each is taken over in one transaction, which also notes which file it was, and removed afterwards. Where a process dies
in between, the next one finds that note and only removes the file; a file that comes back from a backup is another one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.counts_db import CountsDatabase
from indexer.base.errors import DamagedError
from indexer.base.sqlite_files import remove_sidecars
from indexer.base.transaction import cannot_open
from search.curation.query_condition import folded

_NOTED = "CREATE TABLE IF NOT EXISTS taken_over (name TEXT PRIMARY KEY, inode INTEGER, changed INTEGER) WITHOUT ROWID"
# The two files that had searches may have counted the same ones, so the larger number is taken, not the sum.
_SEARCHES = (
    "INSERT INTO main.searches VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET times = MAX(times, excluded.times), "
    "missed = MAX(missed, excluded.missed), found = COALESCE(found, excluded.found)"
)


def take_over(db: CountsDatabase, folder: ArchiveFolder) -> None:
    """Adds the sums that an earlier version kept to `db`, which has the tables of now, and removes its files. Raises
    DamagedError for one that cannot be read."""
    for path in folder.old_readers():
        if path.is_file():
            _take_over(db, path, folder)


def _take_over(db: CountsDatabase, path: Path, folder: ArchiveFolder) -> None:
    with _attached(db, path), db.writing() as new:
        try:
            status = path.stat()
        except FileNotFoundError:
            return  # another process has just done it
        which = (path.name, status.st_ino, status.st_mtime_ns)
        new.execute(_NOTED)
        if which not in new.execute("SELECT name, inode, changed FROM taken_over").fetchall():
            try:
                _COPY[path.name](new)
            except sqlite3.DatabaseError as error:
                raise DamagedError(path, f"cannot be taken over into {folder.readers.name} ({error})") from error
            new.execute("INSERT OR REPLACE INTO taken_over VALUES (?, ?, ?)", which)
    remove_sidecars(path)
    path.unlink(missing_ok=True)


@contextmanager
def _attached(db: CountsDatabase, path: Path) -> Iterator[None]:
    try:
        db.rows("ATTACH ? AS old", (str(path),))
    except sqlite3.DatabaseError as error:
        raise cannot_open(path, error) or DamagedError(path, f"not a readable log ({error})") from None
    try:
        yield
    finally:
        db.rows("DETACH old")


def _copy_clicks(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO main.pairs SELECT * FROM old.pairs WHERE true ON CONFLICT DO UPDATE "
        "SET seen = seen + excluded.seen, clicked = clicked + excluded.clicked"
    )
    db.execute(
        "INSERT INTO main.reads SELECT * FROM old.reads WHERE true ON CONFLICT DO UPDATE "
        "SET clicked = clicked + excluded.clicked"
    )


def _copy_searches(db: sqlite3.Connection) -> None:
    rows = db.execute("SELECT day, query, times, found = 0, found FROM old.searches")
    # how often it found nothing was not counted: as often as it was made, where that was so the last time
    db.executemany(_SEARCHES, ((day, query, n, n * none, found) for day, query, n, none, found in rows))


def _copy_events(db: sqlite3.Connection) -> None:
    rows = db.execute("SELECT day, query, typed, without_result FROM old.searches")
    found = ((day, folded(query), n, none, 0 if n == none else None) for day, query, n, none in rows)
    db.executemany(_SEARCHES, (row for row in found if row[1]))
    db.execute(
        "INSERT INTO main.views SELECT * FROM old.views WHERE true ON CONFLICT DO UPDATE "
        "SET viewed = viewed + excluded.viewed"
    )


_COPY = {"clicks.db": _copy_clicks, "searches.db": _copy_searches, "events.db": _copy_events}
