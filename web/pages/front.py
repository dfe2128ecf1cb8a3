"""What the front page is made of: the newest stories, sorted by where they appeared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.article.article import Article

LATEST = 120  # articles the front page is made of
TOP = 5  # of which the first lead the page
SECTIONS = 6  # of a site
HEADLINES = 4  # of a section


@dataclass(frozen=True, slots=True)
class SectionGroup:
    """The newest stories of a section, newest first. `name` is empty for stories without a section."""

    name: str
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class SiteGroup:
    """The sections of a site, the one with the newest story first. `name` is empty for stories without a site."""

    name: str
    sections: tuple[SectionGroup, ...]


def by_site_and_section(articles: Iterable[Article]) -> list[SiteGroup]:
    """The articles, given newest first, under their sites and sections."""
    sites: dict[str, dict[str, list[Article]]] = {}
    for article in articles:
        sites.setdefault(article.site, {}).setdefault(article.section, []).append(article)
    return [
        SiteGroup(
            site,
            tuple(
                SectionGroup(name, tuple(stories[:HEADLINES])) for name, stories in list(sections.items())[:SECTIONS]
            ),
        )
        for site, sections in sites.items()
    ]
