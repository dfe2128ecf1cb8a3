"""What readers search for, read and choose, counted where a service is asked to: ``readers.db``.

Only sums by day are kept: how often which query was made and how much it found, how often which article was read, and
which was chosen under which, at which place of how many, and passed over there. No time of day, no reader, no address,
no session. Queries are folded as the editors' rules compare them; what may be about a person or is no query at all,
such as an e-mail address, a long number or a pasted text, is not counted. The file is apart from ``articles.db`` so
that an event never waits for a long addition, and can be deleted at any time.

Search boxes ask with every letter. A query therefore waits for `PAUSE` seconds, in a table of its own, and is dropped
when one comes meanwhile that it begins, or that begins it, as those of a reader who goes on typing, or erases, do.
Nobody needs to know whose they are: where two readers type the same at the same moment, one of them is not counted.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterable, Sequence

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.counts_db import CountsDatabase
from indexer.base.errors import ReadmoreError
from indexer.base.file_stamp import NO_FILE, stamp
from search.curation.query_condition import folded
from search.results import SearchResult
from search.usage.events import NOTHING_COUNTED, Click, EventSums, Pair, Searched
from search.usage.old_logs import take_over

PAUSE = 3.0  # seconds without another letter, after which a query is one
KEEP_DAYS = 366
RARE_DAYS = 60  # after which a query goes that was made once on its day; missed searches, and reads, are of these days
LEAST = 3  # times that a query was made before it is shown: one that few have typed may say who typed it
MAX_LENGTH = 100  # characters of a query; more is a pasted text
MAX_BYTES = 1 << 30  # of the file; what would make it larger is not counted
CLICKS_SHARE = 0.75  # of it, which pairs of articles may fill: nothing else grows without an end
MOST_A_DAY = 20_000  # different queries, and different articles read, of a day
MOST_WAITING = 1000
RECENT_DAYS = 7  # "most read this week"
REFRESH_SECONDS = 600.0  # after which a service looks again at what is most read
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
    missed INTEGER NOT NULL,     -- how often it found nothing
    found INTEGER,               -- articles, the last time; NULL where only that there were some
    PRIMARY KEY (day, query)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS views (
    day INTEGER NOT NULL,
    article TEXT NOT NULL,       -- its id
    viewed INTEGER NOT NULL,
    PRIMARY KEY (day, article)
) WITHOUT ROWID;
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
    day INTEGER NOT NULL,
    target TEXT NOT NULL,
    clicked INTEGER NOT NULL,
    PRIMARY KEY (day, target)
) WITHOUT ROWID;
"""


