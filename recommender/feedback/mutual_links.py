"""Which of a few articles link to an article or are linked from it."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.article.article import Article
from recommender.feedback.link_targets import Targets


def mutually_linked(source: Article, articles: Mapping[int, Article]) -> frozenset[int]:
    """Those of the articles, by any numbers from 0 on, that `source` links to in its text or that link to it."""
    targets = Targets()
    placed = {-1: targets.add(-1, source)} | {number: targets.add(number, one) for number, one in articles.items()}
    links = {-1: source.links} | {number: one.links for number, one in articles.items()}
    if not any(links.values()):
        return frozenset()
    targets.settle(url for urls in links.values() for url in urls)
    found = {
        (number, target)
        for number, urls in links.items()
        for url in urls
        if (target := targets.find(url, placed[number])) is not None
    }
    return frozenset(number for number in articles if (-1, number) in found or (number, -1) in found)
