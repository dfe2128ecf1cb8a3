"""Which headlines are offered while there are many to read."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from recommender.local.verification import derived_problems
from search.engine import Engine
from search.local.articles import LocalArticles
from search.reader.articles import Articles
from search.suggest import background, headline_reader, kept_headlines
from search.suggest.headline_reader import HeadlineReader
from search.suggest.live_headlines import LiveHeadlines

AT_ONCE = 4


def articles(numbers: range) -> list[Article]:
    return [Article(id=f"a{n}", title=f"Comet {n}", body="A comet.") for n in numbers]


class Gate:
    """Articles whose headlines cannot be read but the newest, before somebody opens the gate."""

    def __init__(self, of: Articles, newest: int) -> None:
        self._of = of
        self._newest = newest
        self.open = threading.Event()

    def titles(self, after: int, up_to: int) -> list[tuple[int, str]]:
        if up_to - after > self._newest:
            self.open.wait(60)
        return self._of.titles(after, up_to)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[tuple[Archive, Engine]]:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        yield archive, engine


def reader_of(engine: Engine) -> tuple[HeadlineReader, Gate]:
    assert engine.folder is not None
    gate = Gate(LocalArticles(engine.folder), AT_ONCE)
    return HeadlineReader(gate, AT_ONCE), gate  # type: ignore[arg-type]


def keys(headlines: LiveHeadlines) -> list[str]:
    found = [headlines.key(place) for place in headlines.beginning_with("").tolist()]
    return sorted(found, key=lambda key: int(key.split()[1]))


def test_few_are_all_there_at_once(archive: tuple[Archive, Engine]) -> None:
    indexer, engine = archive
    indexer.add(articles(range(AT_ONCE)))
    reader, _ = reader_of(engine)
    assert keys(reader.of(engine.index())) == [f"comet {n}" for n in range(AT_ONCE)]
    indexer.remove(["a1"])
    assert keys(reader.of(engine.index())) == ["comet 0", "comet 2", "comet 3"]


def test_of_many_the_newest_come_first_and_then_all(archive: tuple[Archive, Engine]) -> None:
    indexer, engine = archive
    indexer.add(articles(range(20)))
    reader, gate = reader_of(engine)
    newest = [f"comet {n}" for n in range(20 - AT_ONCE, 20)]
    assert keys(reader.of(engine.index())) == newest
    assert keys(reader.of(engine.index())) == newest
    gate.open.set()
    reader.wait()
    assert keys(reader.of(engine.index())) == [f"comet {n}" for n in range(20)]


def test_all_of_the_generation_before_until_the_new_ones_are_read(archive: tuple[Archive, Engine]) -> None:
    indexer, engine = archive
    indexer.add(articles(range(20)))
    reader, gate = reader_of(engine)
    gate.open.set()
    reader.of(engine.index())
    reader.wait()
    gate.open.clear()
    indexer.remove(["a3"])
    indexer.add(articles(range(20, 30)))
    assert keys(reader.of(engine.index())) == [f"comet {n}" for n in range(20)]
    gate.open.set()
    reader.wait()
    assert keys(reader.of(engine.index())) == [f"comet {n}" for n in range(30) if n != 3]


# -- kept for the next process ---


class Unread:
    """Articles of which nobody may read a headline up to a sequence number."""

    def __init__(self, of: Articles, up_to: int) -> None:
        self._of, self._up_to = of, up_to

    def titles(self, after: int, up_to: int) -> list[tuple[int, str]]:
        assert after >= self._up_to
        return self._of.titles(after, up_to)


@pytest.fixture
def kept(archive: tuple[Archive, Engine], monkeypatch: pytest.MonkeyPatch) -> HeadlineReader:
    """What another process finds, where one has kept twenty headlines and knows of no others."""
    monkeypatch.setattr(headline_reader, "READ_AGAIN", 2)
    indexer, engine = archive
    indexer.add(articles(range(20)))
    engine.keep()
    assert engine.folder is not None
    last = int(engine.index().seqs().max())
    unread: Articles = Unread(LocalArticles(engine.folder), last)  # type: ignore[assignment]
    return HeadlineReader(unread, AT_ONCE, engine.folder.related)


def test_what_is_kept_is_not_read_again(archive: tuple[Archive, Engine], kept: HeadlineReader) -> None:
    assert keys(kept.of(archive[1].index())) == [f"comet {n}" for n in range(20)]


def test_what_came_since_is_read_beside_it_and_what_went_is_not_offered(
    archive: tuple[Archive, Engine], kept: HeadlineReader
) -> None:
    indexer, engine = archive
    indexer.remove(["a3", "a19"])
    indexer.add([*articles(range(20, 23)), Article(id="a5", title="Comet 555", body="Another.")])
    there = kept.of(engine.index())
    assert keys(there) == [f"comet {n}" for n in [*range(23), 555] if n not in (3, 5, 19)]
    assert not there.word("19")
    assert there.word("22")
    assert not there.word("5")
    assert [there.key(place) for place in there.beginning_with("comet 5").tolist()] == ["comet 555"]
    assert there.commonest_words(there.having([there.word("comet")]), "com", 5) == ["comet"]
    assert not kept.is_kept(engine.index())


def test_it_is_written_again_where_there_would_be_many_to_read(
    archive: tuple[Archive, Engine], kept: HeadlineReader
) -> None:
    indexer, engine = archive
    assert engine.folder is not None
    written = {path.name for path in engine.folder.related.glob("headlines-*")}
    indexer.add(articles(range(20, 22)))
    engine.keep()
    assert {path.name for path in engine.folder.related.glob("headlines-*")} == written
    assert engine.is_kept()
    indexer.add(articles(range(22, 24)))
    engine.keep()
    (file,) = engine.folder.related.glob("headlines-*")
    assert file.name not in written
    assert keys(HeadlineReader(Unread(None, 99), AT_ONCE, engine.folder.related).of(engine.index())) == [  # type: ignore[arg-type]
        f"comet {n}" for n in range(24)
    ]


def written_to(engine: Engine) -> str:
    """The name of the file with the headlines that are kept, another after each time that they are written."""
    assert engine.folder is not None
    (file,) = engine.folder.related.glob("headlines-*")
    return file.name


def test_what_a_process_has_read_for_itself_is_not_taken_for_kept(
    archive: tuple[Archive, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headline_reader, "READ_AGAIN", 2)
    indexer, engine = archive
    indexer.add(articles(range(20)))
    assert engine.suggest("comet").articles
    assert not engine.is_kept()
    engine.keep()
    assert engine.is_kept()
    first = written_to(engine)
    indexer.add(articles(range(20, 30)))
    assert engine.suggest("comet 29").articles
    engine.keep()
    assert written_to(engine) != first


def test_headlines_without_a_word_are_read_when_they_were_read_once(
    archive: tuple[Archive, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headline_reader, "READ_AGAIN", 2)
    indexer, engine = archive
    indexer.add([*articles(range(5)), *[Article(id=f"w{n}", title="?!", body=f"A comet {n}.") for n in range(5)]])
    engine.keep()
    first = written_to(engine)
    engine.keep()
    assert written_to(engine) == first
    assert engine.is_kept()


def test_it_is_written_again_where_many_are_gone(
    archive: tuple[Archive, Engine], kept: HeadlineReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexer, engine = archive
    first = written_to(engine)
    indexer.remove(["a1", "a2"])
    assert kept.is_kept(engine.index())
    indexer.remove(["a3"])
    assert not kept.is_kept(engine.index())
    engine.keep()
    assert written_to(engine) != first
    assert kept.is_kept(engine.index())


def test_whether_they_are_kept_is_known_without_reading_them_again(
    archive: tuple[Archive, Engine], kept: HeadlineReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexer, engine = archive
    assert kept.is_kept(engine.index())

    def never(_: Path) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(kept_headlines, "load", never)
    assert kept.is_kept(engine.index())
    indexer.add(articles(range(20, 30)))
    assert not kept.is_kept(engine.index())
    monkeypatch.undo()
    monkeypatch.setattr(headline_reader, "READ_AGAIN", 2)
    engine.keep()  # by another, who writes them
    assert kept.is_kept(engine.index())


def test_they_are_kept_once_each_while_others_are_read(
    archive: tuple[Archive, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headline_reader, "READ_AGAIN", 2)
    indexer, engine = archive
    indexer.add(articles(range(20)))
    assert engine.folder is not None
    gate = Gate(LocalArticles(engine.folder), AT_ONCE)
    reader = HeadlineReader(gate, AT_ONCE, engine.folder.related)  # type: ignore[arg-type]
    reader.of(engine.index())  # which begins to read the others
    keeping = threading.Thread(target=reader.keep, args=(engine.index(),))
    keeping.start()
    keeping.join(0.2)
    assert keys(reader.of(engine.index())) == [f"comet {n}" for n in range(20 - AT_ONCE, 20)]  # nobody waits for it
    gate.open.set()
    keeping.join()
    reader.wait()
    every = [f"comet {n}" for n in range(20)]
    assert keys(reader.of(engine.index())) == every
    found = kept_headlines.load(engine.folder.related)
    assert found is not None
    assert sorted(found.headlines.keys) == sorted(every)


def test_where_a_backup_was_put_back_all_are_read_again(archive: tuple[Archive, Engine]) -> None:
    indexer, engine = archive
    indexer.add(articles(range(3)))
    before = engine.index()
    indexer.remove(["a1"])
    indexer.add(articles(range(3, 9)))
    reader, gate = reader_of(engine)
    gate.open.set()
    reader.of(engine.index())
    reader.wait()
    assert keys(reader.of(engine.index())) == [f"comet {n}" for n in range(9) if n != 1]
    assert keys(reader.of(before)) == ["comet 0", "comet 2"]  # the other is in the store no more
    reader.of(engine.index())
    reader.wait()
    assert keys(reader.of(engine.index())) == [f"comet {n}" for n in range(9) if n != 1]


def test_what_failed_is_tried_again_after_a_while_and_not_at_every_letter(
    archive: tuple[Archive, Engine], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    indexer, engine = archive
    indexer.add(articles(range(20)))
    index = engine.index()
    tried: list[int] = []

    def failing() -> None:
        tried.append(1)
        raise OSError("out of memory")

    reader, gate = reader_of(engine)
    gate.open.set()
    monkeypatch.setattr(index.forms, "vocabulary", failing, raising=False)
    for _ in range(3):
        reader.of(index)
        reader.wait()
    assert len(tried) == 1
    assert [record.message for record in caplog.records] == [
        "the headlines cannot be read; suggestions go on with those that are there"
    ]
    assert len(keys(reader.of(index))) == 20
    assert not reader.has_all(index)
    monkeypatch.undo()
    now = time.monotonic() + background.RETRY_AFTER
    monkeypatch.setattr(background, "time", SimpleNamespace(monotonic=lambda: now))
    reader.of(index)
    reader.wait()
    assert reader.has_all(index)


@pytest.mark.parametrize("file", ["headlines.json", "headlines-*.npys"])
def test_what_is_damaged_is_named_and_read_anew(
    archive: tuple[Archive, Engine], kept: HeadlineReader, file: str
) -> None:
    _, engine = archive
    assert engine.folder is not None
    (path,) = engine.folder.related.glob(file)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert path in derived_problems(engine.folder)
    again = HeadlineReader(LocalArticles(engine.folder), 99, engine.folder.related)
    assert keys(again.of(engine.index())) == [f"comet {n}" for n in range(20)]


def test_what_is_not_public_yet_is_kept_and_comes_when_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headline_reader, "READ_AGAIN", 2)
    soon = datetime.now(UTC) + timedelta(days=1)
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id="later", title="Comet 7", body="A comet.", date=soon), *articles(range(5))])
    with open_engine(tmp_path) as engine:
        engine.keep()
    later = (soon + timedelta(hours=1)).timestamp()
    with open_engine(tmp_path) as now, open_engine(tmp_path, clock=lambda: later) as then:
        last = int(then.index().seqs().max())
        for engine, expected in ((now, range(5)), (then, [*range(5), 7])):
            unread: Articles = Unread(None, last)  # type: ignore[assignment, arg-type]
            reader = HeadlineReader(unread, 99, tmp_path / "related")
            assert keys(reader.of(engine.index())) == [f"comet {n}" for n in expected]
