"""What the front page is made of: the newest stories, sorted by where they appeared, and searches worth trying."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.article import Article

LATEST = 120  # articles the front page is made of
TOP = 5  # of which the first lead the page
SECTIONS = 6  # of a site
HEADLINES = 4  # of a section

_NAME = re.compile(r"[^\W\d_][\w'’-]*[^\W_]")
_COMMON = frozenset(
    "about after again against amid another before being between could during every first from have into just last "
    "more moves over says should still than that their there these they this three through under until what when "
    "where which while will with without would year years your".split()
)


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
            site, tuple(SectionGroup(name, tuple(found[:HEADLINES])) for name, found in list(sections.items())[:SECTIONS])
        )
        for site, sections in sites.items()
    ]


def example_searches(articles: Sequence[Article], wanted: int = 4) -> list[str]:
    """Words to try: the names that most of the newest headlines share, so each of them finds something."""
    seen: Counter[str] = Counter()
    for article in articles:
        words = [found[0] for found in _NAME.finditer(article.headline)]
        # the first word of a headline has a capital for being first
        seen.update(dict.fromkeys(word for n, word in enumerate(words) if _is_name(word) and (n or word.isupper())))
    if not seen and articles:
        return [" ".join(articles[0].headline.split()[:3])]
    return [name for name, _ in seen.most_common(wanted)]


def _is_name(word: str) -> bool:
    return word[0].isupper() and len(word) > 3 and word.lower() not in _COMMON and not word.endswith(("'s", "’s"))
