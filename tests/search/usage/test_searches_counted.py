"""Searches are counted when typing pauses, by the day, without anything about who made them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from indexer.base.archive_folder import ArchiveFolder
from search.results import SearchResult
from search.usage import event_log
from search.usage.event_log import KEEP_DAYS, PAUSE, EventLog, read_searched
from search.usage.events import Searched

DAY = 86_400.0
NOON = 20_000 * DAY + DAY / 2


def typed(log: EventLog, text: str, at: float, found: int = 0) -> float:
    """Notes every beginning of a text, a letter every 0.2 seconds; when the last one was typed."""
    for end in range(1, len(text) + 1):
        at += 0.2
        log.search(text[:end], found, now=at)
    return at


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path)


def test_what_is_typed_letter_by_letter_is_one_search(folder: ArchiveFolder) -> None:
    with EventLog(folder) as log:
        at = typed(log, "moon landing", NOON)
        assert log.searched(now=at + 1) == [], "typing may go on"
        assert log.searched(now=at + PAUSE) == [Searched("moon landing", 1, 1, 0)]
        at = typed(log, "moon", at + 60)
        at = typed(log, "moon base", at + PAUSE + 1)  # a pause in between
        assert [(one.query, one.times) for one in log.searched(now=at + PAUSE)] == [
            ("moon", 1), ("moon base", 1), ("moon landing", 1),
        ]  # fmt: skip


def test_what_is_erased_again_is_none(folder: ArchiveFolder) -> None:
    with EventLog(folder) as log:
        at = typed(log, "moons", NOON)
        log.search("moon", 3, now=at + 0.3)
        assert [one.query for one in log.searched(now=at + 10)] == ["moon"]


def test_readers_who_type_at_the_same_time_are_told_apart_by_what_they_type(folder: ArchiveFolder) -> None:
    with EventLog(folder) as log:
        one, other = "comet tail", "solar sail"
        for end in range(1, 11):
            log.search(one[:end], 0, now=NOON + end / 5)
            log.search(other[:end], 0, now=NOON + end / 5 + 0.05)
        assert [one.query for one in log.searched(now=NOON + 60)] == ["comet tail", "solar sail"]


def test_searches_are_summed_by_day_and_old_ones_go(folder: ArchiveFolder) -> None:
    with EventLog(folder) as log:
        for day, found in ((0, 5), (1, 0), (1, 2)):
            log.search("Vulcan  rocket!", found, now=NOON + day * DAY + found * 100)
        assert log.searched(now=NOON + DAY + 500) == [Searched("vulcan rocket", 3, 2, 2)]
        assert log.searched(1, now=NOON + DAY + 500) == [Searched("vulcan rocket", 2, 1, 2)]
        log.search("another", 1, now=NOON + (KEEP_DAYS + 2) * DAY)
        log.searched(now=NOON + (KEEP_DAYS + 2) * DAY + 10)
        assert [one.query for one in log.searched(10_000, now=NOON + (KEEP_DAYS + 2) * DAY + 20)] == ["another"]


@pytest.mark.parametrize(
    "query",
    ["", "?!", "ann@example.org", "call +49 170 1234567", "4111 1111 1111 1111", "https://example.org/x", "x" * 101],
)
def test_what_may_be_about_a_person_or_is_no_query_is_not_counted(folder: ArchiveFolder, query: str) -> None:
    with EventLog(folder) as log:
        assert not log.search(query, 0, now=NOON)
        assert log.searched(now=NOON + 60) == []


def test_nothing_but_sums_is_in_the_file(folder: ArchiveFolder) -> None:
    with EventLog(folder) as log:
        log.search("Moon Landing", 3, now=NOON)
        log.searched(now=NOON + 60)
    with sqlite3.connect(folder.readers) as db:
        assert db.execute("SELECT * FROM searches").fetchall() == [(20_000, "moon landing", 1, 0, 3)]
        assert db.execute("SELECT COUNT(*) FROM waiting").fetchone() == (0,)
    db.close()


def test_an_answer_with_words_left_out_found_nothing(folder: ArchiveFolder) -> None:
    with EventLog(folder) as log:
        log.search_result(SearchResult("moon zzz", 53, 1.0, (), incomplete=True), now=NOON)
        log.search_result(SearchResult("mars", 7, 1.0, ()), now=NOON)
        assert log.searched(now=NOON + 60) == [Searched("mars", 1, 1, 7), Searched("moon zzz", 1, 1, 0)]


def test_a_flood_of_queries_leaves_those_that_readers_repeat(
    folder: ArchiveFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "MOST_A_DAY", 1000)
    monkeypatch.setattr(event_log, "MOST_WAITING", 50)
    with EventLog(folder) as log:
        for _ in range(2):
            log.search("moon", 3, now=NOON)
            log.searched(now=NOON + 60)
        for n in range(3000):
            log.search(f"{n:06d}x", 0, now=NOON + 100 + n / 1000)
        found = log.searched(now=NOON + 200)
        assert found[0] == Searched("moon", 2, 1, 3)
        assert len(found) <= 1000 + event_log._CHECKED_EVERY + 50


def test_several_threads_and_processes_count_together(folder: ArchiveFolder) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom indexer.base.archive_folder import ArchiveFolder\n"
        "from search.usage.event_log import EventLog\n"
        "with EventLog(ArchiveFolder(Path(sys.argv[1]))) as log:\n"
        f"    for n in range(40):\n        log.search('q' + sys.argv[2] + 'x' + str(n), 0, now={NOON})\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(folder.path), str(one)]) for one in range(3)]
    with EventLog(folder) as log:
        threads = [Thread(target=log.search, args=(f"t{n}x", 0), kwargs={"now": NOON}) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [process.wait(60) for process in running] == [0, 0, 0]
        assert sum(one.times for one in log.searched(now=NOON + 60)) > 100


def test_where_no_searches_are_counted_there_are_none(folder: ArchiveFolder) -> None:
    assert read_searched(folder) == []
    assert not folder.readers.exists()
