"""Candidates: which of the articles that a query finds are compared by every leg.

A leg alone puts the articles it finds in order cheaply: BM25 from posting lists, a space from its sign codes. What is
costly is every leg's score of every article, and only the best of some leg can become the best of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.reader.index import QUICK, Docs, Index, Matches, Scores

BEST_OF_EACH = 1000  # articles that a leg makes candidates
LARGE = 50_000  # articles of an archive from which fewer are enough for plain words (docs/benchmarks.md):
BEST_OF_LARGE = 300
LEAST_SIMILARITY = 0.25  # below this cosine nothing is found by its vector alone ...
LEAST_SHARE = 0.5  # ... nor below this share of the best cosine

_NOTHING = np.zeros(0, np.int64), np.zeros(0, np.float32)

Legs = dict[str, Scores]  # "bm25" and the names of spaces, to what the leg scores some docs


@dataclass(frozen=True, slots=True)
class CandidateSet:
    """What a query finds, before its legs are fused."""

    index: Index
    matches: Matches
    encoded: Mapping[str, NDArray[np.float32]]  # the query's vector in every space that takes part
    docs: Docs  # the candidates, ascending, not all of them matched
    legs: Legs  # (n_candidates,) what each leg scores them
    total: int  # docs found
    by_bm25: bool  # whether that leg takes part

    def rest(self) -> Docs:
        """The docs found that are no candidates, ascending."""
        if self.total == len(self.docs):
            return np.zeros(0, np.int64)
        matched = self.matches.all()[0]
        return matched[~np.isin(matched, self.docs, assume_unique=True)]

    def scores_of(self, docs: Docs) -> Legs:
        """(n,) what each leg scores ascending docs."""
        scores = {name: self.index.spaces[name].cosines(vector, docs) for name, vector in self.encoded.items()}
        if self.by_bm25:
            scores["bm25"] = self.matches.scores_of(docs)[0]
        return scores


def find(
    index: Index,
    matches: Matches,
    encoded: Mapping[str, NDArray[np.float32]],
    others: Docs = _NOTHING[0],
    *,
    by_bm25: bool,
    by_vector: bool,
    allowed: NDArray[np.bool_] | None,
) -> CandidateSet:
    """The candidates of a query, of which at least one space encodes the words; `others` are some that match and become
    candidates in any case.

    `by_bm25` says whether that leg takes part. `by_vector` says whether docs are found that only vectors find; such
    docs are near the query (`LEAST_SIMILARITY`, `LEAST_SHARE`), unless there is no other leg, and `allowed`
    (max_doc,), which is None where all are. Else only what matches is found.
    """
    few = by_vector and index.num_docs >= LARGE
    most, compared = (BEST_OF_LARGE, 2 * BEST_OF_LARGE) if few else (BEST_OF_EACH, QUICK)
    searches = {}
    if by_vector:  # they go on in other threads while BM25 is at work
        searches = {n: index.spaces[n].nearest(v, most, allowed, compared) for n, v in encoded.items()}
    n_matched = len(matches) if by_bm25 or not by_vector else 0
    by_words = matches.best(most) if by_bm25 else _NOTHING
    groups = [by_words[0], others]
    if not by_vector and (n_matched > most or not by_bm25):
        matching = np.zeros(index.max_doc, bool)
        matching[matches.all()[0]] = True
        searches = {n: index.spaces[n].nearest(v, most, matching, compared) for n, v in encoded.items()}
    nearest = {name: search.result() for name, search in searches.items()}
    if by_vector and by_bm25:
        nearest = {name: _near_enough(docs, cosines) for name, (docs, cosines) in nearest.items()}
    groups += [docs for docs, _ in nearest.values()]
    candidates = _union(groups)
    legs = {}
    for name, vector in encoded.items():
        legs[name], others = _filled_in(candidates, nearest.get(name, _NOTHING))
        legs[name][others] = index.spaces[name].cosines(vector, candidates[others])
    unmatched = 0  # candidates that do not match
    if by_bm25:
        legs["bm25"], others = _filled_in(candidates, by_words)
        legs["bm25"][others], matched = matches.scores_of(candidates[others])
        unmatched = len(others) - int(np.count_nonzero(matched))
    elif by_vector:
        unmatched = len(candidates)
    return CandidateSet(index, matches, encoded, candidates, legs, n_matched + unmatched, by_bm25)


def _near_enough(docs: Docs, cosines: Scores) -> tuple[Docs, Scores]:
    """Of the nearest docs, best first, those that are found without any word of the query."""
    if not len(docs):
        return docs, cosines
    least = max(LEAST_SIMILARITY, LEAST_SHARE * float(cosines[0]))
    near = np.count_nonzero(cosines >= least)
    return docs[:near], cosines[:near]


def _filled_in(docs: Docs, known: tuple[Docs, Scores]) -> tuple[Scores, NDArray[np.int64]]:
    """(n,) the scores of ascending docs as far as they are `known`, and the places of the others, not filled in yet.

    ::

        docs    [2, 5, 7, 8, 9]
        known   [8, 2], [.9, .4]            the best of a leg, in its order
        scores  [.4, ?, ?, .9, ?]  places  [1, 2, 4]
    """
    scores = np.empty(len(docs), np.float32)
    missing = np.ones(len(docs), bool)
    places = np.searchsorted(docs, known[0])
    scores[places] = known[1]
    missing[places] = False
    return scores, np.flatnonzero(missing)


def _union(groups: Sequence[Docs]) -> Docs:
    """The docs of some groups, ascending; several times as quick as `numpy.unique` for a few thousand.

    ::

        groups  [5, 2], [2, 9, 7]
        sorted  [2, 2, 5, 7, 9]
        first   [y, -, y, y, y]             other than the one before
        docs    [2, 5, 7, 9]
    """
    docs = np.concatenate(groups)
    docs.sort()
    first = np.ones(len(docs), bool)
    np.not_equal(docs[1:], docs[:-1], out=first[1:])
    return docs[first]
