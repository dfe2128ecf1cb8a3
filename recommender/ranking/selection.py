"""Selection: from an article to the docs worth reading next, in order, copies folded, each with its place in the story.

Everything here works on numbers of docs; texts come in when the answer is put into words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import NO_DATE, Corpus
from recommender.corpus.terms import IN_TITLE
from recommender.ranking import candidates, stories
from recommender.ranking.calibration import LIST_DEVIATIONS, Calibration
from recommender.ranking.features import features
from recommender.ranking.mmr import mmr
from recommender.ranking.pairwise import Neighbourhood, neighbourhood
from recommender.ranking.scoring import PRIOR, relevance, weigh
from recommender.request.options import DIVERSITY
from recommender.request.profile import Profile
from search.reader.bm25 import top_k

POOL = 32  # best candidates that are compared with each other
NAMESAKES = 40  # articles that share a name of the title and may be of the same story, if they are no more than these
UPDATE, EARLIER, STORY = "update", "earlier", "story"
PREVIOUS, NEXT = "previous", "next"  # of a series, see `series`
PINNED = "pinned"  # picked by the editors, see `enforcement`
CROWD = 30  # the place of the candidate whose relevance is that of the crowd, ...
CROWD_SHARE = 0.25  # ... or this share of fewer candidates
LEAST_DEVIATION = 0.02  # what the deviation of unrelated pairs is taken for at least


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be offered, and how it is put in order."""

    allowed: NDArray[np.bool_] | None = None  # (max_doc,) None: all
    weights: Mapping[str, float] = field(default_factory=lambda: PRIOR)
    least: float | None = None  # relevance from which on an article is offered; None: calibrated on the archive
    diversity: float = DIVERSITY
    handicaps: NDArray[np.float32] | None = None  # (max_doc,) taken off every score, see `exposure_penalty`


@dataclass(frozen=True, slots=True)
class Pick:
    """A doc to offer."""

    doc: int
    score: float
    cosine: float  # of the whole texts
    # UPDATE, EARLIER or STORY for one of the same story, PREVIOUS or NEXT of the same series, PINNED for an editor's
    # pick, else empty
    relation: str
    copies: tuple[int, ...]  # docs that are copies of it
    relevance: float = 0.0  # how near the texts are, see `scoring.relevance`; 0 for an editor's pick
    standing: float = 0.0  # by how many deviations of unrelated pairs that is above the crowd of candidates


def select(corpus: Corpus, profile: Profile, calibration: Calibration, limit: int, rules: Rules) -> list[Pick]:
    """The docs to offer after an article, best first, at most `limit`; articles of its story first where they are
    near it, and none that is a copy of it or of one before."""
    namesakes = _namesakes(corpus, profile)
    compared = candidates.find(corpus, profile, rules.allowed, namesakes)
    known = features(corpus, profile, compared)
    relevant, scores = relevance(known, calibration.prior), weigh(known, rules.weights)
    if rules.handicaps is not None:
        scores = scores - rules.handicaps[compared.docs]
    least = calibration.cutoff(LIST_DEVIATIONS) if rules.least is None else rules.least
    good = np.flatnonzero(relevant > least)
    ranked = good[top_k(scores[good], max(limit, POOL))]
    head, tail = ranked[:POOL], ranked[POOL:]
    pool = np.union1d(head, _places(compared.docs, namesakes)) if namesakes else np.sort(head)
    if not len(pool):
        return []
    near = neighbourhood(corpus, profile, compared.docs[pool], calibration.prior)
    story = stories.story(near, calibration, corpus.counted_docs)
    belongs = np.zeros(len(scores), bool)
    belongs[ranked] = True
    belongs = belongs[pool]
    belongs[[place - 1 for place in story.members if place]] = True
    folded = _fold(corpus, profile, near, scores[pool], belongs)
    unfolded = np.array(sorted(folded), np.int64)
    order = (
        mmr(scores[pool][unfolded], near.relevance[1:, 1:][np.ix_(unfolded, unfolded)], rules.diversity)
        if len(unfolded)
        else []
    )
    standing = _standing(relevant, calibration)
    docs, values, cosines, nearness, above = (
        column[pool].tolist() for column in (compared.docs, scores, compared.tfidf, relevant, standing)
    )
    picks = [
        Pick(
            doc=docs[place],
            score=values[place],
            cosine=cosines[place],
            relation=_relation(corpus, profile, docs[place]) if place + 1 in story.members else "",
            copies=tuple(docs[other] for other in folded[place]),
            relevance=nearness[place],
            standing=above[place],
        )
        for place in unfolded[order][:limit].tolist()
    ]
    pooled = set(docs)
    rest = [at for at in tail.tolist() if int(compared.docs[at]) not in pooled]
    picks += [
        Pick(
            int(compared.docs[at]),
            float(scores[at]),
            float(compared.tfidf[at]),
            "",
            (),
            float(relevant[at]),
            float(standing[at]),
        )
        for at in rest
    ]
    return picks[:limit]


