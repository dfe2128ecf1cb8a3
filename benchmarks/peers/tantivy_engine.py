"""tantivy, through its official Python package.

Ids come from a fast field: reading ten stored articles takes tantivy about as long as the search itself, and an
application that only needs ids would not do it. Fast fields readable from Python hold numbers, so an id of up to
eight characters is kept as the number that its bytes make; the archives measured have no longer ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import tantivy

from benchmarks.peers.base import TITLE_WEIGHT, Article, Kind, Peer

THREADS = 2
HEAP = 256_000_000  # bytes, shared by the threads
FIELDS = ("title", "body")


class Tantivy(Peer):
    """Two indexing threads, its English stemmer, articles in its document store."""

    package = "tantivy"

    def build(self, batches: Iterable[list[Article]], folder: Path) -> None:
        self._index = tantivy.Index(_schema(), path=str(folder))
        self._writer = self._index.writer(heap_size=HEAP, num_threads=THREADS)
        for batch in batches:
            for article in batch:
                self._writer.add_document(_document(article))
        self._writer.commit()

    def settle(self) -> None:
        self._writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._index.config_reader(reload_policy="manual")
        self._index.reload()
        self._searcher = self._index.searcher()
        self._adder: tantivy.IndexWriter | None = None

    def search(self, kind: Kind, words: list[str], k: int = 10) -> list[str]:
        # count=False lets tantivy skip what cannot reach the top (block-max WAND); for a disjunction it does so
        # only where all clauses are terms of one flat query, hence a query over fields and words, not nested.
        hits = self._searcher.search(self._query(kind, words), limit=k, count=False).hits
        keys = self._searcher.fast_field_values("key", [address for _, address in hits])
        return [_id_of(key) for key in keys]

    def page(self, words: list[str], k: int = 10) -> list[Article]:
        hits = self._searcher.search(self._query("or", words), limit=k, count=False).hits
        return [_article(self._searcher.doc(address)) for _, address in hits]

    def _query(self, kind: Kind, words: list[str]) -> tantivy.Query:
        if kind == "prefix":
            schema = self._index.schema
            return tantivy.Query.boolean_query(
                [(tantivy.Occur.Should, tantivy.Query.phrase_prefix_query(schema, name, words)) for name in FIELDS]
            )
        if kind == "or":
            text = " ".join(f"title:{word}^{TITLE_WEIGHT} body:{word}" for word in words)
        elif kind == "and":
            text = " ".join(f"+(title:{word}^{TITLE_WEIGHT} body:{word})" for word in words)
        else:
            phrase = " ".join(words)
            text = f'title:"{phrase}"^{TITLE_WEIGHT} body:"{phrase}"'
        return self._index.parse_query(text)

    def add_one(self, article: Article) -> None:
        if self._adder is None:
            self._adder = self._index.writer(heap_size=HEAP, num_threads=1)
        self._adder.add_document(_document(article))
        self._adder.commit()
        self._index.reload()
        self._searcher = self._index.searcher()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", fast=True)
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in FIELDS:
        builder.add_text_field(name, stored=True, tokenizer_name="en_stem", index_option="position")
    builder.add_bytes_field("rest", stored=True)
    return builder.build()


def _document(article: Article) -> tantivy.Document:
    document = tantivy.Document(id=article["id"], title=article["title"], body=article["text"])
    rest = {name: value for name, value in article.items() if name not in ("id", "title", "text")}
    document.add_unsigned("key", _key_of(article["id"]))
    document.add_bytes("rest", json.dumps(rest, ensure_ascii=False).encode())
    return document


def _article(document: tantivy.Document) -> Article:
    rest: Article = json.loads(document.get_first("rest"))
    title, body = document.get_first("title"), document.get_first("body")
    return {"id": document.get_first("id"), "title": title, "text": body} | rest


def _key_of(article_id: str) -> int:
    data = article_id.encode("ascii")
    if len(data) > 8:
        raise ValueError(f"id {article_id} is longer than the eight characters that fit a number of 64 bits")
    return int.from_bytes(data)


def _id_of(key: int) -> str:
    return key.to_bytes(8).lstrip(b"\0").decode("ascii")


PEERS = {"tantivy": Tantivy}
