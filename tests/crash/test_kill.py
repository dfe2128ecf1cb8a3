"""A kill at every write, fsync, rename, removal and SQLite commit: all of a batch or none of it, nothing lost."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import IndexFolder
from indexer.check import check_archive
from indexer.commit import builder, lsa_refit, merge_policy
from indexer.segment.manifest import Manifest
from search.reader.snapshot import Snapshot
from tests.articles import random_articles
from tests.faults import flush_nothing, in_child, killed_at

# Every point of every operation with READMORE_CRASH_POINTS=all; else the first and last ones and some between them.
ALL = os.environ.get("READMORE_CRASH_POINTS") == "all"
SAMPLE = 24

State = dict[str, str]


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    flush_nothing(monkeypatch)


def article(article_id: str, version: str) -> Article:
    return Article(
        id=article_id, title=f"moon {version}", body=f"mars orbit probe {article_id} {version}", section=version
    )


def visible(archive: Archive) -> State:
    """The version of each article that a reader finds."""
    snapshot = Snapshot.open(archive.index)
    found: State = {}
    for segment in snapshot.segments:
        for doc in segment.live.nonzero()[0].tolist():
            found[segment.article_id(doc)] = "".join(segment.keywords["section"].of(doc))
    return found


def stored(archive: Archive) -> State:
    return {a.id: a.section for _, a in archive.store.after(0)}


def prepare(folder: Path) -> State:
    """An archive of three segments with deletions and a vector space, in a state in which a merge is due."""
    with Archive.create(folder) as archive:
        archive.add([article(f"a{n}", "1") for n in range(20)], workers=1)
        archive.add(random_articles(3, 4), workers=1)
        archive.maintain()
        assert archive.manifest().spaces
        archive.add([article(f"b{n}", "1") for n in range(8)], workers=1)
        archive.add([article("a1", "2"), article("c0", "1")], workers=1)
        archive.remove(["a2", "b1"])
        assert len(archive.manifest().segments) >= 3
        assert check_archive(archive) == []
        return visible(archive)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, State]:
    folder = tmp_path_factory.mktemp("prepared") / "archive"
    return folder, prepare(folder)


def copy(source: Path, target: Path) -> None:
    """A copy whose immutable files are links, so that a writer that wrote into one of them would be found out."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source / "index", target / "index", copy_function=os.link)
    for file in source.glob("articles.db*"):
        shutil.copy(file, target)


def points(work: Callable[[], None], reset: Callable[[], None]) -> Iterator[int]:
    """The numbers of the points to strike at; `reset` puts the archive back to what it was before `work`."""
    low, high = 1, 64
    while reset() or killed_at(high, work):
        low, high = high, high * 2
    while low < high - 1:
        reset()
        middle = (low + high) // 2
        low, high = (middle, high) if killed_at(middle, work) else (low, middle)
    everything = range(1, high)
    if ALL or len(everything) <= SAMPLE:
        yield from everything
        return
    edges = {*everything[:3], *everything[-10:]}
    yield from sorted(edges | set(random.Random(20240318).sample(everything, SAMPLE - len(edges))))


def assert_sound(folder: Path, possible: list[State]) -> State:
    """What was killed left one of the possible states, and it can be written to. Returns what is stored."""
    with Archive.open(folder) as archive:
        before, truth = visible(archive), stored(archive)
        assert before in possible
        assert truth in possible
        assert possible.index(truth) >= possible.index(before)  # the index follows the store and never leads
        archive.add([article("next", "1")], workers=1)
        assert visible(archive) == stored(archive) == {**truth, "next": "1"}
        assert check_archive(archive) == []
        assert leftovers(archive) == []
    return truth


def leftovers(archive: Archive) -> list[str]:
    """Files of the index that no manifest names; the next writer takes them away."""
    manifest = archive.manifest()
    named = {f"segments/{entry.name}/{file}" for entry in manifest.segments for file in entry.files}
    named |= {f"spaces/{space.folder}/{file}" for space in manifest.spaces.values() for file in space.files}
    there = {str(path.relative_to(archive.index.path)) for path in archive.index.path.rglob("*") if path.is_file()}
    return sorted(there - named - {"manifest.json"})


def test_a_kill_at_any_point_of_a_commit(prepared: tuple[Path, State], tmp_path: Path) -> None:
    source, start = prepared
    folder, done = tmp_path / "archive", tmp_path / "done"
    first = [article("a1", "3"), article("a3", "3"), article("n1", "3"), article("n2", "3"), article("a4", "1")]
    states = [start, {**start, "a1": "3", "a3": "3", "n1": "3", "n2": "3"}]
    states.append({i: v for i, v in states[1].items() if i not in ("a5", "n2")})
    states.append({**states[2], "a5": "4", "b2": "4"})

    def work() -> None:
        with Archive.open(folder) as archive:
            for step in (
                lambda: archive.add(first, workers=1),
                lambda: archive.remove(["a5", "n2"]),
                lambda: archive.add([article("a5", "4"), article("b2", "4")], workers=1),
            ):
                step()
                with open(done, "a") as file:  # noqa: PTH123 - Path.open counts
                    file.write("x")

    def reset() -> None:
        copy(source, folder)
        done.unlink(missing_ok=True)

    seen = set()
    for number in points(work, reset):
        reset()
        assert killed_at(number, work), f"point {number}"
        acknowledged = done.stat().st_size if done.exists() else 0
        try:
            state = assert_sound(folder, states)
        except AssertionError as error:
            raise AssertionError(f"killed at point {number}, after {acknowledged} steps") from error
        assert states.index(state) >= acknowledged, f"point {number} lost what was acknowledged"
        seen.add(states.index(state))
    assert seen >= {0, 3}  # the points were spread over the whole of it
    with Archive.open(source) as archive:  # no file that the copies share was written into
        assert check_archive(archive) == []


