"""Which headlines are offered while there are many to read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from recommender.corpus.verification import derived_problems
from search.engine import Engine
from search.local.articles import LocalArticles
from search.reader.articles import Articles
from search.suggest import headline_reader
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
