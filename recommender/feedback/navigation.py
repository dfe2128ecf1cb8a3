"""Navigation: which links between articles are the site's, in a footer or a menu, and not an editor's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

MOST_SHARE = 0.2  # of the articles with links that may have one to the same article, for it to be an editor's ...
FEW = 5  # ... but so many may in any case
MOST_LINKS = 40  # to articles from one, which else is a list of them

Links = Mapping[int, frozenset[int]]  # source doc to the docs it links to


def without_navigation(links: Links) -> tuple[dict[int, frozenset[int]], int]:
    """The links without those to articles that so many others link to, and without those of pages that link to so
    many, and how many articles were left out as targets. An article that one in five links to is a page of the site:
    a newsletter, an imprint, the next event."""
    linked_from = Counter(target for targets in links.values() for target in targets)
    most = max(FEW, MOST_SHARE * len(links))
    everywhere = {target for target, count in linked_from.items() if count > most}
    left = {doc: targets - everywhere for doc, targets in links.items() if len(targets) <= MOST_LINKS}
    return {doc: targets for doc, targets in left.items() if targets}, len(everywhere)
