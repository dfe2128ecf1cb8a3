"""Candidates: which of the articles that a query finds are compared by every leg.

A leg alone puts the articles it finds in order cheaply: BM25 from posting lists, a space from its sign codes. What is
costly is every leg's score of every article, and only the best of some leg can become the best of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.lexical.leg import Lexical
from search.lexical.match_set import places
from search.reader.snapshot import Snapshot
from search.vector.nearest import QUICK, NearestSearch, cosines

BEST_OF_EACH = 1000  # articles that a leg makes candidates
LARGE = 50_000  # articles of an archive from which fewer are enough for plain words (docs/benchmarks.md):
BEST_OF_LARGE = 300
LEAST_SIMILARITY = 0.25  # below this cosine nothing is found by its vector alone ...
LEAST_SHARE = 0.5  # ... nor below this share of the best cosine

_NOTHING = np.zeros(0, np.int64), np.zeros(0, np.float32)

Legs = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds, before its legs are fused."""

    snapshot: Snapshot
    lexical: Lexical
    encoded: Mapping[str, NDArray[np.float32]]  # the query's vector in every space that takes part
    candidates: NDArray[np.int64]  # docs, ascending, not all of them matched
    raw: Legs  # (n_candidates,) what each leg scores them
    total: int  # docs found
    by_bm25: bool  # whether that leg takes part

    def rest(self) -> NDArray[np.int64]:
        """The docs found that are no candidates, ascending."""
        if self.total == len(self.candidates):
            return np.zeros(0, np.int64)
        matched = self.lexical.all()[0]
        return matched[~places(self.candidates, matched)[1]]

    def legs(self, docs: NDArray[np.int64]) -> Legs:
        """(n,) what each leg scores ascending docs."""
        scores = {name: cosines(self.snapshot, name, vector, docs) for name, vector in self.encoded.items()}
        if self.by_bm25:
            scores["bm25"] = self.lexical.scores_of(docs)[0]
        return scores


def find(
    snapshot: Snapshot,
    lexical: Lexical,
    encoded: Mapping[str, NDArray[np.float32]],
    *,
    by_bm25: bool,
    by_vector: bool,
    allowed: NDArray[np.bool_] | None,
) -> Found:
    """The candidates of a query, of which at least one space encodes the words.

    `by_bm25` says whether that leg takes part. `by_vector` says whether docs are found that only vectors find; such
    docs are near the query (`LEAST_SIMILARITY`, `LEAST_SHARE`), unless there is no other leg, and `allowed`
    (max_doc,), which is None where all are. Else only what matches is found.
    """
    few = by_vector and snapshot.num_docs >= LARGE
    most, compared = (BEST_OF_LARGE, 2 * BEST_OF_LARGE) if few else (BEST_OF_EACH, QUICK)
    searches = {}
    if by_vector:  # they go on in other threads while BM25 is at work
        searches = {n: NearestSearch(snapshot, n, v, most, allowed, compared) for n, v in encoded.items()}
    n_matched = len(lexical) if by_bm25 or not by_vector else 0
    by_words = lexical.best(most) if by_bm25 else _NOTHING
    groups = [by_words[0]]
    if not by_vector and (n_matched > most or not by_bm25):
        matching = np.zeros(snapshot.max_doc, bool)
        matching[lexical.all()[0]] = True
        searches = {n: NearestSearch(snapshot, n, v, most, matching, compared) for n, v in encoded.items()}
    near = {}
    for name, search in searches.items():
        docs, similarities = search.found()
        if by_vector and by_bm25 and len(docs):
            kept = np.count_nonzero(similarities >= max(LEAST_SIMILARITY, LEAST_SHARE * float(similarities[0])))
            docs, similarities = docs[:kept], similarities[:kept]
        groups.append(docs)
        near[name] = docs, similarities
    candidates = _union(groups)
    raw = {}
    for name, vector in encoded.items():
        raw[name], others = _laid_out(candidates, near.get(name, _NOTHING))
        raw[name][others] = cosines(snapshot, name, vector, candidates[others])
    new = 0  # candidates that do not match
    if by_bm25:
        raw["bm25"], others = _laid_out(candidates, by_words)
        raw["bm25"][others], matched = lexical.scores_of(candidates[others])
        new = len(others) - int(np.count_nonzero(matched))
    elif by_vector:
        new = len(candidates)
    return Found(snapshot, lexical, encoded, candidates, raw, n_matched + new, by_bm25)


def _laid_out(
    docs: NDArray[np.int64], known: tuple[NDArray[np.int64], NDArray[np.float32]]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """(n,) the scores of ascending docs that are `known` for some of them, and where the others are to go."""
    values = np.empty(len(docs), np.float32)
    missing = np.ones(len(docs), bool)
    where = np.searchsorted(docs, known[0])
    values[where] = known[1]
    missing[where] = False
    return values, np.flatnonzero(missing)


def _union(groups: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The docs of some groups, ascending; several times as quick as `numpy.unique` for a few thousand."""
    docs = np.concatenate(groups)
    docs.sort()
    first = np.ones(len(docs), bool)
    np.not_equal(docs[1:], docs[:-1], out=first[1:])
    return docs[first]
