"""What readers read of late, which suggestions put first."""

from __future__ import annotations

from pathlib import Path

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from readmore import open_engine
from search.usage.event_log import REFRESH_SECONDS, EventLog
from search.usage.events import Click
from search.usage.read_of_late import LEAST, ReadOfLate

DAY = 86_400.0
NOW = 20_000 * DAY


def test_views_and_choices_of_the_last_days_are_added_up(tmp_path: Path) -> None:
    with Archive.create(tmp_path):
        pass
    folder, now = ArchiveFolder(tmp_path), NOW
    read = ReadOfLate(folder, clock=lambda: now)
    assert read() == {}
    assert not folder.readers.exists()  # asking counts nothing
    with EventLog(folder) as log:
        for _ in range(LEAST):
            log.view("often", now=NOW)
            log.view("long-ago", now=NOW - 30 * DAY)
        log.view("once", now=NOW)
        for moment in (NOW, NOW - DAY):
            log.view("both", now=moment)
            log.click(Click("once", "both", ("both", "other")), now=moment)
    assert read() == {"both": 4, "often": LEAST}
    before = read()
    with EventLog(folder) as log:
        for _ in range(9):
            log.view("often", now=NOW)
    assert read() is before
    now += REFRESH_SECONDS
    assert read() == {"often": 9 + LEAST, "both": 4}


def test_a_file_that_cannot_be_read_puts_nothing_first(tmp_path: Path) -> None:
    with Archive.create(tmp_path):
        pass
    folder = ArchiveFolder(tmp_path)
    folder.readers.write_bytes(b"no such file" * 100)
    assert ReadOfLate(folder, clock=lambda: NOW)() == {}


def test_an_archive_puts_what_is_read_first(tmp_path: Path) -> None:
    articles = [Article(id=f"a{n}", title=f"Lighthouse {n}") for n in range(4)]
    with Archive.create(tmp_path) as archive:
        archive.add(articles)
    with EventLog(ArchiveFolder(tmp_path)) as log:
        for _ in range(LEAST):
            log.view("a1")
    with open_engine(tmp_path) as engine:
        assert engine.suggest("lighth").articles[0].article.id == "a1"
