"""Candidates: which of the articles that a query finds are compared by every leg.

A leg alone puts the articles it finds in order cheaply: BM25 from posting lists, a space from its sign codes. What is
costly is every leg's score of every article, and only the best of some leg can become the best of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.bm25 import top_k
from search.snapshot import Snapshot
from search.vectors import QUICK, cosines, nearest

BEST_OF_EACH = 1000  # articles that a leg makes candidates
LEAST_SIMILARITY = 0.25  # below this cosine nothing is found by its vector alone ...
LEAST_SHARE = 0.5  # ... nor below this share of the best cosine

Legs = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds, before its legs are fused."""

    snapshot: Snapshot
    matched: NDArray[np.int64]  # docs that meet the query's words and conditions, ascending
    bm25: NDArray[np.float32] | None  # (n_matched,) their scores; None where that leg takes no part
    encoded: Mapping[str, NDArray[np.float32]]  # the query's vector in every space that takes part
    candidates: NDArray[np.int64]  # docs, ascending, not all of them matched
    counted: NDArray[np.int64]  # those of the matched that are part of the result even if they are no candidates

    @property
    def total(self) -> int:
        """How many docs are found."""
        return len(self.counted) + len(self.candidates) - int(_has(self.counted, self.candidates).sum())

    def rest(self) -> NDArray[np.int64]:
        """The docs found that are no candidates, ascending."""
        return self.counted[~_has(self.candidates, self.counted)]

    def legs(self, docs: NDArray[np.int64]) -> Legs:
        """(n,) what each leg scores docs."""
        scores = {name: cosines(self.snapshot, name, vector, docs) for name, vector in self.encoded.items()}
        if self.bm25 is not None:
            scores["bm25"] = np.zeros(len(docs), np.float32)
            matched = _has(self.matched, docs)
            scores["bm25"][matched] = self.bm25[np.searchsorted(self.matched, docs[matched])]
        return scores


def find(
    snapshot: Snapshot,
    matched: NDArray[np.int64],
    bm25: NDArray[np.float32],
    encoded: Mapping[str, NDArray[np.float32]],
    *,
    by_bm25: bool,
    by_vector: bool,
    allowed: NDArray[np.bool_] | None,
) -> Found:
    """The candidates of a query that matches the docs `matched`, ascending, with these scores.

    `by_bm25` says whether that leg takes part. `by_vector` says whether docs are found that only vectors find; such
    docs are near the query (`LEAST_SIMILARITY`, `LEAST_SHARE`), unless there is no other leg, and `allowed`
    (last_doc,), which is None where all are. Else only what matches is found.
    """
    groups = []
    if by_bm25:
        groups.append(matched if len(matched) <= BEST_OF_EACH else matched[top_k(bm25, BEST_OF_EACH)])
    if not by_vector:
        allowed = np.zeros(snapshot.last_doc, bool)
        allowed[matched] = True
    if by_vector or len(matched) > BEST_OF_EACH or not by_bm25:
        for name, vector in encoded.items():
            docs, similarities = nearest(snapshot, name, vector, BEST_OF_EACH, allowed, QUICK)
            if by_vector and by_bm25 and len(docs):
                docs = docs[similarities >= max(LEAST_SIMILARITY, LEAST_SHARE * float(similarities[0]))]
            groups.append(docs)
    candidates = _union(groups) if groups else matched
    counted = matched if by_bm25 or not by_vector else matched[:0]
    return Found(snapshot, matched, bm25 if by_bm25 else None, encoded, candidates, counted)


def _union(groups: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The docs of some groups, ascending; several times as quick as `numpy.unique` for a few thousand."""
    docs = np.sort(np.concatenate(groups))
    return docs[np.flatnonzero(np.diff(docs, prepend=-1))]


def _has(among: NDArray[np.int64], docs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n_docs,) which of `docs` are among some ascending ones."""
    if not len(among):
        return np.zeros(len(docs), bool)
    places = np.minimum(np.searchsorted(among, docs), len(among) - 1)
    has: NDArray[np.bool_] = among[places] == docs
    return has
