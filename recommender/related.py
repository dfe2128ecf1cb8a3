"""What to read next: the related articles of an article, as a list and as the block at the end of its page."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.article import Article
from recommender import candidates, profile
from recommender.calibration import calibrate
from recommender.candidates import Candidates
from recommender.excerpts import opening
from recommender.features import features
from recommender.groups import cluster
from recommender.labels import shared_labels
from recommender.profile import Profile
from recommender.reasons import also_about
from recommender.results import Block, Group, RelatedItem, RelatedResult
from recommender.scoring import PRIOR, relevance, weigh
from recommender.view import View
from search.bm25 import top_k
from search.engine import Engine

POOL = 25  # related articles that the block is made of
LEAD_CHARS = 480  # of the lead story's text
ITEM_CHARS = 240


class _Found(NamedTuple):
    doc: int
    item: RelatedItem


class Recommender:
    """Finds what to read after an article. Safe to use from several threads; follows the archive as it changes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._view: View | None = None
        self._calibrated: tuple[View, float] | None = None

    def related(self, id_or_url: str, *, limit: int = 10) -> RelatedResult:
        """The articles to read after the one with this id or URL, best first; never itself, none twice.

        Raises ArticleNotFoundError.
        """
        started = time.perf_counter()
        view = self._current()
        source, profile_ = self._source(view, id_or_url)
        items = self._items(view, source, profile_, limit)
        return RelatedResult(source.id, _ms_since(started), tuple(found.item for found in items))

    def block(self, id_or_url: str) -> Block:
        """The related block for the end of the article with this id or URL.

        Raises ArticleNotFoundError.
        """
        started = time.perf_counter()
        view = self._current()
        source, profile_ = self._source(view, id_or_url)
        items = self._items(view, source, profile_, POOL, self._cutoff(view))
        if not items:
            return Block(source.id, _ms_since(started), None, ())
        first = items[0].item
        lead = RelatedItem(first.article, first.score, first.reason, opening(first.article, LEAD_CHARS))
        rest = items[1:]
        articles, docs = [i.item.article for i in rest], [i.doc for i in rest]
        clusters = cluster(shared_labels(view, profile_, source, articles, docs)) if rest else []
        groups = [Group(c.name, tuple(rest[place].item for place in c.items)) for c in clusters]
        return Block(source.id, _ms_since(started), lead, tuple(groups))

    def _current(self) -> View:
        """The view of the engine's current snapshot."""
        snapshot = self._engine.snapshot()
        view = self._view
        if view is None or view.snapshot is not snapshot:
            with self._lock:
                if self._view is None or self._view.snapshot is not snapshot:
                    self._view = View(snapshot, self._engine.data, self._view)
                view = self._view
        return view

    def _source(self, view: View, id_or_url: str) -> tuple[Article, Profile]:
        seq, article = self._engine.article_with_seq(id_or_url)
        doc = view.snapshot.doc_of(seq)
        return article, profile.of_doc(view, doc) if doc >= 0 else profile.of_article(view, article)

    def _items(self, view: View, source: Article, profile_: Profile, limit: int, cutoff: float = 0.0) -> list[_Found]:
        docs, scores, cosines = _ranked(view, profile_, limit, cutoff)
        articles = self._articles(view, docs)
        kept = [place for place, article in enumerate(articles) if article is not None]
        found = [article for article in articles if article is not None]
        shared = shared_labels(view, profile_, source, found, docs[kept].tolist())
        return [
            _Found(
                int(docs[place]),
                RelatedItem(
                    article,
                    float(scores[place]),
                    also_about(shared, at, float(cosines[place])),
                    opening(article, ITEM_CHARS),
                ),
            )
            for at, (place, article) in enumerate(zip(kept, found, strict=True))
        ]

    def _cutoff(self, view: View) -> float:
        """The score from which on an article is good enough for the block."""
        if self._calibrated is None or self._calibrated[0] is not view:
            self._calibrated = view, calibrate(view).cutoff()
        return self._calibrated[1]

    def _articles(self, view: View, docs: NDArray[np.int64]) -> Sequence[Article | None]:
        """The stored articles of docs; None for one removed meanwhile."""
        ids = [view.snapshot.article_id(doc) for doc in docs.tolist()]
        stored = self._engine.articles(ids)
        return [stored.get(article_id) for article_id in ids]


def _ranked(
    view: View, profile_: Profile, limit: int, cutoff: float
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """The best `limit` docs, their scores and their tf-idf cosines. Only scores above `cutoff` count."""
    found: Candidates = candidates.find(view, profile_)
    known = features(view, profile_, found)
    relevant = relevance(known)
    scores = np.where(relevant > cutoff, weigh(known, PRIOR), -np.inf).astype(np.float32)
    order = top_k(scores, limit)
    order = order[scores[order] > -np.inf]
    return found.docs[order], scores[order], found.tfidf[order]


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
