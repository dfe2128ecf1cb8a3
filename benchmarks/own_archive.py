"""The articles that are measured, as an archive of this project, and what is asked of it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.archives import SAMPLE, Article, prepare
from benchmarks.batchfile import read_batches
from benchmarks.peers.readmore_engine import as_records
from indexer.archive import Archive
from search.engine import Engine


def indexed(name: str, work: Path) -> Path:
    """The folder of an archive of the articles called `name`, made below `work` and merged."""
    articles = prepare(name, work / "articles")
    with Archive.create(work / "archive") as made:
        made.add(as_records(read_batches(articles.batches)))
        made.maintain()
    return work / "archive"


def sampled(engine: Engine) -> list[Article]:
    """The newest articles that an engine has, to draw queries from."""
    return [{"title": article.title, "text": article.body} for article in engine.latest(SAMPLE)]
