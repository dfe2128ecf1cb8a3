"""Clicks on related articles, counted where a site sends them: ``clicks.db`` in the archive's folder.

Only sums are kept: how often which article was clicked under which, at which place of how many, and how often it was
passed over there; and how often an article was clicked on a day. No time of day, no reader, no address, no session. The
file is apart from ``articles.db`` so that a click never waits for a long addition, and can be deleted at any time.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import DamagedError, ReadmoreError, WriteError
from indexer.base.file_stamp import NO_FILE, stamp
from indexer.base.transaction import cannot_open, transaction

MOST_SHOWN = 30  # articles of a list or block that a click may come from
KEEP_DAYS = 60  # of which it is known what was read
MAX_BYTES = 1 << 30  # of the file; what would make it larger is not counted
RECENT_DAYS = 7  # "most read this week"
REFRESH_SECONDS = 600.0  # after which a service looks again at what is most read
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}\Z")
_PAGE = 4096
_DAY = 86_400
_SCHEMA = """
CREATE TABLE IF NOT EXISTS pairs (
    source TEXT NOT NULL,        -- the article that was read
    target TEXT NOT NULL,        -- one that was offered under it
    position INTEGER NOT NULL,   -- from 1 on
    shown INTEGER NOT NULL,      -- how many were offered
    seen INTEGER NOT NULL,       -- how many clicks went to this list, to whichever article
    clicked INTEGER NOT NULL,    -- how many of them to this one
    PRIMARY KEY (source, target, position, shown)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reads (
    day INTEGER NOT NULL,        -- since 1970, UTC
    target TEXT NOT NULL,
    clicked INTEGER NOT NULL,
    PRIMARY KEY (day, target)
) WITHOUT ROWID;
"""


class ClickError(ReadmoreError):
    """A click that cannot be counted. The message says why."""


@dataclass(frozen=True, slots=True)
class Click:
    """A reader of the article `source` chose `target`. `shown` are the ids of all articles that were offered, in their
    order, `target` among them; empty where that is not known."""

    source: str
    target: str
    shown: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(_ID.match(article_id) for article_id in self.ids()):
            raise ClickError("articles are named by their ids in a click, not by addresses")
        if self.source == self.target:
            raise ClickError("'from' and 'to' are the same article")
        if self.shown and self.target not in self.shown:
            raise ClickError("'to' is not among the articles in 'shown'")
        if len(self.shown) > MOST_SHOWN or len(set(self.shown)) < len(self.shown):
            raise ClickError(f"'shown' must be a list of {MOST_SHOWN} different articles at most")

    def ids(self) -> list[str]:
        """Every article that the click names, once."""
        return list(dict.fromkeys((self.source, self.target, *self.shown)))


@dataclass(frozen=True, slots=True)
class Pair:
    """How an article did under another, at one place of lists of one length."""

    source: str
    target: str
    position: int
    shown: int
    seen: int
    clicked: int


class ClickLog:
    """The clicks of an archive. Safe to use from several threads, and from several processes.

    A click that was counted survives the death of the process; the last moments before a power cut may be lost.
    Raises WriteError where the disk is full or cannot be written to, DamagedError for a file that is no click log.
    """

    def __init__(self, folder: ArchiveFolder) -> None:
        self._path = folder.clicks
        self._lock = threading.Lock()
        self._pruned = -1  # the day on which old days were taken out
        try:
            self._db = sqlite3.connect(self._path, isolation_level=None, timeout=5, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(f"PRAGMA max_page_count={MAX_BYTES // _PAGE}")
            self._db.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise cannot_open(self._path, error) or DamagedError(
                self._path, f"not a readable click log ({error})"
            ) from None

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> ClickLog:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def count(self, click: Click, *, now: float | None = None) -> None:
        """Counts a click; all of it, or nothing."""
        day = int(time.time() if now is None else now) // _DAY
        rows = [
            (click.source, target, position, len(click.shown), 1, int(target == click.target))
            for position, target in enumerate(click.shown, 1)
        ]
        with self._lock:
            with transaction(self._db, self._path):
                self._db.executemany(
                    "INSERT INTO pairs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
                    "SET seen = seen + excluded.seen, clicked = clicked + excluded.clicked",
                    rows,
                )
                self._db.execute(
                    "INSERT INTO reads VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET clicked = clicked + 1",
                    (day, click.target),
                )
                if day != self._pruned:
                    self._db.execute("DELETE FROM reads WHERE day < ?", (day - KEEP_DAYS,))
            self._pruned = day

    def pairs(self) -> list[Pair]:
        """All pairs that were counted, in the order of their ids."""
        with self._lock:
            rows = self._db.execute("SELECT source, target, position, shown, seen, clicked FROM pairs").fetchall()
        return [Pair(*row) for row in rows]

    def most_read(self, count: int, least: int) -> list[str]:
        """The ids of the articles clicked most in the `RECENT_DAYS` up to the last click, `least` times or more."""
        query = (
            "SELECT target FROM reads WHERE day > (SELECT MAX(day) FROM reads) - ? "
            "GROUP BY target HAVING SUM(clicked) >= ? ORDER BY SUM(clicked) DESC, target LIMIT ?"
        )
        with self._lock:
            return [row[0] for row in self._db.execute(query, (RECENT_DAYS, least, count))]


def read_pairs(folder: ArchiveFolder) -> list[Pair]:
    """All pairs counted for an archive; none where no click was ever sent."""
    if not folder.clicks.exists():
        return []
    with ClickLog(folder) as log:
        return log.pairs()


def read_most_read(folder: ArchiveFolder, count: int, least: int) -> Sequence[str]:
    """`ClickLog.most_read` for an archive; nothing where no clicks are counted, or cannot be read: a list
    of what others read is no reason to give no answer."""
    if not folder.clicks.exists():
        return []
    try:
        with ClickLog(folder) as log:
            return log.most_read(count, least)
    except (ReadmoreError, WriteError, sqlite3.Error):
        return []


def phase(folder: ArchiveFolder, now: float) -> int:
    """A number that changes when it is time to look again at what is most read; 0 where no clicks are counted."""
    return int(now // REFRESH_SECONDS) if stamp(folder.path, folder.clicks.name) != NO_FILE else 0
