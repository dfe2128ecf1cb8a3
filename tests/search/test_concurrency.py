"""Readers and one writer at the same time: each reader sees all of a batch or none of it, and lets go of its files."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.check import check_archive
from readmore import open_engine
from tests.articles import random_articles
from tests.faults import flush_nothing, forked

ROUNDS = 200
PAUSE = 0.1  # seconds between two looks of one reader, or two processors do nothing but read
GROUP = [f"g{number}" for number in range(5)]


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    flush_nothing(monkeypatch)


def group(number: int) -> list[Article]:
    """Five articles that always change together."""
    return [
        Article(id=i, title=f"moon round{number}", body=f"orbit {i} round{number}", section=f"r{number}") for i in GROUP
    ]


class Reader:
    """Searches until told to stop, and remembers what it saw."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_engine(folder)
        self.generations: list[int] = []

    def look(self) -> None:
        snapshot = self.engine.index().snapshot
        generation = snapshot.manifest.generation
        assert not self.generations or generation >= self.generations[-1], "went back in time"
        self.generations.append(generation)
        versions = [
            "".join(segment.keywords["section"].of(doc))
            for segment in snapshot.segments
            for doc in segment.live.nonzero()[0].tolist()
            if segment.article_id(doc) in GROUP
        ]
        assert len(versions) == len(GROUP), versions
        assert len(set(versions)) == 1, f"part of a batch: {versions}"
        version = versions[0].removeprefix("r")
        assert snapshot.doc_freq(f"round{version}".encode()) == len(GROUP)
        result = self.engine.search("moon", limit=20)
        assert {hit.article.id for hit in result.hits} >= set(GROUP)
        assert self.engine.search('"moon round*" OR section:r0 OR title:moon').total >= len(GROUP)
        assert self.engine.search("*", filters={"section": [f"r{version}"]}).total in (0, len(GROUP))


def write(folder: Path, rounds: int) -> None:
    with Archive.open(folder) as archive:
        for number in range(1, rounds + 1):
            archive.add(group(number))
            if number % 7 == 0:
                archive.remove([f"a{number // 7}"])


def prepare(folder: Path) -> None:
    with Archive.create(folder) as archive:
        archive.add([*random_articles(1, 40), *group(0)])
        archive.maintain()


def ended(pid: int) -> int:
    """Waits for a child and returns its exit status."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_processes_and_threads_read_while_a_writer_commits_and_another_process_merges(tmp_path: Path) -> None:
    prepare(tmp_path)
    done = tmp_path / "done"

    def read() -> None:
        reader = Reader(tmp_path)
        while not done.exists():
            reader.look()
            time.sleep(PAUSE)
        reader.look()
        assert len(set(reader.generations)) > 5, "the writer was not seen at work"

    def merge() -> None:
        with Archive.open(tmp_path) as archive:
            while not done.exists():
                archive.maintain()
                time.sleep(PAUSE)

    readers = [forked(read), forked(read), forked(merge)]
    writer = forked(lambda: write(tmp_path, ROUNDS))
    failures: list[BaseException] = []
    stop = threading.Event()
    shared = Reader(tmp_path)

    def read_in_thread() -> None:
        own = Reader.__new__(Reader)
        own.engine, own.generations = shared.engine, []  # one engine for all threads
        try:
            while not stop.wait(PAUSE):
                own.look()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read_in_thread) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        written = ended(writer)
    finally:
        stop.set()
        done.touch()
        for thread in threads:
            thread.join()
        statuses = [ended(pid) for pid in readers]
    assert failures == []
    assert [written, *statuses] == [0, 0, 0, 0], "a child failed, see its traceback"
    shared.look()
    shared.engine.close()
    with Archive.open(tmp_path) as archive:
        assert archive.manifest().generation > ROUNDS
        archive.add([])
        assert check_archive(archive) == []


def test_a_snapshot_stays_what_it_was_while_everything_under_it_is_replaced(tmp_path: Path) -> None:
    prepare(tmp_path)
    with open_engine(tmp_path) as engine, Archive.open(tmp_path) as archive:
        before = engine.index().snapshot
        ids = [segment.article_ids() for segment in before.segments]
        archive.add(group(1))
        archive.remove([f"a{n}" for n in range(30)])
        archive.maintain()
        archive.reindex()
        after = engine.index().snapshot
        assert after.manifest.generation > before.manifest.generation
        assert not {s.entry.name for s in before.segments} & {s.entry.name for s in after.segments}
        assert [segment.article_ids() for segment in before.segments] == ids
        assert before.doc_freq(b"round0") == len(GROUP)
        assert before.doc_freq(b"round1") == 0
        assert after.doc_freq(b"round1") == len(GROUP)


def test_a_snapshot_opens_again_only_what_is_new(tmp_path: Path) -> None:
    prepare(tmp_path)
    with open_engine(tmp_path) as engine, Archive.open(tmp_path) as archive:
        before = engine.index().snapshot
        assert engine.index().snapshot is before
        archive.add([Article(id="new", title="comet")])
        after = engine.index().snapshot
        assert after is not before
        assert len(after.segments) == len(before.segments) + 1
        unchanged = [s for s, t in zip(before.segments, after.segments, strict=False) if s.entry == t.entry]
        for segment in unchanged:
            assert segment in after.segments


def open_files(folder: Path) -> list[str]:
    """What this process has open or mapped of an archive."""
    maps = Path("/proc/self/maps").read_text().splitlines()
    mapped = [line.split(maxsplit=5)[5] for line in maps if str(folder) in line]
    return mapped + [name for name in links() if str(folder) in name]


def links() -> Iterator[str]:
    for link in Path("/proc/self/fd").iterdir():
        try:
            yield str(link.readlink())
        except FileNotFoundError:
            continue  # the one that listed the folder


@contextmanager
def without_collector() -> Iterator[None]:
    """What only the collector of cycles would free counts as left behind: until it runs, files stay open."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.fixture
def mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes even small files be mapped rather than read."""
    monkeypatch.setattr("indexer.base.array_files.MAPPED_FROM", 129)


@pytest.mark.usefixtures("mapped")
def test_nothing_stays_open_after_opening_and_closing_fifty_times(tmp_path: Path) -> None:
    prepare(tmp_path)
    with without_collector():
        descriptors = len(list(links()))
        for _ in range(50):
            with open_engine(tmp_path) as engine:
                engine.search("moon crater", limit=3)
                engine.search('"moon round0" AND title:moon NOT date:2024', filters={"tag": ["ice"]})
                engine.search("\u53f0\u5317 o'brien dorsay \u1fbf")
                assert open_files(tmp_path)
            with Archive.open(tmp_path) as archive:
                archive.add([])
                archive.status()
        assert open_files(tmp_path) == []
        assert len(list(links())) <= descriptors


@pytest.mark.usefixtures("mapped")
def test_a_reader_lets_go_of_the_generations_it_has_left(tmp_path: Path) -> None:
    prepare(tmp_path)
    with without_collector(), open_engine(tmp_path) as engine, Archive.open(tmp_path) as archive:
        most = 0
        for number in range(1, 40):
            archive.add(group(number))
            archive.maintain()
            engine.search("moon")
            most = max(most, len(open_files(tmp_path)))
            gone = [name for name in open_files(tmp_path) if name.endswith("(deleted)") and "index" in name]
            assert gone == []
        assert most < 100