class EventLog:
    """What the readers of an archive did. Safe to use from several threads, and from several processes, which see each
    other's waiting queries. Sums that an earlier version kept in files of their own are taken over when it is opened.

    An event that was counted survives the death of the process; the last moments before a power cut may be lost.
    Raises WriteError where the disk is full or the file cannot be written to or is as large as it may be,
    ArchiveLockedError where others hold it for long, DamagedError for a file that is no such log.
    """

    def __init__(self, folder: ArchiveFolder) -> None:
        self._db = CountsDatabase(folder.readers, _SCHEMA, MAX_BYTES, "log of what readers did")
        self._pruned = -1  # the day on which old days were taken out
        self._unchecked = 0
        take_over(self._db, folder)

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    def __enter__(self) -> EventLog:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def search(self, query: str, found: int, *, now: float | None = None) -> bool:
        """Counts a query that found so many articles, unless another comes soon that it is the beginning of. Whether it
        is one to count. For the first page of an answer only: turning pages is no new search."""
        return self.searches([(query, found, time.time() if now is None else now)]) == 1

    def search_result(self, result: SearchResult, *, now: float | None = None) -> bool:
        """`search` for the answer to a query: what was found with words left out was not found."""
        return self.search(result.query, 0 if result.incomplete else result.total, now=now)

    def searches(self, made: Iterable[tuple[str, int, float]]) -> int:
        """`search` for several, each a query, what it found and when that was, in the order of time. How many were to
        be counted."""
        texts = [(text, found, now) for query, found, now in made if (text := _to_count(query))]
        if texts:
            with self._db.writing() as db:
                for text, found, now in texts:
                    self._settle(db, now)
                    _wait(db, text, found, now)
        return len(texts)

    def view(self, article_id: str, *, now: float | None = None) -> None:
        """Counts that somebody read an article."""
        day = int(time.time() if now is None else now) // _DAY
        with self._db.writing() as db:
            # what is there already may always be counted again; new ones only as long as there is room for them
            db.execute(
                "INSERT INTO views SELECT :day, :id, 1 WHERE (SELECT COUNT(*) FROM views WHERE day = :day) < :most "
                "OR EXISTS (SELECT 1 FROM views WHERE day = :day AND article = :id) "
                "ON CONFLICT DO UPDATE SET viewed = viewed + 1",
                {"day": day, "id": article_id, "most": MOST_A_DAY},
            )
            self._prune(db, day)

    def click(self, click: Click, *, now: float | None = None) -> None:
        """Counts a click; all of it, or nothing."""
        day = int(time.time() if now is None else now) // _DAY
        rows = [
            (click.source, target, position, len(click.shown), 1, int(target == click.target))
            for position, target in enumerate(click.shown, 1)
        ]
        with self._db.writing() as db:
            if rows and self._db.bytes_used() > CLICKS_SHARE * MAX_BYTES:
                raise self._db.is_full()
            db.executemany(
                "INSERT INTO pairs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
                "SET seen = seen + excluded.seen, clicked = clicked + excluded.clicked",
                rows,
            )
            db.execute(
                "INSERT INTO reads VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET clicked = clicked + 1",
                (day, click.target),
            )
            self._prune(db, day)

    def searched(self, days: int = RARE_DAYS, *, now: float | None = None) -> list[Searched]:
        """The queries of the last so many days, the most frequent first."""
        rows = self._db.rows(
            "SELECT query, SUM(times), COUNT(*), found, MAX(day) FROM searches WHERE day > ? "
            "GROUP BY query ORDER BY SUM(times) DESC, query",
            (self._settled(now) - days,),
        )
        return [Searched(*row[:4]) for row in rows]

    def sums(self, days: int, limit: int, *, now: float | None = None) -> EventSums:
        """What readers did on the last `days` days, today among them; `limit` entries of each list at most."""
        since = self._settled(now) - days
        totals = [
            int(self._db.rows(f"SELECT COALESCE(SUM({counted}), 0) FROM {table} WHERE day > ?", (since,))[0][0])
            for table, counted in (("searches", "times"), ("views", "viewed"))
        ]
        lists = [
            self._db.rows(
                f"SELECT {name}, SUM({counted}) AS n FROM {table} WHERE day > ? "
                "GROUP BY 1 HAVING n >= ? ORDER BY n DESC, 1 LIMIT ?",
                (since, least, limit),
            )
            for table, name, counted, least in (
                ("searches", "query", "times", LEAST),
                ("searches", "query", "missed", LEAST),
                ("views", "article", "viewed", 1),
            )
        ]
        return EventSums(totals[0], totals[1], *[[(row[0], row[1]) for row in rows] for rows in lists])

    def pairs(self) -> list[Pair]:
        """All pairs that were counted, in the order of their ids."""
        return [Pair(*row) for row in self._db.rows("SELECT source, target, position, shown, seen, clicked FROM pairs")]

    def most_read(self, count: int, least: int, *, now: float | None = None) -> list[str]:
        """The ids of the articles clicked most in the `RECENT_DAYS` up to the last click, `least` times or more."""
        today = int(time.time() if now is None else now) // _DAY
        query = (  # days to come were counted by a clock that was set back since
            "SELECT target FROM reads WHERE day > (SELECT MAX(day) FROM reads WHERE day <= ?1) - ?2 AND day <= ?1 "
            "GROUP BY target HAVING SUM(clicked) >= ?3 ORDER BY SUM(clicked) DESC, target LIMIT ?4"
        )
        return [row[0] for row in self._db.rows(query, (today, RECENT_DAYS, least, count))]

    def reads(self, days: int, count: int, least: int, *, now: float | None = None) -> dict[str, int]:
        """How often articles were opened or chosen in the last `days` days, by their ids: those `count` that were most,
        `least` times or more."""
        today = int(time.time() if now is None else now) // _DAY
        query = (
            "SELECT article, SUM(n) FROM (SELECT day, article, viewed AS n FROM views "
            "UNION ALL SELECT day, target, clicked FROM reads) WHERE day > ? AND day <= ? "
            "GROUP BY article HAVING SUM(n) >= ? ORDER BY SUM(n) DESC, article LIMIT ?"
        )
        return dict(self._db.rows(query, (today - days, today, least, count)))

    def _settled(self, now: float | None) -> int:
        """Counts what has waited long enough. Returns the day."""
        moment = time.time() if now is None else now
        with self._db.writing() as db:
            self._settle(db, moment)
        return int(moment) // _DAY

    def _settle(self, db: sqlite3.Connection, now: float) -> None:
        """Counts the queries that nobody has typed on for a while, and drops what is old."""
        waiting: int = db.execute("SELECT COUNT(*) FROM waiting").fetchone()[0]
        before = now if waiting >= MOST_WAITING else now - PAUSE
        # one from the future was written by a clock that was set back since
        settled = "at <= :before OR at > :now"
        counted = db.execute(
            f"INSERT INTO searches SELECT CAST(at AS INTEGER) / {_DAY}, query, 1, found = 0, found FROM waiting "
            f"WHERE {settled} ON CONFLICT DO UPDATE "
            "SET times = times + 1, missed = missed + excluded.missed, found = excluded.found",
            {"before": before, "now": now},
        ).rowcount
        if counted > 0:
            db.execute(f"DELETE FROM waiting WHERE {settled}", {"before": before, "now": now})
            day = int(now) // _DAY
            self._prune(db, day)
            self._bound(db, day, counted)

    def _prune(self, db: sqlite3.Connection, day: int) -> None:
        """Takes out days that are long past, once a day."""
        if day == self._pruned:
            return
        for table in ("searches", "views"):
            db.execute(f"DELETE FROM {table} WHERE day <= ?", (day - KEEP_DAYS,))
        db.execute("DELETE FROM searches WHERE day <= ? AND times = 1", (day - RARE_DAYS,))
        db.execute("DELETE FROM reads WHERE day < ?", (day - RARE_DAYS,))
        self._pruned = day

    def _bound(self, db: sqlite3.Connection, day: int, counted: int) -> None:
        self._unchecked += counted
        if self._unchecked >= _CHECKED_EVERY:
            self._unchecked = 0
            if db.execute("SELECT COUNT(*) FROM searches WHERE day = ?", (day,)).fetchone()[0] > MOST_A_DAY:
                db.execute("DELETE FROM searches WHERE day = ? AND times = 1", (day,))


