"""Pinned articles in their places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.enforcement.query_rules import PinnedDoc
from search.ranking.rank import Ranking


def placed(ranking: Ranking, pins: Sequence[PinnedDoc], depth: int) -> Ranking:
    """The first `depth` of a ranking with the pinned docs that it has in their places. Of two for one place the first
    comes first; one whose place is behind all others is last.

    A ranking of the best ``depth + len(pins)`` docs, and of the pinned ones, has all that is needed.
    """
    where = {int(doc): place for place, doc in enumerate(ranking.docs.tolist())}
    pinned = sorted((pin for pin in pins if pin.doc in where), key=lambda pin: pin.position)
    if not pinned:
        return ranking.best(depth)
    taken = {where[pin.doc] for pin in pinned}
    order = [place for place in range(len(ranking.docs)) if place not in taken]
    after = -1
    for pin in pinned:
        after = max(pin.position - 1, after + 1)
        order.insert(after, where[pin.doc])
    return ranking.at(np.array(order[:depth], np.int64))


def pinned_first(ranking: Ranking, pins: Sequence[PinnedDoc]) -> Ranking:
    """A ranking with the pinned docs that it has before all others, from which `placed` makes the same: what belongs
    together with one of them is folded into it, not the other way round."""
    places = {pin.doc: pin.position for pin in pins}
    where = [(places[doc], place) for place, doc in enumerate(ranking.docs.tolist()) if doc in places]
    first = [place for _, place in sorted(where)]
    taken = set(first)
    return ranking.at(np.array(first + [at for at in range(len(ranking.docs)) if at not in taken], np.int64))
