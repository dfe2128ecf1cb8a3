"""SQLite files as files: how their log is chosen where others open them at the same time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

from indexer.base.sqlite_files import keep_log


def test_choosing_the_log_waits_for_others_though_the_database_does_not(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with (
        closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other,
        closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as db,
    ):
        other.execute("BEGIN EXCLUSIVE")
        timer = Timer(0.2, other.execute, ("COMMIT",))
        timer.start()
        keep_log(db)
        timer.join()
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
