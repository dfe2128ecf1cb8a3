"""Searches, counted where a service is asked to: ``searches.db`` in the archive's folder.

Only sums are kept: how often which query was made on a day, and how many articles it found. No time of day, no reader,
no address, no session. Queries are folded as the editors' rules compare them; what may be about a person or is no query
at all, such as an e-mail address, a long number or a pasted text, is not counted.

Search boxes ask with every letter. A query therefore waits for `PAUSE` seconds, in a table of its own, and is dropped
when one comes meanwhile that it begins, or that begins it, as those of a reader who goes on typing, or erases, do.
Nobody needs to know whose they are: where two readers type the same at the same moment, one of them is not counted.
"""

from __future__ import annotations

import re
import sqlite3
import time
from dataclasses import dataclass

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.counts_db import CountsDatabase
from search.curation.query_condition import folded
from search.results import SearchResult

PAUSE = 3.0  # seconds without another letter, after which a query is one
KEEP_DAYS = 60
MAX_LENGTH = 100  # characters of a query; more is a pasted text
MAX_BYTES = 64 << 20  # of the file; what would make it larger is not counted
MOST_A_DAY = 20_000  # different queries of a day: of more, those that were made once are dropped
MOST_WAITING = 1000
_CHECKED_EVERY = 500  # new queries, after which their number is looked at
_DAY = 86_400
_PERSONAL = re.compile(r"\S@\S|://|\bwww\.|(?:\d[\s./()-]*){7}")  # an address of a person or a page, a long number
_SCHEMA = """
CREATE TABLE IF NOT EXISTS waiting (
    query TEXT PRIMARY KEY,      -- folded
    at REAL NOT NULL,            -- seconds since 1970; the row goes when the query is counted, seconds later
    found INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS searches (
    day INTEGER NOT NULL,        -- since 1970, UTC
    query TEXT NOT NULL,         -- folded
    times INTEGER NOT NULL,
    found INTEGER NOT NULL,      -- articles, the last time
    PRIMARY KEY (day, query)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Searched:
    """A query that readers made."""

    query: str  # folded
    times: int
    days: int  # on how many days
    found: int  # articles that have what was asked for, the last time


class QueryLog:
    """The searches of an archive. Safe to use from several threads, and from several processes, which see each other's
    waiting queries.

    Raises WriteError where the disk is full or cannot be written to, ReadmoreError for a file that is no query log.
    """

    def __init__(self, folder: ArchiveFolder) -> None:
        self._db = CountsDatabase(folder.searches, _SCHEMA, MAX_BYTES, "query log")
        self._pruned = -1  # the day on which old days were taken out
        self._unchecked = 0

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    def __enter__(self) -> QueryLog:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def note(self, query: str, found: int, *, now: float | None = None) -> bool:
        """Counts a query that found so many articles, unless another comes soon that it is the beginning of. Whether it
        is one to count. For the first page of an answer only: turning pages is no new search."""
        text, moment = folded(query[: 4 * MAX_LENGTH]), time.time() if now is None else now
        if not any(map(str.isalnum, text)) or len(text) > MAX_LENGTH or _PERSONAL.search(query):
            return False
        with self._db.writing() as db:
            self._settle(db, moment)
            db.execute(
                "DELETE FROM waiting WHERE query = (SELECT query FROM waiting WHERE query != :text AND "
                "(substr(:text, 1, length(query)) = query OR substr(query, 1, length(:text)) = :text) "
                "ORDER BY length(query) DESC LIMIT 1)",
                {"text": text},
            )
            db.execute(
                "INSERT INTO waiting VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET at = excluded.at, found = excluded.found",
                (text, moment, found),
            )
        return True

    def note_result(self, result: SearchResult, *, now: float | None = None) -> bool:
        """`note` for the answer to a query: what was found with words left out was not found."""
        return self.note(result.query, 0 if result.incomplete else result.total, now=now)

    def searched(self, days: int = KEEP_DAYS, *, now: float | None = None) -> list[Searched]:
        """The queries of the last so many days, the most frequent first."""
        moment = time.time() if now is None else now
        with self._db.writing() as db:
            self._settle(db, moment)
        rows = self._db.rows(
            "SELECT query, SUM(times), COUNT(*), found, MAX(day) FROM searches WHERE day > ? "
            "GROUP BY query ORDER BY SUM(times) DESC, query",
            (int(moment) // _DAY - days,),
        )
        return [Searched(*row[:4]) for row in rows]

    def _settle(self, db: sqlite3.Connection, now: float) -> None:
        """Counts the queries that nobody has typed on for a while, and drops what is old."""
        waiting: int = db.execute("SELECT COUNT(*) FROM waiting").fetchone()[0]
        before = now if waiting >= MOST_WAITING else now - PAUSE
        # one from the future was written by a clock that was set back since
        settled = "at <= :before OR at > :now"
        counted = db.execute(
            f"INSERT INTO searches SELECT CAST(at AS INTEGER) / {_DAY}, query, 1, found FROM waiting WHERE {settled} "
            "ON CONFLICT DO UPDATE SET times = times + 1, found = excluded.found",
            {"before": before, "now": now},
        ).rowcount
        if counted > 0:
            db.execute(f"DELETE FROM waiting WHERE {settled}", {"before": before, "now": now})
            self._bound(db, int(now) // _DAY, counted)

    def _bound(self, db: sqlite3.Connection, day: int, counted: int) -> None:
        if day != self._pruned:
            db.execute("DELETE FROM searches WHERE day <= ?", (day - KEEP_DAYS,))
            self._pruned = day
        self._unchecked += counted
        if self._unchecked >= _CHECKED_EVERY:
            self._unchecked = 0
            if db.execute("SELECT COUNT(*) FROM searches WHERE day = ?", (day,)).fetchone()[0] > MOST_A_DAY:
                db.execute("DELETE FROM searches WHERE day = ? AND times = 1", (day,))


def read_searched(folder: ArchiveFolder, days: int = KEEP_DAYS) -> list[Searched]:
    """`QueryLog.searched` for an archive; nothing where no searches are counted."""
    if not folder.searches.exists():
        return []
    with QueryLog(folder) as log:
        return log.searched(days)