def _standing(relevant: NDArray[np.float32], calibration: Calibration) -> NDArray[np.float32]:
    """(n,) by how many deviations of unrelated pairs the relevance of each candidate is above that of the crowd: what
    is about as near as dozens of others is near for what they all have in common."""
    place = min(CROWD, int(CROWD_SHARE * len(relevant)))
    crowd = np.partition(relevant, len(relevant) - 1 - place)[len(relevant) - 1 - place] if len(relevant) else 0.0
    return np.asarray((relevant - crowd) / max(calibration.deviation, LEAST_DEVIATION), np.float32)


def _places(docs: NDArray[np.int64], others: Sequence[int]) -> NDArray[np.int64]:
    """Where those of the ascending `others` that are there are among the ascending docs."""
    places = np.minimum(docs.searchsorted(others), len(docs) - 1) if len(docs) else np.zeros(0, np.int64)
    return places[docs[places] == others] if len(docs) else places


def story_of(corpus: Corpus, profile: Profile, calibration: Calibration) -> list[int]:
    """The other docs of the running story that an article belongs to, copies included, in the order of their dates;
    none where it belongs to none."""
    namesakes = _namesakes(corpus, profile)
    compared = candidates.find(corpus, profile, extra=namesakes)
    best = top_k(relevance(features(corpus, profile, compared), calibration.prior), POOL)
    pool = np.union1d(best, _places(compared.docs, namesakes))
    near = neighbourhood(corpus, profile, compared.docs[pool], calibration.prior)
    members = stories.story(near, calibration, corpus.counted_docs).members
    docs = [int(near.docs[place]) for place in members if place]
    return sorted(docs, key=lambda doc: (int(corpus.dates[doc]), doc))


def _namesakes(corpus: Corpus, profile: Profile) -> list[int]:
    """The docs that have a name of the article's title, for each name that not too many have: an article of the same
    story in another language has few other words in common."""
    titled = profile.terms.hashes[(profile.terms.flags & IN_TITLE) > 0]
    _, names, _ = corpus.names_of(titled, profile.language(corpus))
    return sorted({doc for name in names.tolist() for doc in corpus.docs_with_name(name, NAMESAKES)} - {profile.doc})


def _fold(
    corpus: Corpus, profile: Profile, near: Neighbourhood, scores: NDArray[np.float32], belongs: NDArray[np.bool_]
) -> dict[int, list[int]]:
    """The places to keep and the copies folded into each. Copies of the article itself go; of others the one on the
    article's own site stays, else the best."""
    same = near.copies
    free = belongs & ~same[0, 1:]
    same = same & ~np.eye(len(same), dtype=bool)
    unfolded: dict[int, list[int]] = {}
    if not same[1:, 1:].any():
        return {place: [] for place in np.flatnonzero(free).tolist()}
    home = set(profile.keywords["site"])
    for place in np.argsort(-scores, kind="stable").tolist():
        if not free[place]:
            continue
        group = [other for other in np.flatnonzero(free & same[place + 1, 1:]).tolist() if other != place]
        at_home = [p for p in [place, *group] if home & set(corpus.values("site", int(near.docs[p + 1])))]
        first = at_home[0] if at_home else place
        unfolded[first] = sorted((p for p in [place, *group] if p != first), key=lambda p: (-float(scores[p]), p))
        free[[place, *group]] = False
    return unfolded


def _relation(corpus: Corpus, profile: Profile, doc: int) -> str:
    """Where in the story a doc stands, seen from the article."""
    date = int(corpus.dates[doc])
    if NO_DATE in (date, profile.date) or date == profile.date:
        return STORY
    return UPDATE if date > profile.date else EARLIER
