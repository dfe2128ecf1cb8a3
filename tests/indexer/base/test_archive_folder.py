"""The folder of an archive: every file in it belongs to a backup or can be derived, and nobody forgets a new one."""

from __future__ import annotations

from pathlib import Path

from indexer.base.archive_folder import BACKED_UP, DERIVED, ArchiveFolder
from tests.damage.archive import make

_NEITHER = {"replaced", "unfinished_restore"}  # of a restore: of no backup, and derived from nothing


def test_every_path_is_of_a_backup_or_derived() -> None:
    paths = {name for name, member in vars(ArchiveFolder).items() if isinstance(member, property)}
    assert paths == {*BACKED_UP, *DERIVED} | _NEITHER
    assert not set(BACKED_UP) & set(DERIVED)


def test_every_file_of_an_archive_is_known(tmp_path: Path) -> None:
    make(tmp_path / "archive")
    folder = ArchiveFolder(tmp_path / "archive")
    assert folder.unknown() == []
    (folder.path / "new-setting.json").write_text("{}")
    assert folder.unknown() == [folder.path / "new-setting.json"]


def test_what_belongs_to_a_backup_is_what_is_there(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    assert folder.to_back_up() == []
    for name in ("readers.db", "readmore.toml", "articles.db", "write.lock", "articles.db-wal"):
        (tmp_path / name).write_text("x")
    folder.vectors.mkdir()
    (folder.vectors / "toy.db").write_text("x")
    (folder.vectors / "toy.db-shm").write_text("x")
    kept = [str(path.relative_to(tmp_path)) for path in folder.to_back_up()]
    assert kept == ["articles.db", "readmore.toml", "readers.db", "embeddings/toy.db"]
