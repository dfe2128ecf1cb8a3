"""The links that editors put from one article of the archive to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from indexer.article.article import Article
from recommender.corpus.corpus import Corpus
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
    """Every link in every article.

    A link without a host means the site of the article it is in; a slash at the end makes no difference. Articles
    read from the files of a static site often have no address, and the site makes it from the file's name:
    ``/2014/03/19/hello-world/`` is the article with the id ``2014-03-19-hello-world``.
    """
    outgoing: dict[int, tuple[str, list[tuple[str, tuple[str, str]]]]] = {}
    by_address: dict[tuple[str, str], int] = {}
    by_id: dict[str, int] = {}
    for doc, article in _articles(engine, corpus):
        address = _address(article.url, "")
        by_id[article.id] = doc
        if article.url:
            by_address[address] = doc
        if article.links:
            outgoing[doc] = address[0], [(link, _address(link, address[0])) for link in article.links]
    links_found = []
    for doc, (home, links) in outgoing.items():
        for url, address in links:
            target = by_address.get(address)
            if target is None and home in ("", address[0]):  # paths of other sites are not made from ids of this one
                target = by_id.get(id_of_path(address[1]))
            links_found.append(Link(doc, url, *address, target))
    return links_found


def _articles(engine: Engine, corpus: Corpus) -> Iterator[tuple[int, Article]]:
    live = np.flatnonzero(corpus.live()).tolist()
    for start in range(0, len(live), _CHUNK):
        docs = {corpus.article_id(doc): doc for doc in live[start : start + _CHUNK]}
        for article_id, article in engine.articles(list(docs)).items():
            yield docs[article_id], article


def _address(url: str, host: str) -> tuple[str, str]:
    """The host and path of a URL, in a form in which two links to one article are equal."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", url
    query = f"?{parts.query}" if parts.query else ""
    return (parts.hostname or host).removeprefix("www."), (parts.path.rstrip("/") or "/") + query


def id_of_path(path: str) -> str:
    """The id of the article that a static site puts at this path."""
    return path.strip("/").removesuffix(".html").replace("/", "-")
