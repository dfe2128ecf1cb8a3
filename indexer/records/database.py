"""The database of the stored articles: its tables and their versions, how it is opened, and reading from it that says
what is the matter where something cannot be read."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indexer.base.errors import ArticlesDamagedError, ReadmoreError
from indexer.base.file_stamp import Stamp, stamp
from indexer.base.sqlite_files import keep_log
from indexer.base.transaction import cannot_open, transaction
from indexer.records.row import Row

_SCHEMA = """
CREATE TABLE IF NOT EXISTS articles (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice, so that an index can say how far it got
    id TEXT NOT NULL UNIQUE,
    url TEXT,
    digest BLOB NOT NULL,
    record TEXT NOT NULL,
    crc32 INTEGER  -- of all the others
);
CREATE INDEX IF NOT EXISTS articles_by_url ON articles (url) WHERE url IS NOT NULL;
CREATE TABLE IF NOT EXISTS removals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,  -- of the version that was replaced or removed
    id TEXT NOT NULL,
    at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
PRAGMA user_version = 2;
"""
_VERSION = 2  # of these tables
_WITHOUT_CHECKSUMS = 1
# what a `Row` is made of, whatever damage has made of the types of the values
_COLUMNS = (
    "seq, COALESCE(CAST(id AS BLOB), x''), CAST(url AS BLOB), COALESCE(CAST(digest AS BLOB), x''), {crc32}, "
    "COALESCE(CAST(record AS BLOB), x'')"
)
_CHECKSUMS = {_WITHOUT_CHECKSUMS: "NULL", _VERSION: "COALESCE(CAST(crc32 AS INTEGER), -1)"}
_AT_A_TIME = 500  # rows that get a checksum
# For a writer: room for the upper parts of the indexes by id and URL of a million articles, and no copying from the
# log into the database in the middle of a batch. Neither has to do with what is safe on the disk.
_CACHE_KIB = 64 << 10
_CHECKPOINT_PAGES = 16 << 10
_MAPPED = (2 << 30) - (1 << 16)  # bytes that a reader has mapped: an article is found in half the time; SQLite's most
_UNREADABLE = "is damaged ({})"


def log_of(path: Path) -> Path:
    """Where SQLite puts what a writer has not yet copied into the database. It is gone when nobody writes."""
    return path.with_name(path.name + "-wal")


class ArticlesDatabase:
    """The database of an archive's articles. One connection; use it in one thread at a time.

    A `frozen` one, for reading only, is for a folder in which SQLite can make no files of its own, and takes it that
    nobody writes: `is_outdated` says whether somebody has.
    """

    def __init__(self, path: Path, *, create: bool = False, read_only: bool = False, frozen: bool = False) -> None:
        mode = "ro" if read_only else "rwc" if create else "rw"
        if frozen:
            mode += "&immutable=1"
        self._path = path
        self._frozen_at = self._state() if frozen else None
        self._identity = _identity(path)
        try:
            uri = f"{path.absolute().as_uri()}?mode={mode}"
            self._db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=60, check_same_thread=False)
            self._version = self._checked_version(create)
            if not read_only:
                keep_log(self._db)
                self._db.execute("PRAGMA synchronous=FULL")
                self._db.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
                self._db.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
                if self._version == 0:
                    self._db.executescript(_SCHEMA)
                    self._version = _VERSION
            else:
                self._db.execute(f"PRAGMA mmap_size={_MAPPED}")
            self._db.execute("SELECT seq FROM articles LIMIT 1")
        except sqlite3.DatabaseError as error:
            raise (cannot_open(path, error) if path.exists() else None) or ArticlesDamagedError(
                path, f"not a readable article store ({error})"
            ) from None
        self._columns = _COLUMNS.format(crc32=_CHECKSUMS[self._version])

    def _checked_version(self, create: bool) -> int:
        """The version of the tables that there are, 0 before they are made."""
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version == 0 and not create:
            self._db.close()
            raise ArticlesDamagedError(self._path, "is empty")
        if version not in (0, _WITHOUT_CHECKSUMS, _VERSION):
            self._db.close()
            raise ReadmoreError(
                f"{self._path}: has format version {version}, this readmore reads versions {_WITHOUT_CHECKSUMS} to "
                f"{_VERSION}; use the readmore that wrote it, or a newer one"
            )
        return version

    def is_replaced(self) -> bool:
        """Whether another file than the one that is open is in its place now, or none."""
        return _identity(self._path) != self._identity

    def upgrade(self) -> None:
        """Gives the articles of a database that an older readmore wrote their checksums; does nothing to others. For
        whoever is about to write."""
        if self._version == _VERSION:
            return
        with transaction(self._db, self._path):
            if self._checked_version(create=False) == _WITHOUT_CHECKSUMS:
                self._db.execute("ALTER TABLE articles ADD COLUMN crc32 INTEGER")
                last = 0
                while rows := self._some_rows(last):
                    # what is damaged already gets none, so that it goes on being known for it
                    sums = [(row.checksum(), row.seq) for row in rows if row.is_sound()]
                    self._db.executemany("UPDATE articles SET crc32 = ? WHERE seq = ?", sums)
                    last = rows[-1].seq
                self._db.execute(f"PRAGMA user_version = {_VERSION}")
        self._version = _VERSION
        self._columns = _COLUMNS.format(crc32=_CHECKSUMS[_VERSION])

    def _some_rows(self, after: int) -> list[Row]:
        query = f"SELECT {self._columns} FROM articles WHERE seq > ? ORDER BY seq LIMIT {_AT_A_TIME}"
        return [Row._make(row) for row in self._db.execute(query, (after,))]

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Says what is the matter where something cannot be read."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise cannot_open(self._path, error) or ArticlesDamagedError(
                self._path, _UNREADABLE.format(error)
            ) from error

    def _all(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows that a query finds. Raises ArticlesDamagedError where the database is damaged, ArchiveLockedError or
        WriteError where it cannot be read for another reason."""
        with self._reading():
            return self._db.execute(query, parameters).fetchall()

    def _value(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        """The first value of the first row, None where there is no row."""
        rows = self._all(query, parameters)
        return rows[0][0] if rows else None

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    def is_outdated(self) -> bool:
        """Whether a frozen store may say what is no longer true, and is to be opened anew."""
        return self._frozen_at is not None and self._state() != self._frozen_at

    def _state(self) -> tuple[Stamp, bool]:
        return stamp(self._path.parent, self._path.name), log_of(self._path).exists()


def _identity(path: Path) -> tuple[int, int]:
    """What tells one file from another that takes its place; zeros where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - for every answer, and a Path takes twice as long
    except OSError:
        return (0, 0)
    return status.st_dev, status.st_ino
