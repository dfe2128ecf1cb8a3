"""Databases of sums: what is written together, what is refused, how large they may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.base.counts_db import CountsDatabase
from indexer.base.errors import ReadmoreError, WriteError

SCHEMA = "CREATE TABLE IF NOT EXISTS sums (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;"


def test_all_of_a_change_or_nothing_of_it(tmp_path: Path) -> None:
    db = CountsDatabase(tmp_path / "sums.db", SCHEMA, 1 << 20, "sum")
    with db.writing() as open_db:
        open_db.execute("INSERT INTO sums VALUES ('a', 1)")
    with pytest.raises(WriteError), db.writing() as open_db:
        open_db.executemany("INSERT INTO sums VALUES (?, ?)", [("b", 1), ("c", None)])
    assert db.rows("SELECT * FROM sums") == [("a", 1)]
    db.close()


def test_a_file_has_a_bound(tmp_path: Path) -> None:
    db = CountsDatabase(tmp_path / "sums.db", SCHEMA, 64 << 10, "sum")
    rows = [(f"{n}" * 200, 1) for n in range(1000)]
    with pytest.raises(WriteError), db.writing() as open_db:
        open_db.executemany("INSERT INTO sums VALUES (?, ?)", rows)
    with db.writing() as open_db:
        open_db.executemany("INSERT INTO sums VALUES (?, ?)", rows[:10])
    assert (tmp_path / "sums.db").stat().st_size <= 64 << 10
    db.close()


def test_what_is_no_database_is_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "sums.db").write_bytes(b"no database" * 100)
    with pytest.raises(ReadmoreError, match="not a readable sum"):
        CountsDatabase(tmp_path / "sums.db", SCHEMA, 1 << 20, "sum")
