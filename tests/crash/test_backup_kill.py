"""A kill at anything that a backup or a restore does to the disk: nothing is lost, and the next run ends it."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.backup.backup import take
from indexer.backup.restore import restore
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import RestoreUnfinishedError
from indexer.store import Store
from search.usage.event_log import EventLog
from tests.crash.test_kill import points
from tests.damage.archive import run
from tests.faults import flush_nothing, killed_at


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    flush_nothing(monkeypatch)


def made(folder: Path, *ids: str) -> ArchiveFolder:
    with Archive.create(folder) as archive:
        archive.add([Article(id=each, title=f"Article {each}", body="Text.") for each in ids], workers=1)
    made = ArchiveFolder(folder)
    made.rules.write_text(f"- pin: {ids[0]}\n  under: {ids[1]}\n")
    with EventLog(made) as log:
        log.view(ids[0])
    return made


def ids_in(path: Path) -> set[str]:
    with closing(Store(path, read_only=True)) as store:
        return {article.id for _, article in store.after(0)}


def test_a_backup_that_is_killed_leaves_the_archive_and_no_half_backup(tmp_path: Path) -> None:
    folder, target = made(tmp_path / "archive", "a", "b"), tmp_path / "backups" / "backup.zip"
    target.parent.mkdir()

    def reset() -> None:
        target.unlink(missing_ok=True)

    def work() -> None:
        take(folder, target)

    for number in points(work, reset):
        reset()
        assert killed_at(number, work)
        assert ids_in(folder.articles) == {"a", "b"}
        if target.exists():  # it had its name already, so it is whole
            restore(ArchiveFolder(tmp_path / "other"), target)
            shutil.rmtree(tmp_path / "other")
        reset()
        take(folder, target)
        assert [path.name for path in target.parent.iterdir()] == ["backup.zip"], "what the dead one left is gone"
    (target.parent / ".other.zip.elsewhere.1.unfinished").touch()
    (target.parent / f".running.zip.{os.uname().nodename}.{os.getpid()}.unfinished").touch()
    reset()
    take(folder, target)
    assert len(list(target.parent.iterdir())) == 3, "but not what another machine or a process that runs may be at"


def test_a_restore_that_is_killed_is_said_and_brought_to_an_end_by_the_next(tmp_path: Path) -> None:
    old, before = made(tmp_path / "old", "a", "b"), made(tmp_path / "before", "b", "c", "later")
    before.grades.write_text("")
    take(old, tmp_path / "backup")
    folder = ArchiveFolder(tmp_path / "archive")
    unfinished = 0

    def reset() -> None:
        shutil.rmtree(folder.path, ignore_errors=True)
        shutil.copytree(before.path, folder.path)

    def work() -> None:
        restore(folder, tmp_path / "backup", replace=True)

    for number in points(work, reset):
        reset()
        assert killed_at(number, work)
        kept = {"b", "c", "later"}
        assert kept in (
            ids_in(folder.articles),
            ids_in(folder.replaced / "articles.db") if folder.replaced.exists() else set(),
        )
        is_unfinished = folder.unfinished_restore.exists()
        unfinished += is_unfinished
        if is_unfinished:
            _assert_said(folder, tmp_path / "backup")
        assert run(folder.path, "restore", "--replace", str(tmp_path / "backup")).code == 0
        assert ids_in(folder.articles) == {"a", "b"}
        assert folder.rules.read_text() == old.rules.read_text()
        assert not folder.grades.exists()
        assert run(folder.path, "check").output == "intact\n"
        assert folder.unknown() == []
        assert list(folder.path.glob(".restore-*")) == []
        if is_unfinished:
            assert (folder.replaced / "rules.yaml").read_text() == before.rules.read_text()
        with Archive.open(folder.path) as archive:
            archive.add([Article(id="new", title="New")], workers=1)
    assert unfinished > 2


def _assert_said(folder: ArchiveFolder, backup: Path) -> None:
    advice = f"run 'readmore restore --replace {backup}' again"
    with Archive.open(folder.path) as archive, pytest.raises(RestoreUnfinishedError, match=re.escape(advice)):
        archive.add([Article(id="lost", title="Added to what is about to be replaced")], workers=1)
    found = run(folder.path, "check")
    assert found.code == 1
    assert advice in found.output
