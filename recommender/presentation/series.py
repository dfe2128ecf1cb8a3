"""What comes before and after an article in its series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from recommender.corpus.corpus import NO_DATE, Corpus, TermVector
from recommender.corpus.terms import IN_TITLE
from recommender.names.series import Frame, frames_of, is_series, rhythm_of, same_template
from recommender.ranking.selection import NEXT, PREVIOUS, Pick
from recommender.request.article_lookup import articles_by_doc
from recommender.request.profile import Profile
from recommender.request.seed_resolution import ResolvedSeed
from search.engine import Engine

LOOKED_AT = 40  # articles with like headlines that are read, ...
LOOKED_AT_VERSIONS = 160  # ... and of those of versions, whose likeness is mostly that of their last figures
SEARCHED, SEARCHED_VERSIONS = 4 * LOOKED_AT, 4 * LOOKED_AT_VERSIONS  # that these are the most alike of
LEAST_ALIKE = 0.6  # cosine of the headlines, ...
LEAST_ALIKE_PARTS = 0.15  # ... or of those of numbered parts, which have little more in common; of versions any
POSTINGS = 50_000  # read to find them
NEAR_DAYS = 60  # within which they are looked for first: the headlines of a daily report are all alike
# How far neighbours may be from each other: so many times the rhythm that they tell of, and a weekend; or so many times
# the median of what lies between the parts, of three and more; or so many days.
STRETCH, WEEKEND = 1.6, 3
LEAST_PARTS, IRREGULAR, UNKNOWN_DAYS = 3, 3.0, 31
_DAY = 86_400


def is_member(source: Article, article: Article) -> bool:
    """Whether an article is another one of a series that `source` is of, or a notice from the same template."""
    return _shared_frames(source, article) is not None or same_template(source.headline, article.headline)


def next_and_previous(
    engine: Engine,
    corpus: Corpus,
    seed: ResolvedSeed,
    picks: Sequence[Pick],
    permitted: NDArray[np.bool_] | None,
) -> list[Pick]:
    """The article that follows on this one in its series and the one before it, as far as there are such, from among
    the docs `permitted` (None: all that may be offered) and the `picks`. Nothing for an article without number and
    date, nor for one that is of no series."""
    if not frames_of(seed.article):
        return []
    may = corpus.offered() if permitted is None else permitted & corpus.offered()
    alike = partial(_alike, corpus, seed.profile, frames_of(seed.article))
    docs = alike(_near_in_time(corpus, seed.profile, may))
    found = _neighbours(engine, corpus, seed.article, sorted({*docs, *(pick.doc for pick in picks)}))
    if len(found) < 2:
        found = _neighbours(engine, corpus, seed.article, sorted({*alike(may), *docs, *(p.doc for p in picks)}))
    known = {pick.doc: pick for pick in picks}
    return [Pick(doc, 0.0, 0.0, relation, known[doc].copies if doc in known else ()) for relation, doc in found.items()]


def _near_in_time(corpus: Corpus, profile: Profile, may: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if profile.date == NO_DATE:
        return may
    near = (corpus.dates != NO_DATE) & (np.abs(corpus.dates - profile.date) <= NEAR_DAYS * _DAY)
    return np.asarray(may & near, bool)


def _alike(corpus: Corpus, profile: Profile, frames: Sequence[Frame], may: NDArray[np.bool_]) -> list[int]:
    """The docs with headlines most like that of the article."""
    titled = (profile.terms.flags & IN_TITLE) > 0
    if not titled.any():
        return []
    terms = profile.terms
    title = TermVector(terms.hashes[titled], terms.weights[titled], terms.flags[titled])
    of_versions = any(frame.is_version for frame in frames)
    most, searched = (LOOKED_AT_VERSIONS, SEARCHED_VERSIONS) if of_versions else (LOOKED_AT, SEARCHED)
    docs = corpus.candidates(title, may, searched, POSTINGS, profile.doc)
    likeness = corpus.similarities(title, {}, docs).title
    least = 0.0 if of_versions else LEAST_ALIKE if all(one.number is None for one in frames) else LEAST_ALIKE_PARTS
    best = np.argsort(-likeness, kind="stable")[:most]
    return [int(doc) for doc in docs[best[likeness[best] >= least]]]


@dataclass(frozen=True, slots=True)
class _Part:
    """Another article of a series: its place in it beside that of the source."""

    doc: int
    place: tuple[float, float]
    own: tuple[float, float]
    number_apart: int  # 0 where they are not numbered
    date: datetime | None


def _neighbours(engine: Engine, corpus: Corpus, source: Article, docs: Sequence[int]) -> dict[str, int]:
    """NEXT and PREVIOUS, as far as they are among the docs and no other can have been between."""
    parts = []
    for doc, article in articles_by_doc(engine, corpus, docs).items():
        frames = _shared_frames(source, article)
        if frames is not None:
            mine, other = frames
            apart = abs((other.number or 0) - (mine.number or 0))
            parts.append(_Part(doc, other.place(article.date), mine.place(source.date), apart, article.date))
    after = min(
        (part for part in parts if part.place > part.own), key=lambda part: (part.place, part.doc), default=None
    )
    before = max(
        (part for part in parts if part.place < part.own), key=lambda part: (part.place, -part.doc), default=None
    )
    most = _most_days(source, parts)
    found = {NEXT: after, PREVIOUS: before}
    return {
        relation: part.doc for relation, part in found.items() if part is not None and _is_beside(source, part, most)
    }


def _is_beside(source: Article, part: _Part, most_days: float) -> bool:
    """Whether a part can be the one beside the source: by number, or else by the time between them."""
    if part.number_apart == 1 or source.date is None or part.date is None:
        return True
    return abs((part.date - source.date).total_seconds()) <= most_days * _DAY


def _most_days(source: Article, parts: Sequence[_Part]) -> float:
    """How many days may lie between two neighbours of the series: by the rhythm that the source tells of, or else that
    of the parts."""
    stated = rhythm_of(source)
    if stated is not None:
        return STRETCH * stated + WEEKEND
    dates = sorted(part.date.timestamp() for part in parts if part.date is not None)
    dates = sorted([*dates, source.date.timestamp()]) if source.date else dates
    if len(dates) < LEAST_PARTS:
        return UNKNOWN_DAYS
    return max(IRREGULAR * float(np.median(np.diff(dates))) / _DAY, WEEKEND)


def _shared_frames(source: Article, article: Article) -> tuple[Frame, Frame] | None:
    """The surest frames of two articles that make them of one series, None where none do."""
    others = frames_of(article)
    for frame in frames_of(source):
        for other in others:
            if is_series(frame, source, other, article):
                return frame, other
    return None
