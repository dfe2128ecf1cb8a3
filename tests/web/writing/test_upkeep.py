"""What is done after changes, in a process of its own."""

from __future__ import annotations

import random
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.copies.copies import READ_AGAIN
from readmore import open_recommender
from web.writing.upkeep import Upkeep, prepare

SECONDS = 120.0  # against a hang


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    with Archive.create(tmp_path / "a") as archive:
        for number in range(40):  # a segment each
            archive.add([Article(id=f"n{number}", title=f"Number {number}", body="A lighthouse on a rock.")])
        assert archive.status()["segments"] > 10
    return ArchiveFolder(tmp_path / "a")


def test_many_changes_are_followed_by_merging_and_deriving(folder: ArchiveFolder) -> None:
    upkeep = Upkeep(folder, partial(open_recommender, folder.path), pause=0.01)
    for _ in range(5):
        upkeep.changed()
    until = time.monotonic() + SECONDS
    while not any((folder.path / "related").glob("*")) and time.monotonic() < until:
        time.sleep(0.05)
    upkeep.close()

    with Archive.open(folder.path) as archive:
        assert archive.status()["segments"] < 10
    assert any((folder.path / "related").glob("*"))
    assert not [thread for thread in threading.enumerate() if thread.name == "upkeep"]


def test_closing_does_not_wait_for_it(folder: ArchiveFolder) -> None:
    upkeep = Upkeep(folder, partial(open_recommender, folder.path), pause=SECONDS)
    upkeep.changed()
    started = time.monotonic()
    upkeep.close()
    assert time.monotonic() - started < SECONDS / 2
    upkeep.changed()
    assert not [thread for thread in threading.enumerate() if thread.name == "upkeep"], "a closed one begins nothing"


def test_an_archive_that_has_gone_is_no_reason_to_fail(tmp_path: Path) -> None:
    upkeep = Upkeep(ArchiveFolder(tmp_path / "nowhere"), partial(open_recommender, tmp_path / "nowhere"), pause=0.01)
    upkeep.changed()
    until = time.monotonic() + SECONDS
    while upkeep._thread is not None and time.monotonic() < until:
        time.sleep(0.05)
    assert upkeep._thread is None


def test_what_answers_need_is_derived_once_by_another_process(tmp_path: Path) -> None:
    chance = random.Random(4)
    words = ["".join(chance.choices("abcdefghij", k=6)) for _ in range(500)]
    with Archive.create(tmp_path) as archive:
        texts = [" ".join(chance.choices(words, k=30)) for _ in range(READ_AGAIN + 100)]
        archive.add([Article(id=f"n{number}", title=text[:40], body=text) for number, text in enumerate(texts)])
    related = ArchiveFolder(tmp_path).related
    with open_recommender(tmp_path) as recommender:
        assert not recommender.is_prepared()
        prepare(recommender)
        assert recommender.is_prepared()
        kept = {path: path.stat().st_mtime_ns for path in related.rglob("*")}
        prepare(recommender)
        assert {path: path.stat().st_mtime_ns for path in related.rglob("*")} == kept
