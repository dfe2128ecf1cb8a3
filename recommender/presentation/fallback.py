"""What is shown where nothing is related: the latest articles and the most read, and said to be just that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import Corpus
from recommender.presentation.wording import Wording, wording
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
    corpus: Corpus, profile: Profile, limit: int, allowed: NDArray[np.bool_] | None, popular: Sequence[int] = ()
) -> list[StandIn]:
    """The latest articles of the article's section, or of its site, or of all, whichever has any, by turns with the
    `popular` docs, most read first; those in its own language where there are any. No copy of the article."""
    permitted = corpus.offered().copy() if allowed is None else allowed & corpus.offered()
    if profile.doc >= 0:
        permitted[profile.doc] = False
    docs = np.flatnonzero(permitted)
    understood = _sharing(corpus, profile, "language", docs)
    docs = understood if len(understood) else docs
    words = wording(profile.language(corpus))
    nearby, reason = _nearby(corpus, profile, docs, words)
    latest = [StandIn(doc, reason) for doc in _newest(corpus, nearby, limit)]
    may = set(docs.tolist()) if popular else set()
    read = [StandIn(doc, words.most_read) for doc in popular if doc in may]
    chosen: dict[int, StandIn] = {}
    for stand_in in chain.from_iterable(zip_longest(latest, read)):
        if stand_in is not None:
            chosen.setdefault(stand_in.doc, stand_in)
    return _without_copies(profile, list(chosen.values()))[:limit]


def _nearby(corpus: Corpus, profile: Profile, docs: NDArray[np.int64], words: Wording) -> tuple[NDArray[np.int64], str]:
    """The docs of the article's section, or of its site, or all, whichever there are, and what to call the latest."""
    for field, name in (("section", words.latest_in), ("site", words.latest_on)):
        narrowed = _sharing(corpus, profile, field, docs)
        if len(narrowed):
            return narrowed, name.format(profile.keywords[field][0])
    return docs, words.latest


def _sharing(corpus: Corpus, profile: Profile, field: str, docs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The docs that have a value of a keyword column in common with the article."""
    values = profile.keywords[field]
    return docs[overlap(corpus, field, values, docs) > 0] if values else docs[:0]


def _without_copies(profile: Profile, chosen: list[StandIn]) -> list[StandIn]:
    copies = set(profile.copies.tolist())
    return [stand_in for stand_in in chosen if stand_in.doc not in copies]


def _newest(corpus: Corpus, docs: NDArray[np.int64], limit: int) -> list[int]:
    order: list[int] = docs[np.lexsort((docs, -corpus.dates[docs].astype(np.float64)))][:limit].tolist()
    return order
