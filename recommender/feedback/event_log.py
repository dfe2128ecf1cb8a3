"""What readers search for and read, counted: sums by day in ``events.db``, of nobody in particular.

Neither who it was nor when on a day is kept. A query that few have typed may say who typed it, so none is shown before
it was typed `LEAST` times.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from indexer.base.transaction import cannot_open, transaction

MAX_BYTES = 1 << 28  # of the database; when it is full, nothing more is counted until old days are gone
MAX_QUERY = 200  # characters of a query that are kept
MOST_A_DAY = 20_000  # different queries, and different articles, that are counted on one day
KEEP_DAYS = 366
LEAST = 3
_PAGE = 4096
_DAY = 86_400
_SCHEMA = """
CREATE TABLE IF NOT EXISTS searches (
    day INTEGER NOT NULL,      -- since 1970, UTC
    query TEXT NOT NULL,       -- in lower case, blanks as one
    typed INTEGER NOT NULL,
    without_result INTEGER NOT NULL,
    PRIMARY KEY (day, query)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS views (
    day INTEGER NOT NULL,
    article TEXT NOT NULL,     -- its id
    viewed INTEGER NOT NULL,
    PRIMARY KEY (day, article)
) WITHOUT ROWID;
"""


class EventError(ReadmoreError):
    """An event that cannot be counted. The message says why."""


@dataclass(frozen=True, slots=True)
class EventSums:
    """What readers did on some days. Pairs are a query or an id, and how often."""

    searches: int
    views: int
    top_searches: Sequence[tuple[str, int]]
    without_result: Sequence[tuple[str, int]]
    top_views: Sequence[tuple[str, int]]


class EventLog:
    """The events of an archive. Safe to use from several threads, and from several processes.

    Raises WriteError where the disk is full or cannot be written to, ReadmoreError for a file that is no event log.
    """

    def __init__(self, folder: ArchiveFolder) -> None:
        self._path = folder.events
        self._lock = threading.Lock()
        self._pruned = -1  # the day on which old days were taken out
        try:
            self._db = sqlite3.connect(self._path, isolation_level=None, timeout=5, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(f"PRAGMA max_page_count={MAX_BYTES // _PAGE}")
            self._db.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise cannot_open(self._path, error) or ReadmoreError(
                f"{self._path}: not a readable event log ({error}); move it away"
            ) from None

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._db.close()

    def searched(self, query: str, *, found: bool, now: float | None = None) -> None:
        """Counts that somebody searched for `query`, and whether there was anything."""
        query = " ".join(query.lower().split())[:MAX_QUERY]
        self._count(
            "INSERT INTO searches SELECT ?, ?, 1, ? WHERE {room} ON CONFLICT DO UPDATE "
            "SET typed = typed + 1, without_result = without_result + excluded.without_result",
            "searches", "query", (query, int(not found)), now,
        )  # fmt: skip

    def viewed(self, article_id: str, now: float | None = None) -> None:
        """Counts that somebody read an article."""
        self._count(
            "INSERT INTO views SELECT ?, ?, 1 WHERE {room} ON CONFLICT DO UPDATE SET viewed = viewed + 1",
            "views", "article", (article_id,), now,
        )  # fmt: skip

    def sums(self, days: int, limit: int, now: float | None = None) -> EventSums:
        """What readers did on the last `days` days, today among them; `limit` entries of each list at most."""
        since = int(time.time() if now is None else now) // _DAY - days
        grouped = (
            "SELECT {name}, SUM({n}) AS n FROM {table} WHERE day > ? "
            "GROUP BY 1 HAVING n >= ? ORDER BY n DESC, 1 LIMIT ?"
        )
        with self._lock:
            totals = [
                int(
                    self._db.execute(f"SELECT COALESCE(SUM({n}), 0) FROM {table} WHERE day > ?", (since,)).fetchone()[0]
                )
                for table, n in (("searches", "typed"), ("views", "viewed"))
            ]
            lists = [
                self._db.execute(grouped.format(table=table, name=name, n=n), (since, least, limit)).fetchall()
                for table, name, n, least in (
                    ("searches", "query", "typed", LEAST),
                    ("searches", "query", "without_result", LEAST),
                    ("views", "article", "viewed", 1),
                )
            ]
        return EventSums(totals[0], totals[1], *lists)

    def _count(self, statement: str, table: str, name: str, values: tuple[object, ...], now: float | None) -> None:
        day = int(time.time() if now is None else now) // _DAY
        # what is there already may always be counted again; new ones only as long as there is room for them
        room = (
            f"(SELECT COUNT(*) FROM {table} WHERE day = ?) < {MOST_A_DAY} "
            f"OR EXISTS (SELECT 1 FROM {table} WHERE day = ? AND {name} = ?)"
        )
        with self._lock:
            with transaction(self._db, self._path):
                self._db.execute(statement.format(room=room), (day, *values, day, day, values[0]))
                if day != self._pruned:
                    for each in ("searches", "views"):
                        self._db.execute(f"DELETE FROM {each} WHERE day < ?", (day - KEEP_DAYS,))
            self._pruned = day


def read_sums(folder: ArchiveFolder, days: int, limit: int) -> EventSums:
    """`EventLog.sums` for an archive; nothing where no events are counted."""
    if not folder.events.exists():
        return EventSums(0, 0, (), (), ())
    log = EventLog(folder)
    try:
        return log.sums(days, limit)
    finally:
        log.close()
