"""Which articles came from which source, so that what a source no longer has can be taken out, what was said of it, and
with which options it was read."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_TABLES = """CREATE TABLE IF NOT EXISTS members (source TEXT, id TEXT, PRIMARY KEY (source, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS said (source TEXT, line TEXT, PRIMARY KEY (source, line)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS options (source TEXT, option TEXT, value TEXT, PRIMARY KEY (source, option))
WITHOUT ROWID;"""


class Members:
    """The memberships in the database at `path`, made if there is none."""

    def __init__(self, path: Path | str) -> None:
        self._database = sqlite3.connect(path, timeout=60)
        self._database.executescript(_TABLES)

    def copy(self, path: Path) -> None:
        """Takes over the memberships in another file, which stays as it is."""
        other = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=60)
        try:
            other.backup(self._database)
            self._database.executescript(_TABLES)  # which an older version may not have had
        finally:
            other.close()

    def close(self) -> None:
        """Lets go of the database."""
        self._database.close()

    def gone(self, source: str, there: Iterable[str]) -> list[str]:
        """The articles that came from `source` and that are not `there` any more; those that another source has as well
        are not gone. Ascending."""
        present = set(there)
        rows = self._database.execute(
            """SELECT id FROM members WHERE source = ? AND id NOT IN (SELECT id FROM members WHERE source != ?)
            ORDER BY id""",
            (source, source),
        )
        return [article_id for (article_id,) in rows if article_id not in present]

    def add(self, source: str, ids: Iterable[str]) -> None:
        """Takes down that these articles came from `source`."""
        with self._database:
            self._database.executemany("INSERT OR IGNORE INTO members VALUES (?, ?)", ((source, i) for i in ids))

    def drop(self, source: str, ids: Iterable[str]) -> None:
        """Takes down that `source` does not have these any more."""
        with self._database:
            self._database.executemany("DELETE FROM members WHERE source = ? AND id = ?", ((source, i) for i in ids))

    def said(self, source: str) -> frozenset[str]:
        """What the last run over `source` said of what is in it."""
        return frozenset(row[0] for row in self._database.execute("SELECT line FROM said WHERE source = ?", (source,)))

    def keep_said(self, source: str, lines: Iterable[str]) -> None:
        """Takes down what a run said, in the place of what the one before did."""
        with self._database:
            self._database.execute("DELETE FROM said WHERE source = ?", (source,))
            self._database.executemany("INSERT OR IGNORE INTO said VALUES (?, ?)", ((source, line) for line in lines))

    def options(self, option: str) -> dict[str, Any]:
        """What one of the options of `SourceSettings.left_out` was when it was last said of places, by these."""
        rows = self._database.execute("SELECT source, value FROM options WHERE option = ?", (option,))
        return {place: json.loads(value) for place, value in rows}

    def keep_option(self, place: str, option: str, value: Any) -> None:
        """Takes down what was said of the place, and with it of all that is below, whatever was said there before."""
        below = place.rstrip(os.sep) + os.sep
        with self._database:
            self._database.execute(
                "DELETE FROM options WHERE option = ? AND substr(source, 1, ?) = ?", (option, len(below), below)
            )
            self._database.execute(
                "INSERT OR REPLACE INTO options VALUES (?, ?, ?)", (place, option, json.dumps(value))
            )
