"""Features: what is known of how two articles relate, as numbers that a ranking adds up.

Every feature is 0 where the two have nothing in common in that respect, so a weight of 0 and a missing column mean the
same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import NO_DATE, Corpus
from recommender.ranking.candidates import Candidates
from recommender.request.profile import Profile

DAY = 86_400
FRESH_DAYS = 14  # an article of the archive's last days is today's news, whose readers want what is new
HALF_LIFE_DAYS = 30  # by which what is older has lost half of what it can lose with readers of today's news
NEWER_DAYS = 90  # by which what is newer has lost three quarters of what it can lose with readers of the archive


@dataclass(frozen=True, slots=True)
class Features:
    """(n_candidates, n_features) values and the name of each column."""

    names: tuple[str, ...]
    values: NDArray[np.float32]

    def column(self, name: str) -> NDArray[np.float32]:
        """(n_candidates,) the feature with this name."""
        return self.values[:, self.names.index(name)]


def features(corpus: Corpus, profile: Profile, candidates: Candidates) -> Features:
    """The features of all candidates of an article.

    ``tfidf``, ``title``, ``lead``, ``vectors`` (the mean over all spaces) and, where the archive has a neural space,
    ``neural`` (the mean over those) are cosines; ``tags`` and ``authors`` the share of all tags and authors of the two
    that both have; ``section`` and ``site`` 1 where they agree; ``central`` is the candidate's mean cosine with
    everything in the archive, ``timely`` is `timeliness`, ``older`` says which of the two came first, ``distance`` is
    the logarithm of the months between them.
    """
    dates = corpus.dates[candidates.docs]
    columns = {
        "tfidf": candidates.tfidf,
        "title": candidates.title,
        "lead": candidates.lead,
        "vectors": candidates.vectors,
        "tags": overlap(corpus, "tag", profile.keywords["tag"], candidates.docs),
        "authors": overlap(corpus, "author", profile.keywords["author"], candidates.docs),
        "section": overlap(corpus, "section", profile.keywords["section"], candidates.docs),
        "site": overlap(corpus, "site", profile.keywords["site"], candidates.docs),
        "central": candidates.central,
        "timely": timeliness(profile.date, dates, corpus.newest),
        "older": older(profile.date, dates),
        "distance": distance(profile.date, dates),
    }
    if any(space.is_neural for space in corpus.spaces.values()):
        columns["neural"] = candidates.neural
    return Features(tuple(columns), np.stack(list(columns.values()), axis=1).astype(np.float32))


def overlap(corpus: Corpus, field: str, values: tuple[str, ...], docs: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n,) how many of the values of a keyword column an article, which has these `values`, and each of the docs,
    ascending, share, out of all that the two have (Jaccard)."""
    if not values:
        return np.zeros(len(docs), np.float32)
    n_values = len({value.casefold() for value in values})
    both, counts = corpus.shared_values(field, values, docs)
    shares: NDArray[np.float32] = (both / np.maximum(counts + n_values - both, 1)).astype(np.float32)
    return shares


def timeliness(date: int, others: NDArray[np.int64], newest: int) -> NDArray[np.float32]:
    """(n,) in [-1, 0], how badly the dates of others suit a reader of an article of this date; 0 without dates.

    The reader of an article from the archive wants its background: what is older counts 0, what is newer less and less,
    ``-tanh(days / NEWER_DAYS)``. One of the last `FRESH_DAYS` before the `newest` of the archive is today's news: what
    is as new as itself counts 0, what is older ``0.5 ** (days / HALF_LIFE_DAYS) - 1``.
    """
    days = _days_before(date, others)
    if newest - date <= FRESH_DAYS * DAY:
        return (0.5 ** (np.maximum(days, 0) / HALF_LIFE_DAYS) - 1).astype(np.float32)
    return np.minimum(np.tanh(days / NEWER_DAYS), 0).astype(np.float32)


def older(date: int, others: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n,) 1 for others that are older, -1 for those that are newer; 0 without dates."""
    return np.sign(_days_before(date, others)).astype(np.float32)


def distance(date: int, others: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n,) ``ln(1 + months)`` between an article and others; 0 without dates."""
    return np.log1p(np.abs(_days_before(date, others)) / 30).astype(np.float32)


def _days_before(date: int, others: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) by how many days others are older than an article of this date; 0 where either has no date."""
    if date == NO_DATE:
        return np.zeros(len(others))
    return np.where(others == NO_DATE, 0.0, date - np.where(others == NO_DATE, 0, others)) / DAY
