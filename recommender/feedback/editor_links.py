"""The links that editors put from one article of the archive to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from indexer.article.article import Article
from recommender.corpus.corpus import Corpus
from recommender.feedback.link_targets import Place, Targets
from search.engine import Engine

_CHUNK = 500  # articles read at a time


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the body of an article."""

    source: int  # doc
    url: str  # as the article has it
    host: str  # of the site it leads to, without www.; empty for an archive without addresses
    path: str  # with its query
    target: int | None  # doc; None if it leads to no article of the archive


def editor_links(engine: Engine, corpus: Corpus) -> dict[int, frozenset[int]]:
    """For every doc that links to others of the archive that readers may be offered, the docs it links to."""
    return linked(all_links(engine, corpus), corpus)


def linked(links: Iterable[Link], corpus: Corpus) -> dict[int, frozenset[int]]:
    """For every doc that links to others of the archive that readers may be offered, the docs it links to: a link to
    an article that was retracted since, or has expired, is nothing to learn from or to measure by."""
    offered = corpus.offered()
    targets_of: dict[int, set[int]] = {}
    for link in links:
        if link.target is not None and link.target != link.source and offered[link.target]:
            targets_of.setdefault(link.source, set()).add(link.target)
    return {doc: frozenset(targets) for doc, targets in targets_of.items()}


def all_links(engine: Engine, corpus: Corpus) -> list[Link]:
    """Every link in every article, with the article it leads to.

    A link without a host means the site of the article it is in; a slash at the end makes no difference. Articles
    read from the files of a static site often have no address: see `Targets` for how they are found.
    """
    targets = Targets()
    outgoing: dict[int, tuple[Place, tuple[str, ...]]] = {}
    for doc, article in _articles(engine, corpus):
        place = targets.add(doc, article)
        if article.links:
            outgoing[doc] = place, article.links
    targets.settle(url for _, links in outgoing.values() for url in links)
    return [
        Link(doc, url, *targets.address(url, place), targets.find(url, place))
        for doc, (place, links) in outgoing.items()
        for url in links
    ]


def _articles(engine: Engine, corpus: Corpus) -> Iterator[tuple[int, Article]]:
    live = np.flatnonzero(corpus.live()).tolist()
    for start in range(0, len(live), _CHUNK):
        docs = {corpus.article_id(doc): doc for doc in live[start : start + _CHUNK]}
        for article_id, article in engine.articles(list(docs)).items():
            yield docs[article_id], article
