"""What comes before and after an article in its series."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from recommender.corpus.corpus import NO_DATE, Corpus, TermVector
from recommender.corpus.terms import IN_TITLE
from recommender.names.series import Frame, frames_of, is_series, same_template
from recommender.ranking.selection import NEXT, PREVIOUS, Pick
from recommender.request.article_lookup import articles_by_doc
from recommender.request.profile import Profile
from recommender.request.seed_resolution import ResolvedSeed
from search.engine import Engine

LOOKED_AT = 40  # articles with like headlines that are read
LEAST_ALIKE = 0.6  # cosine of the headlines, ...
LEAST_ALIKE_PARTS = 0.25  # ... or of those of numbered parts, which have little more than that in common
POSTINGS = 50_000  # read to find them
NEAR_DAYS = 60  # within which they are looked for first: the headlines of a daily report are all alike
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
    docs = corpus.candidates(title, may, 4 * LOOKED_AT, POSTINGS, profile.doc)
    likeness = corpus.similarities(title, {}, docs).title
    least = LEAST_ALIKE if all(frame.number is None for frame in frames) else LEAST_ALIKE_PARTS
    best = np.argsort(-likeness, kind="stable")[:LOOKED_AT]
    return [int(doc) for doc in docs[best[likeness[best] >= least]]]


def _neighbours(engine: Engine, corpus: Corpus, source: Article, docs: Sequence[int]) -> dict[str, int]:
    """NEXT and PREVIOUS, as far as they are among the docs."""
    placed = []
    for doc, article in articles_by_doc(engine, corpus, docs).items():
        frames = _shared_frames(source, article)
        if frames is not None:
            placed.append((frames[1].place(article.date), frames[0].place(source.date), doc))
    after = min(((other, doc) for other, own, doc in placed if other > own), default=None)
    before = max(((other, -doc) for other, own, doc in placed if other < own), default=None)
    found = {} if after is None else {NEXT: after[1]}
    return found if before is None else found | {PREVIOUS: -before[1]}


def _shared_frames(source: Article, article: Article) -> tuple[Frame, Frame] | None:
    """The surest frames of two articles that make them of one series, None where none do."""
    others = frames_of(article)
    for frame in frames_of(source):
        for other in others:
            if is_series(frame, source, other, article):
                return frame, other
    return None
