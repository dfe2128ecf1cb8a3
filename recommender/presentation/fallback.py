"""What is shown where nothing is related: the latest articles and the most read, and said to be just that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.view import View
from recommender.presentation.wording import Wording, wording
from recommender.ranking import stories
from recommender.ranking.features import overlap
from recommender.request.profile import Profile

POPULAR = 100  # most read articles that are looked at
MIN_READ = 3  # clicks that make an article one of the most read


@dataclass(frozen=True, slots=True)
class StandIn:
    """A doc that is shown because nothing better is there, and what it is."""

    doc: int
    reason: str


def stand_ins(
    view: View, profile: Profile, limit: int, allowed: NDArray[np.bool_] | None, popular: Sequence[int] = ()
) -> list[StandIn]:
    """The latest articles of the article's section, or of its site, or of all, whichever has any, by turns with the
    `popular` docs, most read first; those in its own language where there are any. No copy of the article."""
    permitted = view.offered().copy() if allowed is None else allowed & view.offered()
    if profile.doc >= 0:
        permitted[profile.doc] = False
    docs = np.flatnonzero(permitted)
    spoken = _sharing(view, profile, "language", docs)
    docs = spoken if len(spoken) else docs
    words = wording(next(iter(profile.keywords["language"]), view.language))
    nearby, reason = _nearby(view, profile, docs, words)
    latest = [StandIn(doc, reason) for doc in _newest(view, nearby, limit)]
    may = set(docs.tolist()) if popular else set()
    read = [StandIn(doc, words.most_read) for doc in popular if doc in may]
    chosen: dict[int, StandIn] = {}
    for one in chain.from_iterable(zip_longest(latest, read)):
        if one is not None:
            chosen.setdefault(one.doc, one)
    return _without_copies(view, profile, list(chosen.values()))[:limit]


def _nearby(view: View, profile: Profile, docs: NDArray[np.int64], words: Wording) -> tuple[NDArray[np.int64], str]:
    """The docs of the article's section, or of its site, or all, whichever there are, and what to call the latest."""
    for field, name in (("section", words.latest_in), ("site", words.latest_on)):
        narrowed = _sharing(view, profile, field, docs)
        if len(narrowed):
            return narrowed, name.format(profile.keywords[field][0])
    return docs, words.latest


def _sharing(view: View, profile: Profile, field: str, docs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The docs that have a value of a keyword column in common with the article."""
    values = profile.keywords[field]
    return docs[overlap(view, field, values, docs) > 0] if values else docs[:0]


def _without_copies(view: View, profile: Profile, found: list[StandIn]) -> list[StandIn]:
    docs = np.array(sorted(one.doc for one in found), np.int64)
    copies = set(docs[stories.copies_of(view, profile, docs)].tolist())
    return [one for one in found if one.doc not in copies]


def _newest(view: View, docs: NDArray[np.int64], limit: int) -> list[int]:
    order: list[int] = docs[np.lexsort((docs, -view.dates[docs].astype(np.float64)))][:limit].tolist()
    return order
