"""What the tests in `test_contract` try every implementation of `Index`, `IndexSource` and `Articles` on, and what
should come of it, worked out from the articles by loops."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article, Dateline
from indexer.vectors.encoder import encode_articles, encode_query
from search.query.parser import parse
from search.reader.articles import Articles
from search.reader.index import Index, IndexSource, Matches
from tests.indexer.embedders import NAME, ToyEncoder

# Words that are their own stems, and stop words in no language.
WORDS = "zorg blik tarn quon drim velt maro pliv sond kerb".split()
START = datetime(2024, 1, 1, 6, tzinfo=UTC)
NOBODY = 10**12  # a sequence number that no article has

Mask = NDArray[np.bool_]


class ArchiveUnderTest(Protocol):
    """An archive whose current generation is looked at."""

    source: IndexSource
    articles: Articles

    def add(self, articles: Iterable[Article]) -> None:
        """Accepts articles, and commits them before it returns."""

    def remove(self, ids: Iterable[str]) -> None:
        """Takes articles out, and commits that before it returns."""

    def embed(self) -> None:
        """Gives all articles that are there vectors in a space called `NAME`, whose encoder is `ToyEncoder`."""

    def close(self) -> None:
        """Lets go of what is open."""


def articles(seed: int, count: int, prefix: str = "a") -> list[Article]:
    """Short articles of few words, so that words meet and repeat, with columns of every kind."""
    rng = random.Random(seed)
    return [
        Article(
            id=f"{prefix}{number}",
            title=" ".join(rng.choices(WORDS, k=rng.randint(1, 3))),
            body=" ".join(rng.choices(WORDS[: rng.randint(3, 10)], k=rng.randint(0, 20))),
            url=f"https://site.example/{prefix}{number}" if number % 3 else "",
            section=rng.choice(["", "Moon", "Mars Science", "mond"]),
            site=rng.choice(["North", "South"]),
            authors=tuple(rng.sample(["Ann Lee", "Bo Karlsson", "Chen Yu"], rng.randint(0, 2))),
            tags=tuple(rng.sample(["ice", "Far Side", "wind"], rng.randint(0, 2))),
            language=rng.choice(["", "", "de", "fr"]),
            date=START + timedelta(days=rng.randint(0, 900)) if rng.random() < 0.8 else None,
            dateline=Dateline(rng.choice(["Houston", "Kourou"]), rng.choice(["AFP", ""])) if number % 4 else Dateline(),
        )
        for number in range(count)
    ]


class Live:
    """The articles that an archive should have, in the order in which they were accepted."""

    def __init__(self) -> None:
        self._by_id: dict[str, Article] = {}

    def add(self, added: Iterable[Article]) -> None:
        for article in added:
            self._by_id.pop(article.id, None)  # another version is accepted anew
            self._by_id[article.id] = article

    def remove(self, ids: Iterable[str]) -> None:
        for article_id in ids:
            del self._by_id[article_id]

    def __iter__(self) -> Iterator[Article]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def ids_where(self, condition: Callable[[Article], bool]) -> set[str]:
        return {article.id for article in self._by_id.values() if condition(article)}


def changed_over_time(archive: ArchiveUnderTest, *, embed_after: int = 0) -> Live:
    """Fills an archive in three commits, with articles replaced and removed; after that many of them its articles are
    given vectors (0: never)."""
    live = Live()
    first, second, third = articles(1, 40), articles(2, 25, "b"), articles(3, 10, "c")
    second += [replace(first[3], title="velt velt", body="zorg"), replace(first[7], section="Moon", date=START)]
    third += [replace(second[2], body="quon " * 9), replace(second[-1], title="drim")]
    for number, batch in enumerate([first, second, third], 1):
        archive.add(batch)
        live.add(batch)
        if number == embed_after:
            archive.embed()
    gone = ["a0", "a9", "a22", "b1", "b24", "c5"]
    archive.remove(gone)
    live.remove(gone)
    return live


def ids(index: Index, docs: NDArray[np.int64]) -> list[str]:
    return [index.article_id(doc) for doc in docs.tolist()]


def ids_in(index: Index, mask: Mask) -> set[str]:
    assert (mask.dtype, mask.shape) == (np.dtype(bool), (index.max_doc,))
    found = ids(index, np.flatnonzero(mask))
    assert len(set(found)) == len(found)
    return set(found)


def matched(index: Index, text: str, allowed: Mask | None = None) -> Matches:
    return index.match(parse(text, index.languages()), allowed, [])


def words(article: Article) -> list[str]:
    return f"{article.title} {article.body}".split()


def has_phrase(text: str, *phrase: str) -> bool:
    return f" {' '.join(phrase)} " in f" {text} "


# queries, and which articles match them
QUERIES: dict[str, Callable[[Article], bool]] = {
    "zorg": lambda a: "zorg" in words(a),
    "ZORG": lambda a: "zorg" in words(a),
    "nowhere": lambda a: False,
    "the": lambda a: False,
    "*": lambda a: True,
    "zorg blik nowhere": lambda a: not {"zorg", "blik"}.isdisjoint(words(a)),
    "zorg blik tarn quon drim velt": lambda a: not set(WORDS[:6]).isdisjoint(words(a)),
    "zorg AND blik": lambda a: {"zorg", "blik"} <= set(words(a)),
    "+zorg +blik maro": lambda a: {"zorg", "blik"} <= set(words(a)),
    "+kerb zorg": lambda a: "kerb" in words(a),
    "kerb -zorg": lambda a: "kerb" in words(a) and "zorg" not in words(a),
    "-zorg": lambda a: "zorg" not in words(a),
    "(sond OR kerb) AND zorg": lambda a: not {"sond", "kerb"}.isdisjoint(words(a)) and "zorg" in words(a),
    "title:zorg": lambda a: "zorg" in a.title.split(),
    "body:zorg^3 title:blik": lambda a: "zorg" in a.body.split() or "blik" in a.title.split(),
    '"zorg blik"': lambda a: has_phrase(a.title, "zorg", "blik") or has_phrase(a.body, "zorg", "blik"),
    'title:"blik zorg"': lambda a: has_phrase(a.title, "blik", "zorg"),
    "zor*": lambda a: "zorg" in words(a),
    "?lik": lambda a: "blik" in words(a),
    "blikk~": lambda a: "blik" in words(a),
    "[sond TO velt]": lambda a: not {"sond", "tarn", "velt"}.isdisjoint(words(a)),
    "section:moon": lambda a: a.section == "Moon",
    "tag:ice zorg": lambda a: "ice" in a.tags and "zorg" in words(a),
    "tag:ice OR zorg": lambda a: "ice" in a.tags or "zorg" in words(a),
    "author:lee AND zorg": lambda a: "Ann Lee" in a.authors and "zorg" in words(a),
    "id:b7": lambda a: a.id == "b7",
    "date:2024": lambda a: a.date is not None and a.date.year == 2024,
    "words:>12": lambda a: len(a.body.split()) > 12,
}


class Filled(NamedTuple):
    """An archive that tests only look at, and what should be in it."""

    archive: ArchiveUnderTest
    live: Live
    index: Index


def answers_of(index: Index) -> list[object]:
    """What an index answers to some queries."""
    space, vector = index.spaces[NAME], encode_query(ToyEncoder(), "zorg")
    found: list[object] = [matched(index, text).all()[0].tolist() for text in QUERIES]
    return [*found, index.doc_freq("zorg"), index.live().tolist(), space.nearest(vector, 9).result()[0].tolist()]


def encoded(live: Live) -> NDArray[np.float32]:
    """(n, dim) the vectors of articles in the space called `NAME`."""
    return encode_articles(ToyEncoder(), [(article.title, article.body) for article in live])
