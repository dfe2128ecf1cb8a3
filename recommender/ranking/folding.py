"""Folding hits of a search: copies of an article, and the articles of a running story, count as one.

What a copy is, is said in `indexer.copies`, and what a story is, in `stories`, as for related articles; here nothing is
the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import QueryError, shown
from recommender.corpus.corpus import Corpus
from recommender.ranking.calibration import Calibration
from recommender.ranking.pairwise import neighbourhood
from recommender.ranking.stories import story_names
from recommender.request.profile import of_doc
from search.reader.index import Docs, Index

COPIES, STORIES = "copies", "stories"


class ArticleFolding:
    """A `search.ranking.folding.Folding` by what articles say. `what` is `COPIES` or `STORIES`; `knowledge` gives the
    corpus of the archive that is searched and its calibration. Raises QueryError for anything else to fold."""

    def __init__(self, what: str, knowledge: Callable[[], tuple[Corpus, Calibration]]) -> None:
        if what not in (COPIES, STORIES):
            raise QueryError(f"cannot fold '{shown(what)}'; possible are {COPIES} and {STORIES}")
        self._with_stories = what == STORIES
        self._knowledge = knowledge

    def __call__(self, index: Index, docs: Docs) -> Sequence[int]:
        corpus, calibration = self._knowledge()
        known = np.array([corpus.doc_of(index.seq_of(doc)) for doc in docs.tolist()], np.int64)
        places = np.flatnonzero(known >= 0)  # the corpus may be of a newer generation
        into = list(range(len(docs)))
        if len(places) < 2:
            return into
        if self._with_stories:
            same = self._same(corpus, calibration, known[places])
        else:  # which articles are copies is known without comparing them
            groups = corpus.copy_groups[known[places]]
            same = groups[:, None] == groups[None, :]
        for row, place in enumerate(places.tolist()):
            for other in np.flatnonzero(same[row, :row]).tolist():
                first = int(places[other])
                if into[first] == first:
                    into[place] = first
                    break
        return into

    def _same(self, corpus: Corpus, calibration: Calibration, docs: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(n, n) which of some docs, in any order, are copies or of one story."""
        first, others = int(docs[0]), np.sort(docs[1:])
        near = neighbourhood(corpus, of_doc(corpus, first), others, calibration.prior)
        same = near.copies.copy()
        names = story_names(near, calibration, corpus.counted_docs)
        told = {name: np.array([other == name for other in names]) for name in set(names) - {""}}
        for members in told.values():
            same |= members[:, None] & members[None, :]
        order = np.concatenate([[0], 1 + np.searchsorted(others, docs[1:])])
        return np.asarray(same[np.ix_(order, order)])
