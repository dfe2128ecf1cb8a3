"""The same articles behind both kinds of index: what holds of one has to hold of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from tests.memory.archive import MemoryArchive

KINDS = ("local", "memory")


@contextmanager
def engine_over(kind: str, articles: Sequence[Article], folder: Path) -> Iterator[Engine]:
    """An engine over articles: over an archive of theirs that is made in `folder`, or in memory."""
    if kind == "memory":
        yield MemoryArchive(articles).engine()
        return
    with Archive.create(folder) as archive:
        archive.add(articles)
    with open_engine(folder) as engine:
        yield engine
