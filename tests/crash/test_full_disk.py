"""A full disk: a clear error, nothing lost, and the same command works once there is space again."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import ReadmoreError, WriteError
from indexer.check import check_archive
from indexer.commit import builder
from indexer.vectors.space import LSA
from readmore import open_engine
from tests.faults import Faults, disk_full, flush_nothing

ALL = os.environ.get("READMORE_CRASH_POINTS") == "all"
SAMPLE = 20


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    flush_nothing(monkeypatch)


def articles(version: str, count: int = 20) -> list[Article]:
    return [
        Article(id=f"a{n}", title=f"moon {version}", body=f"mars orbit probe{n} {version}", section=version)
        for n in range(count)
    ]


def sections(folder: Path) -> set[str]:
    with open_engine(folder) as engine:
        hits = engine.search("*", limit=100).hits
        assert len(hits) == len({hit.article.id for hit in hits})
        return {section for segment in engine.index().snapshot.segments for section in live_sections(segment)}


def live_sections(segment: object) -> set[str]:
    return {v for doc in segment.live.nonzero()[0].tolist() for v in segment.keywords["section"].of(doc)}  # type: ignore[attr-defined]


def numbers(count: int) -> list[int]:
    everything = list(range(1, count + 1))
    if ALL or count <= SAMPLE:
        return everything
    return sorted({1, 2, 3, count - 2, count - 1, count} | set(random.Random(7).sample(everything, SAMPLE - 6)))


def test_no_space_for_the_nth_write_of_a_commit(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add(articles("0"))
        archive.maintain()
        archive.add(articles("1", 5))
        with Faults(0, disk_full, all_kinds=False)() as counted:
            archive.add(articles("2"), workers=1)
        total = counted.count
        assert total > 60
        struck = 0
        for version, number in enumerate(numbers(total), 3):
            before, now = str(version - 1), str(version)
            said = ""
            with Faults(number, disk_full, all_kinds=False, lasting=True)() as faults:
                try:
                    archive.add(articles(now), workers=1)
                except WriteError as error:
                    said = str(error)
            struck += faults.count >= number
            assert ("the disk is full; nothing accepted is lost, free some" in said) == (faults.count >= number)
            # what was swapped in before the disk was full is there as a whole, and else nothing of it
            assert sections(tmp_path) in ({before}, {now})
            assert {a.section for _, a in archive.store.after(0)} == {now}
            if version % 2:
                archive.add([])
            else:
                archive.add(articles(now))
            assert sections(tmp_path) == {now}
        assert struck > SAMPLE // 2
        assert check_archive(archive) == []


def test_no_space_for_the_nth_write_of_maintenance(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add(articles("0"))
        for start in range(4):
            archive.add([Article(id=f"b{start}", title="comet", section="0")])
        with Faults(0, disk_full, all_kinds=False)() as counted:
            archive.reindex(workers=1)
        assert counted.count > 60
        for number in numbers(90):
            archive.add([Article(id=f"c{number}", title="comet", section="0")])
            with Faults(number, disk_full, all_kinds=False, lasting=True)() as faults:
                said = ""
                try:
                    archive.maintain()
                except WriteError as error:
                    said = str(error)
            assert ("the disk is full" in said) == (faults.count >= number)
            assert sections(tmp_path) == {"0"}
            assert check_archive(archive) == []
        archive.maintain()
        archive.add([Article(id="last", title="comet", section="0")])
        assert check_archive(archive) == []
        assert LSA in archive.manifest().spaces


def test_no_space_while_workers_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "BATCH_DOCS", 5)
    with Archive.create(tmp_path) as archive:
        archive.add(articles("0", 5))
        with (
            Faults(9, disk_full, all_kinds=False, lasting=True)(),
            pytest.raises(WriteError, match="the disk is full"),
        ):
            archive.add(articles("1"), workers=2)
        archive.add([])
        assert sections(tmp_path) == {a.section for _, a in archive.store.after(0)}
        archive.add(articles("1"), workers=2)
        assert sections(tmp_path) == {"1"}
        assert check_archive(archive) == []


def test_no_space_in_the_article_store(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add(articles("0"))
        pages = archive.store._db.execute("PRAGMA page_count").fetchone()[0]
        archive.store._db.execute(f"PRAGMA max_page_count={pages + 2}")
        large = [Article(id=f"a{n}", title="moon", body="mars " * 4000, section="1") for n in range(8)]
        with pytest.raises(WriteError, match=r"articles\.db: the disk is full; nothing accepted is lost"):
            archive.add(large)
        assert sections(tmp_path) == {"0"}
        assert archive.remove(["a19"]) == (["a19"], [])  # the connection is not left inside a transaction
        archive.store._db.execute("PRAGMA max_page_count=1000000")
        assert archive.add(large).changed == 8
        assert sections(tmp_path) == {"0", "1"}
        assert check_archive(archive) == []


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, *args: object, **kwargs: object) -> None:
        if not path.exists():
            raise PermissionError(13, "Permission denied")

    with Archive.create(tmp_path) as archive:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "mkdir", refused)
            with pytest.raises(ReadmoreError, match=r"segments.* cannot be written \(Permission denied\)"):
                archive.add(articles("0"))
        archive.add([])
        assert sections(tmp_path) == {"0"}


def test_an_error_of_the_one_who_hands_over_articles_stays_what_it_is(tmp_path: Path) -> None:
    def broken() -> object:
        yield articles("0", 1)[0]
        raise OSError("the feed went away")

    with Archive.create(tmp_path) as archive, pytest.raises(OSError, match="the feed went away"):
        archive.add(broken())  # type: ignore[arg-type]
