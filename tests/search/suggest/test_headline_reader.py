"""Which headlines are offered while there are many to read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from search.local.articles import LocalArticles
from search.reader.articles import Articles
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
    return sorted(headlines.keys(), key=lambda key: int(key.split()[1]))


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
