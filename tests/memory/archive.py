"""An archive in memory: articles that come and go, and a new index after every change."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.article.publicity import Calendar, public_seconds
from indexer.base.errors import ArticleNotFoundError
from indexer.schema import BASE, Schema
from indexer.vectors.lsa import TITLE_TF
from indexer.vectors.space import LSA
from indexer.vectors.space import Space as Model
from search.engine import Engine
from search.reader.index import Index
from tests.memory.document import Document
from tests.memory.index import MemoryIndex, MemorySpace


class MemoryArticles:
    """The stored articles, see `search.reader.articles.Articles`."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self.by_seq: dict[int, Article] = {}  # ascending
        self._ids_ever: set[str] = set()
        self._last_seq = 0
        self._removals = 0

    def accept(self, article: Article) -> bool:
        """Stores an article in the place of the version that there was. Whether it is another than that."""
        seq = self.seqs([article.id]).get(article.id)
        if seq is not None and self.by_seq[seq].id == article.id:
            if self.by_seq[seq].digest() == article.digest():
                return False
            del self.by_seq[seq]
            self._removals += 1
        self._last_seq += 1
        self.by_seq[self._last_seq] = article
        self._ids_ever.add(article.id)
        return True

    def drop(self, ids: Iterable[str]) -> None:
        """Takes articles out."""
        gone = set(ids)
        self._removals += sum(article.id in gone for article in self.by_seq.values())
        self.by_seq = {seq: article for seq, article in self.by_seq.items() if article.id not in gone}

    def fetch(self, ids: Sequence[str]) -> dict[str, Article]:
        found = (article for article in self.by_seq.values() if article.id in ids)
        return {article.id: article for article in found if not self._calendar.is_to_come(article)}

    def versions(self, seqs: Sequence[int]) -> dict[int, Article]:
        found = {seq: self.by_seq[seq] for seq in seqs if seq in self.by_seq}
        return {seq: article for seq, article in found.items() if not self._calendar.is_to_come(article)}

    def titles(self, after: int, up_to: int) -> list[tuple[int, str]]:
        return [(seq, of.title) for seq, of in self.by_seq.items() if after < seq <= up_to and of.title]

    def contents(self, seqs: Sequence[int]) -> list[tuple[int, str, str]]:
        return [(seq, self.by_seq[seq].title, self.by_seq[seq].body) for seq in sorted(seqs) if seq in self.by_seq]

    def get_with_seq(self, id_or_url: str) -> tuple[int, Article]:
        seqs = self.seqs([id_or_url])
        if not seqs or self._calendar.is_to_come(self.by_seq[seqs[id_or_url]]):
            raise ArticleNotFoundError(id_or_url)
        return seqs[id_or_url], self.by_seq[seqs[id_or_url]]

    def seqs(self, ids_or_urls: Sequence[str]) -> dict[str, int]:
        by_url = {article.url: seq for seq, article in self.by_seq.items() if article.url}
        by_id = {article.id: seq for seq, article in self.by_seq.items()}
        known = by_url | by_id
        return {name: known[name] for name in ids_or_urls if name in known}

    def withheld(self, after: int, up_to: int) -> list[tuple[int, float]]:
        return [
            (seq, 0.0 if article.status or article.expires is None else article.expires.timestamp())
            for seq, article in self.by_seq.items()
            if after < seq <= up_to and (article.status or article.expires)
        ]

    def translated(self, after: int, up_to: int) -> list[tuple[int, str, str, str, tuple[str, ...]]]:
        return [
            (seq, article.language, article.translation_key, article.url, article.alternates)
            for seq, article in self.by_seq.items()
            if after < seq <= up_to and (article.translation_key or article.alternates)
        ]

    def urls(self, without: Collection[int] = ()) -> list[str]:
        return [article.url for seq, article in self.by_seq.items() if article.url and seq not in without]

    def removed_ids(self) -> set[str]:
        return self._ids_ever - {article.id for article in self.by_seq.values()}

    def last_removal(self) -> int:
        return self._removals

    def close(self) -> None:
        """Nothing is open."""


