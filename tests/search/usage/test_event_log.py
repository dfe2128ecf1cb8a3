"""One log of what readers did: taken over from the files before it, followed when it is replaced, bounded."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.backup.backup import take
from indexer.backup.restore import restore
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArchiveLockedError, DamagedError, WriteError
from search.usage import event_log, old_logs
from search.usage.event_log import LEAST, PAUSE, RARE_DAYS, EventLog, phase, read_pairs, read_searched, read_sums
from search.usage.events import Click, Pair, Searched

DAY = 86_400.0
NOON = 20_000 * DAY + DAY / 2
OLD = {
    "clicks.db": """
        CREATE TABLE pairs (source TEXT NOT NULL, target TEXT NOT NULL, position INTEGER NOT NULL,
            shown INTEGER NOT NULL, seen INTEGER NOT NULL, clicked INTEGER NOT NULL,
            PRIMARY KEY (source, target, position, shown)) WITHOUT ROWID;
        CREATE TABLE reads (day INTEGER NOT NULL, target TEXT NOT NULL, clicked INTEGER NOT NULL,
            PRIMARY KEY (day, target)) WITHOUT ROWID;
        INSERT INTO pairs VALUES ('a', 'b', 1, 2, 5, 3), ('a', 'c', 2, 2, 5, 2);
        INSERT INTO reads VALUES (20000, 'b', 3), (20000, 'c', 2);""",
    "searches.db": """
        CREATE TABLE waiting (query TEXT PRIMARY KEY, at REAL NOT NULL, found INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE searches (day INTEGER NOT NULL, query TEXT NOT NULL, times INTEGER NOT NULL,
            found INTEGER NOT NULL, PRIMARY KEY (day, query)) WITHOUT ROWID;
        INSERT INTO searches VALUES (20000, 'moon', 4, 7), (20000, 'zeppelin', 3, 0), (19999, 'zeppelin', 2, 0);""",
    "events.db": """
        CREATE TABLE searches (day INTEGER NOT NULL, query TEXT NOT NULL, typed INTEGER NOT NULL,
            without_result INTEGER NOT NULL, PRIMARY KEY (day, query)) WITHOUT ROWID;
        CREATE TABLE views (day INTEGER NOT NULL, article TEXT NOT NULL, viewed INTEGER NOT NULL,
            PRIMARY KEY (day, article)) WITHOUT ROWID;
        INSERT INTO searches VALUES (20000, '"moon"', 6, 0), (20000, 'café', 3, 1), (20000, '?', 9, 9);
        INSERT INTO views VALUES (20000, 'a', 8);""",
}


def write_old(folder: ArchiveFolder, *names: str) -> None:
    for name in names or OLD:
        with closing(sqlite3.connect(folder.path / name)) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(OLD[name])


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path)


@pytest.fixture
def archive(folder: ArchiveFolder) -> Iterator[Archive]:
    with Archive.create(folder.path) as archive:
        archive.add([Article(id=name, title=f"Article {name}", body="Text.") for name in "abc"])
        yield archive


def taken_over(folder: ArchiveFolder) -> None:
    """Holds that everything in `OLD` is in the log."""
    with EventLog(folder) as log:
        assert log.pairs() == [Pair("a", "b", 1, 2, 5, 3), Pair("a", "c", 2, 2, 5, 2)]
        assert log.most_read(9, 1) == ["b", "c"]
        assert log.searched(now=NOON) == [
            Searched("moon", 6, 1, 7),  # the larger number: both files may have counted the same searches
            Searched("zeppelin", 5, 2, 0),
            Searched("cafe", 3, 1, None),
        ]
        sums = log.sums(28, 9, now=NOON)
        assert (sums.views, sums.top_views, sums.without_result) == (8, [("a", 8)], [("zeppelin", 5)])


def test_what_earlier_versions_counted_is_taken_over_once(folder: ArchiveFolder) -> None:
    write_old(folder)
    for _ in range(3):
        taken_over(folder)
        assert sorted(path.name for path in folder.path.iterdir()) == ["readers.db"]


@pytest.mark.parametrize("name", OLD)
def test_each_old_file_is_taken_over_alone_and_by_whoever_reads_first(folder: ArchiveFolder, name: str) -> None:
    write_old(folder, name)
    assert len(read_pairs(folder)) == (2 if name == "clicks.db" else 0)
    assert [path.name for path in folder.path.iterdir()] == ["readers.db"]
    assert read_sums(folder, 30_000, 9).views == (8 if name == "events.db" else 0)
    assert len(read_searched(folder, 30_000)) == {"clicks.db": 0, "searches.db": 2, "events.db": 2}[name]
    assert phase(folder, 1e9) > 0


def test_a_process_that_dies_before_the_old_file_is_gone_has_nothing_counted_twice(
    folder: ArchiveFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_old(folder)

    def died(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(old_logs, "remove_sidecars", died)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            EventLog(folder)
        assert folder.old_clicks.exists()
    monkeypatch.undo()
    taken_over(folder)


@pytest.mark.parametrize("attempt", range(10))
def test_several_that_open_it_at_once_take_it_over_once(folder: ArchiveFolder, attempt: int) -> None:
    write_old(folder)
    failed = []
    together = Barrier(6)

    def opened() -> None:
        together.wait()
        try:
            EventLog(folder).close()
        except BaseException as error:  # pragma: no cover - only where it is wrong
            failed.append(error)

    threads = [Thread(target=opened) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    taken_over(folder)


@pytest.mark.parametrize("content", [b"", b"no database" * 500])
def test_an_old_file_that_is_damaged_is_named_and_kept(folder: ArchiveFolder, content: bytes) -> None:
    folder.old_clicks.write_bytes(content)
    with pytest.raises(DamagedError, match=r"clicks\.db: .*check --repair"):
        EventLog(folder)
    assert folder.old_clicks.read_bytes() == content


def test_a_log_that_is_open_follows_a_restore(archive: Archive, folder: ArchiveFolder, tmp_path: Path) -> None:
    with EventLog(folder) as log:
        log.click(Click("a", "b"))
        take(folder, tmp_path / "backup.zip")
        log.click(Click("a", "c"))
        archive.close()
        restore(folder, tmp_path / "backup.zip", replace=True)
        assert log.most_read(9, 1) == ["b"], "as it was backed up"
        log.click(Click("b", "a"))
        log.view("a", now=NOON)
    with EventLog(folder) as log:
        assert log.most_read(9, 1) == ["a", "b"], "what is counted since is in the file that is there"
    with closing(sqlite3.connect(folder.readers)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_backup_of_an_earlier_version_is_taken_over(archive: Archive, folder: ArchiveFolder, tmp_path: Path) -> None:
    write_old(folder)
    take(folder, tmp_path / "backup.zip")
    with EventLog(folder) as log:
        log.view("c", now=NOON)
        archive.close()
        restore(folder, tmp_path / "backup.zip", replace=True)
        taken_over(folder)
        assert log.sums(9, 9, now=NOON).top_views == [("a", 8)], "the open one, too"


def test_a_log_that_was_deleted_begins_again(folder: ArchiveFolder) -> None:
    with EventLog(folder) as log:
        log.view("a", now=NOON)
        folder.readers.unlink()
        log.view("b", now=NOON)
        assert log.sums(9, 9, now=NOON).top_views == [("b", 1)]


def test_clicks_leave_room_for_what_else_readers_do(folder: ArchiveFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MAX_BYTES", 60 * 4096)
    with EventLog(folder) as log:
        clicks = iter(Click(f"source-{n}-" + "x" * 150, "b", ("b", "c")) for n in range(10_000))
        with pytest.raises(WriteError, match="has all it may hold"):
            deque(map(log.click, clicks))
        log.view("a", now=NOON)
        log.search("moon", 0, now=NOON)
        log.click(Click("a", "b"), now=NOON)
        assert log.sums(9, 9, now=NOON + 10).views == 1
        assert log.most_read(9, 1) == ["b"]


def test_what_few_have_searched_for_is_not_kept_for_long(folder: ArchiveFolder) -> None:
    with EventLog(folder) as log:
        for n in range(LEAST):
            log.search("moon", 1, now=NOON + 10 * n)
        log.search("my own name", 1, now=NOON + 60)
        assert len(log.searched(366, now=NOON + 90)) == 2
        later = NOON + (RARE_DAYS + 1) * DAY
        log.view("a", now=later)
        assert [one.query for one in log.searched(366, now=later)] == ["moon"]


def test_what_another_process_holds_is_said_to_be_held(folder: ArchiveFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    with EventLog(folder) as log, closing(sqlite3.connect(folder.readers, isolation_level=None)) as other:
        log._db._db.execute("PRAGMA busy_timeout=10")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveLockedError, match=r"readers\.db: another process is writing to it; try again"):
            log.view("a")
        other.execute("ROLLBACK")
        log.view("a")


def test_a_log_that_may_not_be_written_to_says_so(folder: ArchiveFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object, **kwargs: object) -> sqlite3.Connection:
        error = sqlite3.OperationalError("attempt to write a readonly database")
        error.sqlite_errorcode = sqlite3.SQLITE_READONLY
        raise error

    monkeypatch.setattr(sqlite3, "connect", refused)
    monkeypatch.setattr("os.access", lambda *args: False)
    with pytest.raises(WriteError, match=r"readers\.db: .*no permission to write to it; give it one"):
        EventLog(folder)


def test_a_clock_that_was_ahead_and_is_set_back(folder: ArchiveFolder) -> None:
    """What it counted ahead stays counted, keeps nothing from being counted now, and is not the latest for years."""
    with EventLog(folder) as log:
        ahead = NOON + 1000 * DAY
        log.click(Click("a", "b"), now=ahead)
        log.search("comet", 2, now=ahead)
        log.view("a", now=ahead)
        log.search("moon", 1, now=NOON)
        log.click(Click("a", "c"), now=NOON)
        log.view("b", now=NOON)
        assert log.most_read(9, 1, now=NOON) == ["c"]
        assert {one.query for one in log.searched(now=NOON + PAUSE)} == {"moon", "comet"}
        assert log.sums(9, 9, now=NOON + PAUSE).top_views == [("a", 1), ("b", 1)]
