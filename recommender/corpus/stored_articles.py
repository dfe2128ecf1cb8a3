"""The stored articles behind the docs of one generation of the archive."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.article.article import Article
from recommender.corpus.corpus import Corpus
from search.engine import Engine


def articles_of(engine: Engine, corpus: Corpus, docs: Sequence[int]) -> list[Article | None]:
    """The stored articles of docs, in their order; None for one removed meanwhile."""
    seqs: list[int] = corpus.seqs[list(docs)].tolist()
    stored = engine.versions(seqs)
    newer: dict[str, Article] = {}
    if len(stored) < len(set(seqs)):  # changed since this generation: an id finds what it is now
        gone = [corpus.article_id(doc) for doc, seq in zip(docs, seqs, strict=True) if seq not in stored]
        newer = engine.articles(gone)
    return [
        stored[seq] if seq in stored else newer.get(corpus.article_id(doc)) for doc, seq in zip(docs, seqs, strict=True)
    ]
