"""Running stories of the whole archive as threads: their articles in the order of their dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.article.article import Article
from recommender.audit.graph import Graph
from recommender.names.extraction import names_in

LEAST = 3  # articles of a thread
LEAST_LETTERS = 3  # of a name
LEAD_CHARS = 300  # of an article's text that are read for names


@dataclass(frozen=True, slots=True)
class Thread:
    """A running story."""

    name: str  # the most telling name that most of its articles begin with, or else the first headline
    articles: tuple[Article, ...]  # oldest first; those without a date first of all


def thread_docs(graph: Graph) -> list[list[int]]:
    """The docs of every thread. Two articles are of one thread if each has the other in its story; where only one was
    asked about, because the graph is a sample, that one decides. Copies go with what they are copies of."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows, columns = np.nonzero(graph.in_story & (graph.targets >= 0))
    says = {
        (source, target)
        for source, target in zip(graph.sources[rows].tolist(), graph.targets[rows, columns].tolist(), strict=True)
    }
    asked = set(graph.sources.tolist())
    pairs = [(a, b) for a, b in says if (b, a) in says or b not in asked]
    told = {doc for pair in pairs for doc in pair}
    pairs += [(one, copy) for one, copy in graph.copies if one in told]
    if not pairs:
        return []
    docs = sorted({doc for pair in pairs for doc in pair})
    place = {doc: at for at, doc in enumerate(docs)}
    ends = np.array([[place[a], place[b]] for a, b in pairs]).T
    links = coo_array((np.ones(ends.shape[1], np.int8), (ends[0], ends[1])), shape=(len(docs), len(docs)))
    _, labels = connected_components(links, directed=False)
    members_of: dict[int, list[int]] = {}
    for doc, label in zip(docs, labels.tolist(), strict=True):
        members_of.setdefault(label, []).append(doc)
    return sorted((members for members in members_of.values() if len(members) >= LEAST), key=lambda m: (-len(m), m))


def thread_of(articles: Sequence[Article], language: str, idf: Callable[[tuple[str, ...]], float]) -> Thread:
    """The thread of these articles; `language` is that of articles that do not name theirs, `idf` says how telling the
    terms of a name are."""
    ordered = sorted(articles, key=lambda a: (a.date.timestamp() if a.date else float("-inf"), a.id))
    carried: Counter[tuple[str, ...]] = Counter()
    written: dict[tuple[str, ...], Counter[str]] = {}
    for article in ordered:
        names = names_in(article.headline, article.body[:LEAD_CHARS], article.language or language)
        for name in names:
            if not name.is_adjective and len(name.text) >= LEAST_LETTERS:
                written.setdefault(name.terms, Counter())[name.text] += 1
        carried.update({name.terms for name in names if name.terms in written})
    usual = [terms for terms, count in carried.items() if count >= max(2, len(ordered) / 2)]
    best = min(usual, key=lambda terms: (-carried[terms] * idf(terms), -len(terms), terms), default=())
    if not best:
        return Thread(ordered[0].headline, tuple(ordered))
    return Thread(min(written[best], key=lambda text: (-written[best][text], text)), tuple(ordered))