@pytest.mark.parametrize("operation", ["merge", "fit", "merge of deletions only"])
def test_a_kill_at_any_point_of_maintenance(prepared: tuple[Path, State], tmp_path: Path, operation: str) -> None:
    source, start = prepared
    folder = tmp_path / "archive"
    if operation == "fit":
        source = tmp_path / "without_space"
        with Archive.create(source) as archive:
            archive.add([article(f"a{n}", "1") for n in range(20)], workers=1)
            archive.add([article(f"b{n}", "1") for n in range(3)], workers=1)
            start = visible(archive)
    if operation == "merge of deletions only":
        source = tmp_path / "deleted"
        copy(prepared[0], source)
        with Archive.open(source) as archive:
            archive.remove([i for i in start if i.startswith("b")])
            start = visible(archive)

    def work() -> None:
        with Archive.open(folder) as archive:
            if operation == "fit":
                assert lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
            else:
                assert merge_policy.merge_if_due(archive.index, archive.writing)

    for number in points(work, lambda: copy(source, folder)):
        copy(source, folder)
        assert killed_at(number, work), f"point {number}"
        try:
            assert_sound(folder, [start])
        except AssertionError as error:
            raise AssertionError(f"killed at point {number}") from error


def test_a_kill_at_any_point_of_the_first_commit(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    states: list[State] = [{}, {"a1": "1", "a2": "1"}]

    def work() -> None:
        with Archive.create(folder) as archive:
            archive.add([article("a1", "1"), article("a2", "1")], workers=1)

    def reset() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    for number in points(work, reset):
        reset()
        assert killed_at(number, work), f"point {number}"
        with Archive.create(folder):
            pass
        assert_sound(folder, states)


def test_a_kill_at_any_point_of_a_rebuild(prepared: tuple[Path, State], tmp_path: Path) -> None:
    source, start = prepared
    folder = tmp_path / "archive"

    def work() -> None:
        with Archive.open(folder) as archive:
            archive.reindex(workers=1)

    for number in points(work, lambda: copy(source, folder)):
        copy(source, folder)
        assert killed_at(number, work), f"point {number}"
        assert_sound(folder, [start])


def test_a_batch_that_workers_build_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed with several batches stored and none of them committed."""
    monkeypatch.setattr(builder, "BATCH_DOCS", 5)
    articles = [article(f"a{n}", "1") for n in range(40)]
    with Archive.create(tmp_path) as archive:
        archive.add(articles[:3])

    def endless() -> Iterator[Article]:
        yield from articles
        os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        os.setpgid(0, 0)
        (tmp_path / "pid").write_text(str(os.getpid()))
        with Archive.open(tmp_path) as archive:
            archive.add(endless(), workers=2)

    assert in_child(work) == signal.SIGKILL
    with Archive.open(tmp_path) as archive:
        try:
            # the workers that the dead process left behind end, and let go of its lock
            archive._write_lock.acquire(timeout=30, poll_interval=0.01)
            archive._write_lock.release()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(int((tmp_path / "pid").read_text()), signal.SIGKILL)
        accepted = stored(archive)
        assert len(accepted) >= 30
        archive.remove(["no-such-article"])
        assert visible(archive) == accepted
        assert check_archive(archive) == []


def test_a_killed_writer_lets_go_of_its_lock(tmp_path: Path) -> None:
    with Archive.create(tmp_path):
        pass
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        with Archive.open(tmp_path) as archive, archive.writing():
            os.write(writes, b"x")
            signal.pause()
    os.read(reads, 1)
    os.close(reads)
    os.close(writes)
    try:
        with pytest.raises(Timeout):
            FileLock(tmp_path / "write.lock", timeout=0).acquire()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    with Archive.open(tmp_path) as archive:
        assert archive.add([article("a1", "1")]).added == 1


def test_names_are_on_the_disk_before_the_manifest_that_needs_them(
    prepared: tuple[Path, State], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut keeps only what was flushed: a new file needs its content and the entry in its folder flushed, a new
    folder the entry in the one above, all before the manifest is renamed."""
    folder = tmp_path / "archive"
    copy(prepared[0], folder)
    known = set(folder.rglob("*"))
    synced: dict[Path, float] = {}
    fsync, rename = os.fsync, Path.replace
    renamed = []

    def noted_fsync(descriptor: int) -> None:
        fsync(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced[path] = path.stat().st_mtime_ns if path.exists() else 0  # a folder changes when a name is added to it

    def noted_rename(path: Path, target: Path) -> Path:
        manifest = (path, *(folder / "index" / "segments" / e.name / f for e, f in named(path, folder)))
        for file in {p for p in manifest if p not in known}:
            assert file in synced, f"{file} is not flushed"
            assert_entry_flushed(file)
        renamed.append(target)
        return rename(path, target)

    def assert_entry_flushed(path: Path) -> None:
        if path.name.endswith(".tmp"):
            return
        assert synced.get(path.parent) == path.parent.stat().st_mtime_ns, f"the entry of {path} is not flushed"
        if path.parent not in known:
            assert_entry_flushed(path.parent)

    def named(path: Path, folder: Path) -> list[tuple[object, str]]:
        parent = tmp_path / "manifest"
        parent.mkdir(exist_ok=True)
        shutil.copy(path, parent / "manifest.json")
        return [(entry, file) for entry in Manifest.load(IndexFolder(parent)).segments for file in entry.files]

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_rename)
    with Archive.open(folder) as archive:
        archive.add([article("a1", "5"), article("new", "5")], workers=1)
        known.update(folder.rglob("*"))
        archive.maintain()
    assert len(renamed) >= 2
    assert (folder / "index" / "manifest.json").is_file()
