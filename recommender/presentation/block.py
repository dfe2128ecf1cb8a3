"""The block at the end of a page: the few items that are justified, the nearest first, and how they are arranged."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from recommender.presentation.groups import arrange
from recommender.presentation.items import Presented, as_lead
from recommender.presentation.justification import CUTOFF, TOLD, in_other_languages, strengths
from recommender.presentation.series import is_member
from recommender.presentation.wording import Wording
from recommender.ranking.selection import NEXT, PINNED, PREVIOUS
from recommender.request.block_rules import BlockRules
from recommender.results import Group, RelatedItem

ENOUGH = 2  # items in the reader's language from which on a report of the same days in another one adds nothing
SAME_EVENT_DAYS = 2
AT_ONCE, HALF_DAYS = 0.25, 30  # added to the strength of an item of the same time, and in how many days that halves


def justified(presented: Presented, source: Article, otherwise: str, rules: BlockRules) -> Presented:
    """The items to show, best first: those of sufficient strength, of one event in two languages one, no more than
    fit. Articles that name no language are in the language `otherwise`."""
    language = source.language or otherwise
    foreign = in_other_languages([item.article for item in presented.items], language, otherwise)
    places = list(range(len(presented.items)))
    if rules.justified:
        strength = strengths(presented.shared, presented.picks, foreign, presented.linked)
        near = strength
        if rules.nearest_first:
            near = strength * _nearness_in_time(source, [item.article for item in presented.items])
        places = [p for p in np.argsort(-near, kind="stable").tolist() if strength[p] >= CUTOFF]
        places = _with_pins_in_their_places(presented, places)
    if rules.series:
        places = [p for p in places if not _is_further_part(source, presented, p)]
    if rules.own_language_first:
        places = _without_translations(presented, sorted(places, key=lambda p: bool(foreign[p])), source, foreign)
    chosen = presented.restricted(places)
    of_story = all(pick.relation in TOLD for pick in chosen.picks[: rules.story_items])
    return chosen.restricted(range(min(len(places), max(rules.items, rules.story_items) if of_story else rules.items)))


def lead_and_groups(
    presented: Presented, words: Wording, rules: BlockRules
) -> tuple[RelatedItem, tuple[Group, ...]] | None:
    """The first item with more of its text, and the others in groups; None where there is no item."""
    if not presented.items:
        return None
    others = presented.restricted(range(1, len(presented.items)))
    return as_lead(presented.items[0]), arrange(others.items, others.picks, others.shared, words, named=rules.groups)


def _nearness_in_time(source: Article, items: Sequence[Article]) -> NDArray[np.float32]:
    """(n_items,) what the strength of an item counts by when it was written: the step next to the article's comes
    before one of last year that has as much to do with it."""
    days = [
        abs((item.date - source.date).total_seconds()) / 86_400 if item.date and source.date else math.inf
        for item in items
    ]
    return np.asarray(1 + AT_ONCE * 0.5 ** (np.array(days, np.float64) / HALF_DAYS), np.float32)


def _with_pins_in_their_places(presented: Presented, places: Sequence[int]) -> list[int]:
    """The items with what editors picked for the first place there, and what they picked besides behind the lead."""
    pinned = [p for p in sorted(places) if presented.picks[p].relation == PINNED]
    others = [p for p in places if p not in pinned]
    first = pinned[:1] if 0 in pinned else others[:1]
    return [*first, *(p for p in pinned if p not in first), *(p for p in others if p not in first)]


def _is_further_part(source: Article, presented: Presented, place: int) -> bool:
    """Whether an item is one of the article's series and neither the next nor the previous."""
    beside = presented.picks[place].relation in (NEXT, PREVIOUS, PINNED)
    return not beside and is_member(source, presented.items[place].article)


def _without_translations(
    presented: Presented, places: Sequence[int], source: Article, foreign: NDArray[np.bool_]
) -> list[int]:
    """The items without what another language tells of an event that the reader has in his own: the article's, where
    there is enough beside it, or that of another item."""
    mine = [p for p in places if not foreign[p]]
    events = [presented.items[p].article for p in mine] + ([source] if len(mine) >= ENOUGH else [])
    return [p for p in places if not foreign[p] or not any(_same_days(presented.items[p].article, e) for e in events)]


def _same_days(article: Article, other: Article) -> bool:
    return (
        article.date is not None
        and other.date is not None
        and abs((article.date - other.date).total_seconds()) <= SAME_EVENT_DAYS * 86_400
    )
