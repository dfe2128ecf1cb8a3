"""Which articles came from which source, so that what a source no longer has can be taken out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

_TABLE = "CREATE TABLE IF NOT EXISTS members (source TEXT, id TEXT, PRIMARY KEY (source, id)) WITHOUT ROWID"


class Members:
    """The memberships in the database at `path`, made if there is none."""

    def __init__(self, path: Path | str) -> None:
        self._database = sqlite3.connect(path, timeout=60)
        self._database.execute(_TABLE)

    def copy(self, path: Path) -> None:
        """Takes over the memberships in another file, which stays as it is."""
        other = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=60)
        try:
            other.backup(self._database)
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
            """SELECT id FROM members AS mine WHERE source = ? AND NOT EXISTS
            (SELECT 1 FROM members AS other WHERE other.id = mine.id AND other.source != mine.source) ORDER BY id""",
            (source,),
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
