"""The links that editors put from one article of the archive to another."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import numpy as np

from indexer.article import Article
from recommender.view import View
from search.engine import Engine

_CHUNK = 500  # articles read at a time


def editor_links(engine: Engine, view: View) -> dict[int, frozenset[int]]:
    """For every doc that links to others of the archive, the docs it links to.

    A link without a host means the site of the article it is in; a slash at the end makes no difference. Articles
    read from the files of a static site often have no address, and the site makes it from the file's name:
    ``/2014/03/19/hello-world/`` is the article with the id ``2014-03-19-hello-world``.
    """
    outgoing: dict[int, list[tuple[str, str]]] = {}
    by_address: dict[tuple[str, str], int] = {}
    by_id: dict[str, int] = {}
    for doc, article in _articles(engine, view):
        own = _address(article.url, "")
        by_id[article.id] = doc
        if article.url:
            by_address[own] = doc
        if article.links:
            outgoing[doc] = [_address(link, own[0]) for link in article.links]
    found = {}
    for doc, links in outgoing.items():
        targets = (by_address.get(link, by_id.get(_as_id(link[1]))) for link in links)
        found[doc] = frozenset(target for target in targets if target is not None) - {doc}
    return {doc: targets for doc, targets in found.items() if targets}


def _articles(engine: Engine, view: View) -> Iterator[tuple[int, Article]]:
    live = np.flatnonzero(view.snapshot.live()).tolist()
    for start in range(0, len(live), _CHUNK):
        docs = {view.snapshot.article_id(doc): doc for doc in live[start : start + _CHUNK]}
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


def _as_id(path: str) -> str:
    """The id of the article that a static site puts at this path."""
    return path.strip("/").removesuffix(".html").replace("/", "-")