class MemoryIndexSource:
    """The current index, see `search.reader.index.IndexSource`."""

    def __init__(self, index: MemoryIndex, renewed: Callable[[], MemoryIndex], calendar: Calendar) -> None:
        self.index = index
        self._renewed = renewed
        self._calendar = calendar

    def current(self) -> MemoryIndex:
        if self._calendar.now() >= self.index.until:
            self.index = self._renewed()
        return self.index

    def explaining_damage(
        self, index: Index | None = None, *, wait: bool | None = None
    ) -> AbstractContextManager[None]:
        return nullcontext()  # nothing here can be damaged

    def status(self) -> dict[str, Any]:
        return {"articles": self.index.num_docs, "generation": self.index.generation}

    def close(self) -> None:
        """Nothing is open."""


class MemoryArchive:
    """Articles, their vectors, and the index of them."""

    def __init__(
        self,
        articles: Iterable[Article] = (),
        language: str = "en",
        schema: Schema = BASE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._calendar = Calendar(clock)
        self.articles = MemoryArticles(self._calendar)
        self._generation = 0
        self._language = language
        self._schema = schema
        self._documents: list[Document] = []
        self._models: dict[str, tuple[str, Model]] = {}  # by the name of the space its kind and what encodes
        self._vectors: dict[str, dict[int, NDArray[np.float32]]] = {}  # by space and sequence number
        self.source = MemoryIndexSource(MemoryIndex(0, language, schema, [], {}), self._index, self._calendar)
        self.add(articles)

    def engine(self) -> Engine:
        """The archive opened for searching."""
        return Engine(self.source, self.articles)

    def add(self, articles: Iterable[Article]) -> None:
        """Accepts articles; of several with one id the last counts. The archive's own space encodes them."""
        latest = {article.id: article for article in articles}
        accepted = [self.articles.accept(article) for article in latest.values()]
        if any(accepted):
            self._commit()

    def remove(self, ids: Iterable[str]) -> None:
        """Takes articles out."""
        self.articles.drop(ids)
        self._commit()

    def encode(
        self, name: str, kind: str, model: Model, vectors: Mapping[str, NDArray[np.float32]] | None = None
    ) -> None:
        """Gives all articles vectors in a space of that name: those that `vectors` has by their ids, or else what the
        model makes of each."""
        self._models[name] = kind, model
        self._vectors[name] = {
            document.seq: encoded(model, document) if vectors is None else vectors[document.article.id]
            for document in self._documents
        }
        self._commit()

    def _commit(self) -> None:
        known = {document.seq: document for document in self._documents}
        self._documents = [
            known.get(seq) or Document(seq, article, self._language, self._schema)
            for seq, article in self.articles.by_seq.items()
        ]
        for name, (kind, model) in self._models.items():
            vectors = self._vectors[name]
            if kind == LSA:
                new = [document for document in self._documents if document.seq not in vectors]
                vectors |= {document.seq: encoded(model, document) for document in new}
        self._generation += 1
        self.source.index = self._index()

    def _index(self) -> MemoryIndex:
        """The index of the articles that are public by now."""
        now = self._calendar.now()
        begins = {document.seq: self._begins(document.article) for document in self._documents}
        waiting = {seq: at for seq, at in begins.items() if at > now}
        public = [document for document in self._documents if document.seq not in waiting]
        spaces = {
            name: MemorySpace(kind, model, [self._vectors[name].get(document.seq) for document in public])
            for name, (kind, model) in self._models.items()
        }
        return MemoryIndex(self._generation, self._language, self._schema, public, spaces, waiting)

    def _begins(self, article: Article) -> float:
        seconds = public_seconds(article.date, article.public_from)
        return -math.inf if seconds is None else self._calendar.begins(seconds)

    def close(self) -> None:
        """Nothing is open."""


def encoded(model: Model, document: Document) -> NDArray[np.float32]:
    """(dim,) the vector of an article."""
    vector = model.encode_article(document.article.title, document.article.body, document.counts(TITLE_TF))
    if vector is None:
        raise TypeError("a model that is not loaded encodes nothing")
    return vector
