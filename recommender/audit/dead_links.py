"""Links in articles that lead to what readers should no longer be sent to, or to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indexer.article.article import RETRACTED
from recommender.feedback.editor_links import Link
from recommender.feedback.link_targets import id_of_path

EXPIRED, REMOVED, MISSING = "expired", "removed", "missing"
REASONS = (RETRACTED, EXPIRED, REMOVED, MISSING)
_DATED = re.compile(r"\d{4}-\d\d-\d\d-")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class DeadLink:
    """A link and what is wrong with it."""

    link: Link
    why: str  # one of REASONS


def dead_links(
    links: Iterable[Link],
    withheld: Mapping[int, str],
    removed: frozenset[str],
    ids: frozenset[str],
    urls: Iterable[str],
) -> list[DeadLink]:
    """The links that lead to docs that are `withheld` (RETRACTED or EXPIRED, by doc), to articles that were `removed`
    (their ids), and those to the archive's own sites that look like the address of an article but are of none.

    What an article's address looks like is taken from the `urls` and `ids` that there are; links to other pages of the
    sites ("/about/") are not looked at.
    """
    shapes = {_shape(host, path) for host, path in map(_parts, urls)}
    dated = any(_DATED.match(article_id) for article_id in ids)
    dead = []
    for link in links:
        article_id = id_of_path(link.path)
        if link.target is not None:
            if link.target in withheld:
                dead.append(DeadLink(link, withheld[link.target]))
        elif article_id in removed:
            dead.append(DeadLink(link, REMOVED))
        elif _shape(link.host, link.path) in shapes or (dated and not link.host and _DATED.match(article_id)):
            dead.append(DeadLink(link, MISSING))
    return sorted(dead, key=lambda link: (REASONS.index(link.why), link.link.source, link.link.url))


def _parts(url: str) -> tuple[str, str]:
    host, _, path = url.removeprefix("https://").removeprefix("http://").partition("/")
    return host.partition(":")[0].removeprefix("www."), f"/{path.rstrip('/')}"


def _shape(host: str, path: str) -> tuple[str, ...]:
    """What addresses made by one rule have in common: the host, and of the path all but the last part, with digits
    made equal ("/2014/03/19/hello" is like "/2023/11/02/moon")."""
    *folders, _ = _DIGITS.sub("0", path.partition("?")[0]).split("/")
    return host, *folders
