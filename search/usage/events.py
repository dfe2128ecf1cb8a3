"""What readers do that is counted, and the sums that come of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.base.errors import ReadmoreError

MOST_SHOWN = 30  # articles of a list or block that a click may come from
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}\Z")


class EventError(ReadmoreError):
    """An event that cannot be counted. The message says why."""


class ClickError(ReadmoreError):
    """A click that cannot be counted. The message says why."""


@dataclass(frozen=True, slots=True)
class Click:
    """A reader of the article `source` chose `target`. `shown` are the ids of all articles that were offered, in their
    order, `target` among them; empty where that is not known."""

    source: str
    target: str
    shown: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(_ID.match(article_id) for article_id in self.ids()):
            raise ClickError("articles are named by their ids in a click, not by addresses")
        if self.source == self.target:
            raise ClickError("'from' and 'to' are the same article")
        if self.shown and self.target not in self.shown:
            raise ClickError("'to' is not among the articles in 'shown'")
        if len(self.shown) > MOST_SHOWN or len(set(self.shown)) < len(self.shown):
            raise ClickError(f"'shown' must be a list of {MOST_SHOWN} different articles at most")

    def ids(self) -> list[str]:
        """Every article that the click names, once."""
        return list(dict.fromkeys((self.source, self.target, *self.shown)))


@dataclass(frozen=True, slots=True)
class Pair:
    """How an article did under another, at one place of lists of one length."""

    source: str
    target: str
    position: int
    shown: int
    seen: int
    clicked: int


@dataclass(frozen=True, slots=True)
class Searched:
    """A query that readers made."""

    query: str  # folded
    times: int
    days: int  # on how many days
    found: int | None  # articles that have what was asked for, the last time; None where only that there were some


@dataclass(frozen=True, slots=True)
class EventSums:
    """What readers did on some days. Pairs are a query or an id, and how often."""

    searches: int
    views: int
    top_searches: Sequence[tuple[str, int]]
    without_result: Sequence[tuple[str, int]]
    top_views: Sequence[tuple[str, int]]


NOTHING_COUNTED = EventSums(0, 0, (), (), ())
