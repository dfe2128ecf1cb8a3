"""Which of a few articles link to an article or are linked from it, navigation left out.

What a link leads to is decided as for the whole archive, by `link_targets`: a link to another site's page of the same
name is none of ours. All articles need not be read for it, since the few are near each other already. Navigation, too,
is what `navigation` takes for it, as far as it shows among the few: what so many of them link to stands at the foot of
each page.
"""

from __future__ import annotations

from collections.abc import Mapping

from indexer.article.article import Article
from recommender.feedback.link_targets import Place, Targets
from recommender.feedback.navigation import MOST_LINKS, without_navigation

_SOURCE = -1  # the number of the article itself, beside those of docs


def mutually_linked(source: Article, articles: Mapping[int, Article]) -> frozenset[int]:
    """Those of the articles, by doc, that `source` links to in its text or that link to it."""
    numbered = {_SOURCE: source, **{doc: article for doc, article in articles.items() if article.id != source.id}}
    targets = Targets()
    places = {number: targets.add(number, article) for number, article in numbered.items()}
    targets.settle((url for article in numbered.values() for url in article.links), few=True)
    found = {
        number: frozenset(_found(targets, article, places[number]) - {number})
        for number, article in numbered.items()
        if not _is_list(targets, article, places[number])
    }
    links, _ = without_navigation({number: linked for number, linked in found.items() if linked})
    linking = {number for number, linked in links.items() if _SOURCE in linked}
    return frozenset(linking | links.get(_SOURCE, frozenset()))


def _found(targets: Targets, article: Article, place: Place) -> set[int]:
    return {number for url in article.links if (number := targets.find(url, place)) is not None}


def _is_list(targets: Targets, article: Article, place: Place) -> bool:
    """Whether a text links to more pages of its own site than one that only mentions them."""
    if len(article.links) <= MOST_LINKS:
        return False
    addresses = {targets.address(url, place) for url in article.links}
    return sum(targets.is_own(host, place) for host, _ in addresses) > MOST_LINKS
