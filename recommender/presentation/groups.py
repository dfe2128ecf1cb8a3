"""Groups: the items of a block under the name of what they share, or else one plain list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from recommender.presentation.subjects import OPENING, Shared
from recommender.presentation.wording import ENGLISH, Wording
from recommender.ranking.selection import PINNED, Pick
from recommender.results import Group, RelatedItem

MIN_ITEMS = 3  # fewer headlines need no heading
MIN_EVIDENCE = 0.1  # that an item is about a group's subject
PLAIN = ""  # the name of the list of what is in no group


def arrange(
    items: Sequence[RelatedItem], picks: Sequence[Pick], shared: Shared, words: Wording = ENGLISH, *, named: bool = True
) -> tuple[Group, ...]:
    """What editors picked, then the items under the subjects that three or more of them share, then the others as one
    plain list; with `named` False all but the editors' picks as one list. A reason that says no more than the name of
    its group is left out."""
    picked = [place for place, pick in enumerate(picks) if pick.relation == PINNED]
    groups = [Group(words.picked, tuple(replace(items[p], reason="") for p in picked))] if picked else []
    left = [place for place in range(len(items)) if place not in picked]
    while named and (found := _next(shared, left)) is not None:
        subject, members = found
        name = shared.subjects[subject].label
        groups.append(Group(name[0].upper() + name[1:], tuple(_without(items[p], name, words) for p in members)))
        left = [place for place in left if place not in members]
    if left:
        groups.append(Group(PLAIN, tuple(items[p] for p in left)))
    return tuple(groups)


def _next(shared: Shared, left: Sequence[int]) -> tuple[int, list[int]] | None:
    """The subject that the most of the items `left` share, of equal ones that with the most evidence, and those items.
    It is one that the article itself is about."""
    if len(left) < MIN_ITEMS or not shared.subjects:
        return None
    evidence = shared.evidence()[list(left)]
    names = np.array([not subject.parts for subject in shared.subjects], bool)
    about = (evidence >= MIN_EVIDENCE) & (shared.in_source >= OPENING) & names
    counts = about.sum(axis=0)
    order: NDArray[np.int64] = np.lexsort((-(evidence * about).sum(axis=0), -counts))
    best = int(order[0])
    if counts[best] < MIN_ITEMS:
        return None
    return best, [place for place, is_about in zip(left, about[:, best].tolist(), strict=True) if is_about]


def _without(item: RelatedItem, name: str, words: Wording) -> RelatedItem:
    """The item without a reason that repeats the name of its group."""
    return replace(item, reason="") if item.reason == words.about.format(name) else item
