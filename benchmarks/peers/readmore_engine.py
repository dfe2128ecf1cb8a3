"""This project: its archive, and the words leg of its engine.

What is measured is what the others do too: words with positions, articles stored, the best by BM25F. Fitting the
archive's own vector space is left out, and so is fusing with it. Like Xapian's and Whoosh's, queries are handed over
as trees; reading a query as typed adds Whoosh's parser where it is more than plain words.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

# what `open_engine` imports when it is first called, which is no part of opening an archive
import search.engine
import search.local.articles
import search.local.source
import search.ranking.fusion_settings  # noqa: F401
from benchmarks.peers.base import Article, Kind, Peer, folder_size
from indexer.archive import Archive
from indexer.article import article as records
from indexer.commit import merge_policy
from indexer.schema import ALL_TEXT
from indexer.text.analyzer import query_terms
from readmore import open_engine
from search.lexical.maxscore import top_docs
from search.query.index_terms import free_text
from search.query.tree import And, Node, Phrase, Prefix, Term


class Readmore(Peer):
    """As many processes build as there are cores, articles in its SQLite store, index in memory-mapped arrays."""

    def build(self, batches: Iterable[list[Article]], folder: Path) -> None:
        self._archive = Archive.create(folder)
        self._archive.add(as_records(batches))

    def settle(self) -> None:
        writing = self._archive.writing  # what `Archive.maintain` does, less the vector space
        while merge_policy.merge_if_due(self._archive.index, writing):
            pass
        self._archive.close()

    def open(self, folder: Path) -> None:
        self._folder = folder
        self._engine = open_engine(folder)
        self._languages = self._engine.index().snapshot.languages()
        self._writer: Archive | None = None

    def search(self, kind: Kind, words: list[str], k: int = 10) -> list[str]:
        snapshot = self._engine.index().snapshot
        docs, _ = top_docs(snapshot, self._tree(kind, words), k)
        return [snapshot.article_id(doc) for doc in docs.tolist()]

    def page(self, words: list[str], k: int = 10) -> list[Article]:
        ids = self.search("or", words, k)
        found = self._engine.articles(ids)
        return [_as_dict(found[wanted]) for wanted in ids]

    def _tree(self, kind: Kind, words: list[str]) -> Node:
        if kind == "or":
            return free_text(" ".join(words), self._languages)
        if kind == "prefix":
            return Prefix(ALL_TEXT, words[0])
        terms = [term for word in words for term in query_terms(word, self._languages)]
        if kind == "phrase":
            return Phrase(ALL_TEXT, tuple(terms))
        return And(tuple(Term(ALL_TEXT, term) for term in terms))

    def add_one(self, article: Article) -> None:
        if self._writer is None:
            self._writer = Archive.open(self._folder)
        self._writer.add(as_records([[article]]))

    def sizes(self, folder: Path) -> dict[str, int]:
        return {"total": folder_size(folder), "index": folder_size(folder / "index")}

    def version(self) -> str:
        try:
            return importlib.metadata.version("readmore")
        except importlib.metadata.PackageNotFoundError:  # run from the checkout
            return "this checkout"


def as_records(batches: Iterable[list[Article]]) -> Iterator[records.Article]:
    for batch in batches:
        yield from map(_record, batch)


def _record(article: Article) -> records.Article:
    return records.Article(
        id=article["id"],
        url=article["url"],
        title=article["title"],
        body=article["text"],
        date=datetime.fromisoformat(article["date"]) if article["date"] else None,
        section=article["section"],
        site=article["site"],
        authors=tuple(article["authors"]),
        tags=tuple(article["tags"]),
    )


def _as_dict(record: records.Article) -> Article:
    return {
        "id": record.id,
        "title": record.title,
        "text": record.body,
        "date": record.date.isoformat() if record.date else "",
        "section": record.section,
        "site": record.site,
        "authors": list(record.authors),
        "tags": list(record.tags),
        "url": record.url,
    }


PEERS = {"readmore": Readmore}
