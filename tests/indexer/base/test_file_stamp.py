"""Stamps of files."""

from __future__ import annotations

from pathlib import Path

from indexer.base.file_stamp import NO_FILE, stamp


def test_a_stamp_changes_with_the_file(tmp_path: Path) -> None:
    assert stamp(tmp_path, "a") == NO_FILE
    (tmp_path / "a").write_text("one")
    first = stamp(tmp_path, "a")
    assert first == stamp(tmp_path, "a") != NO_FILE
    (tmp_path / "a").write_text("other")
    assert stamp(tmp_path, "a") not in (first, NO_FILE)
    (tmp_path / "a").unlink()
    assert stamp(tmp_path, "a") == NO_FILE
