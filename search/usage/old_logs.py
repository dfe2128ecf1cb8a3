"""The files in which earlier versions counted what readers did, taken over into the one that has all of it.

Each is taken over in one transaction, which also notes which file it was, and removed afterwards. Where a process dies
in between, the next one finds that note and only removes the file; a file that comes back from a backup is another one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
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
    "INSERT INTO searches VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET times = MAX(times, excluded.times), "
    "missed = MAX(missed, excluded.missed), found = COALESCE(found, excluded.found)"
)


def take_over(db: CountsDatabase, folder: ArchiveFolder) -> None:
    """Adds the sums that an earlier version kept to `db`, which has the tables of now, and removes its files. Raises
    DamagedError for one that cannot be read."""
    for path in folder.old_readers():
        if path.is_file():
            _take_over(db, path, folder)


def _take_over(db: CountsDatabase, path: Path, folder: ArchiveFolder) -> None:
    # The old file is only looked at while the new one is held for writing, and only removed once the new one has noted
    # it: of several that open the log at once, none reads a file that another is removing.
    with db.writing() as new:
        try:
            status = path.stat()
        except FileNotFoundError:
            return  # another process has just done it
        which = (path.name, status.st_ino, status.st_mtime_ns)
        new.execute(_NOTED)
        if which not in new.execute("SELECT name, inode, changed FROM taken_over").fetchall():
            _copy(new, path, folder)
            new.execute("INSERT OR REPLACE INTO taken_over VALUES (?, ?, ?)", which)
    remove_sidecars(path)
    path.unlink(missing_ok=True)


def _copy(new: sqlite3.Connection, path: Path, folder: ArchiveFolder) -> None:
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as old:
            read = [(add, list(rows)) for add, rows in _ROWS[path.name](old)]
    except sqlite3.DatabaseError as error:
        what = f"cannot be taken over into {folder.readers.name} ({error})"
        raise cannot_open(path, error) or DamagedError(path, what) from error
    for add, rows in read:
        new.executemany(add, rows)


_Rows = Iterator[tuple[str, Iterable[tuple[object, ...]]]]  # a statement, and what it is executed for


def _clicks(old: sqlite3.Connection) -> _Rows:
    yield (
        "INSERT INTO pairs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET seen = seen + excluded.seen, clicked = clicked + excluded.clicked",
        old.execute("SELECT * FROM pairs"),
    )
    yield (
        "INSERT INTO reads VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET clicked = clicked + excluded.clicked",
        old.execute("SELECT * FROM reads"),
    )


def _searches(old: sqlite3.Connection) -> _Rows:
    rows = old.execute("SELECT day, query, times, found = 0, found FROM searches")
    # how often it found nothing was not counted: as often as it was made, where that was so the last time
    yield _SEARCHES, ((day, query, n, n * none, found) for day, query, n, none, found in rows)


def _events(old: sqlite3.Connection) -> _Rows:
    rows = old.execute("SELECT day, query, typed, without_result FROM searches")
    found = ((day, folded(query), n, none, 0 if n == none else None) for day, query, n, none in rows)
    yield _SEARCHES, (row for row in found if row[1])
    yield (
        "INSERT INTO views VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET viewed = viewed + excluded.viewed",
        old.execute("SELECT * FROM views"),
    )


_ROWS = {"clicks.db": _clicks, "searches.db": _searches, "events.db": _events}
