"""Xapian, through its own Python bindings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import xapian

from benchmarks.peers.base import K1, TITLE_WEIGHT, Article, B, Kind, Peer

ID_SLOT = 0
GAP = 100  # positions between title and text, so that no phrase spans them
PREFIX_LIMIT = 1_000  # words of the vocabulary a prefix may stand for


class Xapian(Peer):
    """The glass backend: stemmed terms with positions, title and text in one field, articles as data."""

    def build(self, batches: Iterable[list[Article]], folder: Path) -> None:
        database = xapian.WritableDatabase(str(folder / "glass"), xapian.DB_CREATE | xapian.DB_BACKEND_GLASS)
        make = _Maker()
        for batch in batches:
            for article in batch:
                database.add_document(make.document(article))  # written out every 10,000, Xapian's default
        database.commit()
        database.close()

    def open(self, folder: Path) -> None:
        self._path = str(folder / "glass")
        self._database = xapian.Database(self._path)
        self._enquire = self._new_enquire()
        self._stem = xapian.Stem("en")
        self._writer: xapian.WritableDatabase | None = None

    def _new_enquire(self) -> xapian.Enquire:
        enquire = xapian.Enquire(self._database)
        enquire.set_weighting_scheme(xapian.BM25Weight(K1, 0, 1, B, 0))
        return enquire

    def search(self, kind: Kind, words: list[str], k: int = 10) -> list[str]:
        self._enquire.set_query(self._query(kind, words))
        return [match.document.get_value(ID_SLOT).decode() for match in self._enquire.get_mset(0, k)]

    def page(self, words: list[str], k: int = 10) -> list[Article]:
        self._enquire.set_query(self._query("or", words))
        return [json.loads(match.document.get_data()) for match in self._enquire.get_mset(0, k)]

    def _query(self, kind: Kind, words: list[str]) -> xapian.Query:
        if kind == "prefix":
            limit = xapian.Query.WILDCARD_LIMIT_MOST_FREQUENT
            return xapian.Query(xapian.Query.OP_WILDCARD, words[0], PREFIX_LIMIT, limit, xapian.Query.OP_OR)
        stems = [self._stem(word).decode() for word in words]
        if kind == "phrase":
            return xapian.Query(xapian.Query.OP_PHRASE, stems, len(stems))
        return xapian.Query(xapian.Query.OP_OR if kind == "or" else xapian.Query.OP_AND, stems)

    def add_one(self, article: Article) -> None:
        if self._writer is None:
            self._writer = xapian.WritableDatabase(self._path, xapian.DB_OPEN)
            self._make = _Maker()
        self._writer.add_document(self._make.document(article))
        self._writer.commit()
        self._database.reopen()
        self._enquire = self._new_enquire()

    def version(self) -> str:
        return str(xapian.version_string())


class _Maker:
    """Turns articles into Xapian's documents."""

    def __init__(self) -> None:
        self._generator = xapian.TermGenerator()
        self._generator.set_stemmer(xapian.Stem("en"))
        # Stemmed terms only, with positions: by default Xapian keeps each word as it stands besides.
        self._generator.set_stemming_strategy(xapian.TermGenerator.STEM_ALL)

    def document(self, article: Article) -> xapian.Document:
        document = xapian.Document()
        self._generator.set_document(document)
        self._generator.set_termpos(0)
        self._generator.index_text(article["title"], int(TITLE_WEIGHT))
        self._generator.increase_termpos(GAP)
        self._generator.index_text(article["text"])
        document.add_value(ID_SLOT, article["id"])
        document.set_data(json.dumps(article, ensure_ascii=False))
        return document


PEERS = {"xapian": Xapian}
