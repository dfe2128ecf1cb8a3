"""Stock Whoosh: its own index and its own search, as shipped."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from whoosh import fields, index, query, scoring
from whoosh.analysis import StemmingAnalyzer

from benchmarks.peers.base import K1, TITLE_WEIGHT, Article, B, Kind, Peer

FIELDS = ("title", "body")


class Whoosh(Peer):
    """Its stemming analyzer, one process, 256 MB of buffer; at most 20,000 articles, for it is slow."""

    package = "whoosh3"
    slow = True
    limit = 20_000

    def build(self, batches: Iterable[list[Article]], folder: Path) -> None:
        analyzer = StemmingAnalyzer()
        schema = fields.Schema(
            id=fields.ID(stored=True, unique=True),
            title=fields.TEXT(analyzer=analyzer, stored=True, field_boost=TITLE_WEIGHT),
            body=fields.TEXT(analyzer=analyzer, stored=True),
            rest=fields.STORED,
        )
        writer = index.create_in(str(folder), schema).writer(limitmb=256)
        for batch in batches:
            for article in batch:
                writer.add_document(**_document(article))
        writer.commit()

    def open(self, folder: Path) -> None:
        self._index = index.open_dir(str(folder))
        self._analyzer = self._index.schema["body"].analyzer
        self._searcher = self._index.searcher(weighting=scoring.BM25F(B=B, K1=K1))

    def search(self, kind: Kind, words: list[str], k: int = 10) -> list[str]:
        return [hit["id"] for hit in self._searcher.search(self._query(kind, words), limit=k)]

    def page(self, words: list[str], k: int = 10) -> list[Article]:
        hits = self._searcher.search(self._query("or", words), limit=k)
        return [{"id": hit["id"], "title": hit["title"], "text": hit["body"]} | hit["rest"] for hit in hits]

    def _query(self, kind: Kind, words: list[str]) -> query.Query:
        if kind == "prefix":
            return query.Or([query.Prefix(name, words[0]) for name in FIELDS])
        stems = [token.text for word in words for token in self._analyzer(word)]
        if kind == "phrase":
            return query.Or([query.Phrase(name, stems) for name in FIELDS])
        if kind == "or":
            return query.Or([query.Term(name, stem) for stem in stems for name in FIELDS])
        return query.And([query.Or([query.Term(name, stem) for name in FIELDS]) for stem in stems])

    def add_one(self, article: Article) -> None:
        writer = self._index.writer()
        writer.add_document(**_document(article))
        writer.commit(merge=False)
        self._searcher = self._searcher.refresh()


def _document(article: Article) -> dict[str, object]:
    rest = {name: value for name, value in article.items() if name not in ("id", "title", "text")}
    return {"id": article["id"], "title": article["title"], "body": article["text"], "rest": rest}


PEERS = {"whoosh": Whoosh}
