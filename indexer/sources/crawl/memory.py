"""What earlier crawls were answered, so that a page that has not changed is not fetched again, and which pages a crawl
that was interrupted has done.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.sources.crawl.fetching import Answer

_TABLES = """CREATE TABLE IF NOT EXISTS pages (
    url TEXT PRIMARY KEY, etag TEXT NOT NULL, last_modified TEXT NOT NULL, article_id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS done (
    source TEXT, url TEXT, article_id TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (source, url)) WITHOUT ROWID;"""
_GOES_ON_FOR = 24 * 3600.0  # seconds in which a run is gone on with; after that its pages may have changed


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a page was answered with last, and the article that was made of it."""

    etag: str
    last_modified: str
    article_id: str

    @property
    def conditions(self) -> Mapping[str, str]:
        """The headers that ask for the page only if it has changed; none where the server gave nothing to ask by."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


class Memory:
    """The memory in the database at `path`, made if there is none. `is_stored` says whether an article is still in the
    archive: a page whose article is not is fetched as if it were new. `source` is what is crawled."""

    def __init__(self, path: Path, is_stored: Callable[[str], bool], source: str = "") -> None:
        self._is_stored = is_stored
        self._source = source
        self._database = sqlite3.connect(path, timeout=60)
        self._database.executescript(_TABLES)
        with self._database:
            self._database.execute("DELETE FROM done WHERE at < ?", (time.time() - _GOES_ON_FOR,))
        self._answered: dict[str, Answer] = {}  # by the address that was asked for

    def close(self) -> None:
        """Lets go of the database."""
        self._database.close()

    def of(self, url: str) -> Remembered | None:
        """What is known of the page at `url`."""
        row = self._database.execute(
            "SELECT etag, last_modified, article_id FROM pages WHERE url = ?", (url,)
        ).fetchone()
        known = Remembered(*row) if row else None
        return known if known and self._is_stored(known.article_id) else None

    def done(self, url: str) -> str:
        """The id of the article of a page that a run over this source has stored and not come to its end since; empty
        if there is none."""
        row = self._database.execute(
            "SELECT article_id FROM done WHERE source = ? AND url = ?", (self._source, url)
        ).fetchone()
        return row[0] if row and self._is_stored(row[0]) else ""

    def finish(self) -> None:
        """Takes down that the run has come to its end, so that the next one asks for every page."""
        with self._database:
            self._database.execute("DELETE FROM done WHERE source = ?", (self._source,))

    def note(self, url: str, answer: Answer) -> None:
        """Takes down that `url` was answered, until it is known what came of it."""
        kept = {name: answer.headers.get(name, "") for name in ("etag", "last-modified")}
        self._answered[url] = Answer(answer.url, answer.status, kept)

    def save(self, articles: Mapping[str, str]) -> None:
        """Keeps what was noted of those pages of which articles were made and stored: ids by address. To be called when
        they are durable, for what is remembered is not fetched again."""
        rows = [
            (url, answer.headers["etag"], answer.headers["last-modified"], articles[url])
            for url, answer in self._answered.items()
            if url in articles
        ]
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)", rows)
            now = time.time()
            self._database.executemany(
                "INSERT OR REPLACE INTO done VALUES (?, ?, ?, ?)",
                ((self._source, url, article_id, now) for url, _, _, article_id in rows),
            )
        self._answered.clear()