def _to_count(query: str) -> str:
    """A query as it is counted; nothing for what is not."""
    text = folded(query[: 4 * MAX_LENGTH])
    return text if any(map(str.isalnum, text)) and len(text) <= MAX_LENGTH and not _PERSONAL.search(query) else ""


def _wait(db: sqlite3.Connection, text: str, found: int, now: float) -> None:
    """Has a query wait in the place of one that goes on from it or that it goes on from."""
    db.execute(
        "DELETE FROM waiting WHERE query = (SELECT query FROM waiting WHERE query != :text AND "
        "(substr(:text, 1, length(query)) = query OR substr(query, 1, length(:text)) = :text) "
        "ORDER BY length(query) DESC LIMIT 1)",
        {"text": text},
    )
    db.execute(
        "INSERT INTO waiting VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at, found = excluded.found",
        (text, now, found),
    )


def is_counting(folder: ArchiveFolder) -> bool:
    """Whether anything readers did was ever counted for an archive."""
    return any(path.exists() for path in (folder.readers, *folder.old_readers()))


def read_searched(folder: ArchiveFolder, days: int = RARE_DAYS) -> list[Searched]:
    """`EventLog.searched` for an archive; nothing where nothing is counted."""
    if not is_counting(folder):
        return []
    with EventLog(folder) as log:
        return log.searched(days)


def read_sums(folder: ArchiveFolder, days: int, limit: int) -> EventSums:
    """`EventLog.sums` for an archive; nothing where nothing is counted."""
    if not is_counting(folder):
        return NOTHING_COUNTED
    with EventLog(folder) as log:
        return log.sums(days, limit)


def read_pairs(folder: ArchiveFolder) -> list[Pair]:
    """All pairs counted for an archive; none where no click was ever sent."""
    if not is_counting(folder):
        return []
    with EventLog(folder) as log:
        return log.pairs()


def read_most_read(folder: ArchiveFolder, count: int, least: int) -> Sequence[str]:
    """`EventLog.most_read` for an archive; nothing where nothing is counted, or it cannot be read: a list of what
    others read is no reason to give no answer."""
    if not is_counting(folder):
        return []
    try:
        with EventLog(folder) as log:
            return log.most_read(count, least)
    except (ReadmoreError, sqlite3.Error):
        return []


def phase(folder: ArchiveFolder, now: float) -> int:
    """A number that changes when it is time to look again at what is most read; 0 where nothing is counted."""
    return int(now // REFRESH_SECONDS) if stamp(folder.path, folder.readers.name) != NO_FILE else 0
