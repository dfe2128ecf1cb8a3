"""The stored articles behind the docs of one generation of the archive."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.article.article import Article
from search.engine import Engine
from search.reader.snapshot import Snapshot


def articles_of(engine: Engine, snapshot: Snapshot, docs: Sequence[int]) -> list[Article | None]:
    """The stored articles of docs, in their order; None for one removed meanwhile."""
    seqs = [snapshot.seq_of(doc) for doc in docs]
    stored = engine.versions(seqs)
    newer: dict[str, Article] = {}
    if len(stored) < len(set(seqs)):  # changed since this generation: an id finds what it is now
        gone = [snapshot.article_id(doc) for doc, seq in zip(docs, seqs, strict=True) if seq not in stored]
        newer = engine.articles(gone)
    return [
        stored[seq] if seq in stored else newer.get(snapshot.article_id(doc))
        for doc, seq in zip(docs, seqs, strict=True)
    ]
