"""Backups: whole, of one moment, verified, and put back with everything that cannot be derived."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.backup import restore as restoring
from indexer.backup.backup import take
from indexer.backup.contents import BackupError
from indexer.backup.restore import restore
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArchiveLockedError, ArchiveNotFoundError, ArticleNotFoundError
from indexer.check import check_archive
from indexer.store import Store
from readmore import open_engine
from tests.articles import random_articles
from tests.damage.archive import answers, files_of, make, run


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full") / "archive"
    make(folder)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([Article(id="kept", title="A landing"), Article(id="withdrawn", title="A false alarm")])
    return tmp_path / "archive"


@pytest.mark.parametrize("name", ["backup", "backup.zip"])
def test_an_empty_folder_gets_everything_back(full: Path, tmp_path: Path, name: str) -> None:
    taken = run(full, "backup", str(tmp_path / name))
    assert taken.code == 0
    assert "50 articles, 9 files" in taken.output
    assert (tmp_path / name).is_file() == name.endswith(".zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]
    restored = run(tmp_path / "archive", "restore", str(tmp_path / name))
    assert restored.code == 0, restored.output
    assert run(tmp_path / "archive", "check").output == "intact\n"
    assert run(full, "reindex").code == 0
    assert answers(tmp_path / "archive") == answers(full)
    named = {file for file in files_of(full) if not file.startswith(("index/", "related/"))}
    assert named <= set(files_of(tmp_path / "archive"))


def test_a_backup_taken_while_articles_are_added_is_of_one_moment(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path / "archive")
    stop = threading.Event()
    with Archive.create(folder.path) as archive:
        archive.add(random_articles(1, 30), workers=1)

        def add() -> None:
            with Archive.open(folder.path) as writing:
                for number in range(1000):
                    if stop.is_set():
                        return
                    pair = [Article(id=f"n{number}-{half}", title=f"moon {number}") for half in "ab"]
                    writing.add(pair, workers=1)

        writer = threading.Thread(target=add)
        writer.start()
        try:
            for number in range(3):
                take(folder, tmp_path / f"backup-{number}")
        finally:
            stop.set()
            writer.join()
    for number in range(3):
        with closing(Store(tmp_path / f"backup-{number}" / "articles.db", read_only=True)) as store:
            assert store.problems() == []
            ids = {article.id for _, article in store.after(0)}
        added = {i.partition("-")[0] for i in ids if "-" in i}
        assert {f"{pair}-{half}" for pair in added for half in "ab"} <= ids
        restore(ArchiveFolder(tmp_path / f"restored-{number}"), tmp_path / f"backup-{number}")
        with Archive.open(tmp_path / f"restored-{number}") as archive:
            archive.reindex(workers=1)
            assert check_archive(archive) == []


def test_a_running_reader_answers_from_what_was_restored(small: Path, tmp_path: Path) -> None:
    """The restored archive no longer has an article; the deleted database still does."""
    folder = ArchiveFolder(small)
    with Archive.open(small) as archive:
        archive.remove(["withdrawn"])
    take(folder, tmp_path / "backup")
    with Archive.open(small) as archive:
        archive.add([Article(id="withdrawn", title="A false alarm"), Article(id="later", title="Another landing")])
    with open_engine(small) as engine, Archive.open(small) as writer:
        assert engine.article("withdrawn").title == "A false alarm"
        assert engine.search("alarm").hits
        restore(folder, tmp_path / "backup", replace=True)
        with pytest.raises(ArticleNotFoundError):
            engine.article("withdrawn")
        assert engine.search("alarm").hits == ()  # even before the index is built again
        writer.reindex(accept_loss=True)
        assert engine.search("alarm").total == 0
        writer.add([Article(id="new", title="An alarm clock")])
        assert [hit.article.id for hit in engine.search("alarm").hits] == ["new"]
        assert check_archive(writer) == []


def test_no_number_of_a_version_is_used_twice_after_a_restore(small: Path, tmp_path: Path) -> None:
    folder = ArchiveFolder(small)
    take(folder, tmp_path / "backup")
    with Archive.open(small) as archive:
        archive.add([Article(id="a", title="one"), Article(id="b", title="two")])
        archive.remove(["kept"])
    restore(folder, tmp_path / "backup", replace=True)
    with Archive.open(small) as archive:
        archive.reindex(accept_loss=True)
        assert archive.store.last_seq() == 4
        archive.add([Article(id="c", title="three")])
        archive.remove(["c"])
        assert archive.store.last_seq() == 5
        assert archive.store.last_removal() == 2
        assert check_archive(archive) == []


def test_what_was_replaced_is_kept(small: Path, tmp_path: Path) -> None:
    folder = ArchiveFolder(small)
    take(folder, tmp_path / "backup")
    folder.rules.write_text("- forbid: [kept, later]\n")
    with Archive.open(small) as archive:
        archive.add([Article(id="later", title="later")])
        restore(folder, tmp_path / "backup", replace=True)
    assert not folder.rules.exists()
    assert (folder.replaced / "rules.yaml").read_text() == "- forbid: [kept, later]\n"
    with closing(Store(folder.replaced / "articles.db")) as store:
        assert store.get("later").title == "later"


def test_an_archive_is_not_replaced_unasked_nor_a_backup_written_over(small: Path, tmp_path: Path) -> None:
    folder = ArchiveFolder(small)
    take(folder, tmp_path / "backup")
    with pytest.raises(BackupError, match="has an archive in it; restore into an empty folder, or give --replace"):
        restore(folder, tmp_path / "backup")
    with pytest.raises(BackupError, match="is there already; give another name"):
        take(folder, tmp_path / "backup")
    with pytest.raises(ArchiveNotFoundError):
        take(ArchiveFolder(tmp_path / "nowhere"), tmp_path / "other")


def test_a_damaged_archive_makes_no_backup(small: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(small / "articles.db")) as db, db:
        db.execute("UPDATE articles SET record = replace(record, 'alarm', 'charm')")
    with pytest.raises(BackupError, match=r"articles\.db: the article withdrawn .* is damaged"):
        take(ArchiveFolder(small), tmp_path / "backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive"]


@pytest.mark.parametrize("kind", ["folder", "zip"])
@pytest.mark.parametrize("damage", ["a byte", "a file gone", "cut off", "no record"])
def test_a_damaged_backup_is_refused_and_changes_nothing(small: Path, tmp_path: Path, damage: str, kind: str) -> None:
    folder = ArchiveFolder(small)
    backup = tmp_path / ("backup.zip" if kind == "zip" else "backup")
    take(folder, backup)
    file = backup if kind == "zip" else backup / "articles.db"
    content = file.read_bytes()
    if damage == "a byte":
        place = content.index(b"articles.db") + 40 if kind == "zip" else len(content) - 7
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    elif damage == "a file gone":
        file.unlink()
    elif damage == "cut off":
        file.write_bytes(content[: len(content) // 2])
    elif kind == "folder":
        (backup / "backup.json").write_bytes(b"{")
    else:
        with zipfile.ZipFile(file, "w") as packed:
            packed.writestr("x", "y")
    before = (folder.articles.read_bytes(), sorted(path.name for path in small.iterdir()))
    with pytest.raises(BackupError):
        restore(folder, backup, replace=True)
    assert (folder.articles.read_bytes(), sorted(path.name for path in small.iterdir())) == before


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "a/../../escaped", "", "..\\escaped"])
def test_a_backup_cannot_write_outside_of_the_archive(small: Path, tmp_path: Path, name: str) -> None:
    take(ArchiveFolder(small), tmp_path / "backup")
    record = json.loads((tmp_path / "backup/backup.json").read_text())
    record["files"][name] = record["files"]["articles.db"]
    (tmp_path / "backup/backup.json").write_text(json.dumps(record))
    with pytest.raises(BackupError, match=r"its backup\.json cannot be read"):
        restore(ArchiveFolder(tmp_path / "new"), tmp_path / "backup")


def test_a_restore_waits_for_a_writer(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "LOCK_TIMEOUT", 0.01)
    folder = ArchiveFolder(small)
    take(folder, tmp_path / "backup")
    with FileLock(folder.lock("write")), pytest.raises(ArchiveLockedError, match="another process is changing it"):
        restore(folder, tmp_path / "backup", replace=True)


def test_a_log_of_the_replaced_database_is_not_read_into_the_new_one(small: Path, tmp_path: Path) -> None:
    folder = ArchiveFolder(small)
    take(folder, tmp_path / "backup")
    with Archive.open(small) as archive:
        archive.add([Article(id="later", title="later")])
        shutil.copy(small / "articles.db-wal", tmp_path / "wal")
    shutil.copy(tmp_path / "wal", small / "articles.db-wal")  # as a process that was killed leaves it
    restore(folder, tmp_path / "backup", replace=True)
    with Archive.open(small) as archive:
        assert archive.store.count() == 2
        assert archive.store.problems() == []


def test_an_archive_from_before_there_were_checksums_is_backed_up_and_restored(small: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(small / "articles.db")) as db:
        db.execute("ALTER TABLE articles DROP COLUMN crc32")
        db.execute("PRAGMA user_version = 1")
    take(ArchiveFolder(small), tmp_path / "backup")
    restore(ArchiveFolder(tmp_path / "new"), tmp_path / "backup")
    with Archive.open(tmp_path / "new") as archive:
        archive.reindex()
        assert check_archive(archive) == []
