"""Looking up articles: by the names that callers have for them, and by the docs of one generation of the archive."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.article.article import Article
from recommender.corpus.corpus import Corpus
from recommender.corpus.stored_articles import articles_of
from recommender.request import profile
from recommender.request.profile import Profile
from search.engine import Engine


def article_with_profile(engine: Engine, corpus: Corpus, id_or_url: str) -> tuple[Article, Profile]:
    """The article with this id or URL and its profile, read from its text where `corpus` does not have it yet. Raises
    ArticleNotFoundError."""
    seq, article = engine.article_with_seq(id_or_url)
    doc = corpus.doc_of(seq)
    return article, profile.of_doc(corpus, doc) if doc >= 0 else profile.of_article(corpus, article)


def docs_of(engine: Engine, corpus: Corpus, ids_or_urls: Sequence[str]) -> list[int]:
    """The docs of the articles with these ids or URLs, ascending; unknown ones are passed over."""
    seqs = engine.seqs(ids_or_urls).values() if ids_or_urls else ()
    return sorted({doc for seq in seqs if (doc := corpus.doc_of(seq)) >= 0})


def articles_by_doc(engine: Engine, corpus: Corpus, docs: Sequence[int]) -> dict[int, Article]:
    """The stored articles of docs; one that was removed meanwhile is left out."""
    articles = articles_of(engine, corpus, docs)
    return {doc: article for doc, article in zip(docs, articles, strict=True) if article is not None}
