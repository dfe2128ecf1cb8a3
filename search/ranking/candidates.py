"""Candidates: which of the articles that a query finds are compared by every leg.

A leg alone puts the articles it finds in order cheaply: BM25 from posting lists, a space from its sign codes. What is
costly is every leg's score of every article, and only the best of some leg can become the best of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.ranking.cutoff import NOT_KNOWN, Usual
from search.ranking.found import marked
from search.reader.index import QUICK, Docs, Index, Mask, Matches, Scores

BEST_OF_EACH = 1000  # articles that a leg makes candidates
LARGE = 50_000  # articles of an archive from which fewer are enough for plain words (docs/benchmarks.md):
BEST_OF_LARGE = 300

_NOTHING = np.zeros(0, np.int64), np.zeros(0, np.float32)

Legs = dict[str, Scores]  # "bm25" and the names of spaces, to what the leg scores some docs


def no_docs() -> Docs:
    """None."""
    return np.zeros(0, np.int64)


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
    found: Mask | None = None  # (max_doc,) the docs found, filters aside; None: what matches, and the candidates
    allowed: Mask | None = None  # (max_doc,) those of them that filters allow; None: all
    usual: Mapping[str, Usual] = field(default_factory=dict)  # the cosines that are usual in each space

    def all(self) -> Docs:
        """All docs found, ascending."""
        if self.found is None:
            return union([self.docs, self.matches.all()[0]]) if self.total > len(self.docs) else self.docs
        return np.flatnonzero(self.found if self.allowed is None else self.found & self.allowed)

    def rest(self) -> Docs:
        """The docs found that are no candidates, ascending."""
        if self.total == len(self.docs):
            return np.zeros(0, np.int64)
        found = self.all()
        return found[~np.isin(found, self.docs, assume_unique=True)]

    def scores_of(self, docs: Docs) -> Legs:
        """(n,) what each leg scores ascending docs."""
        scores = {name: self.index.spaces[name].cosines(vector, docs) for name, vector in self.encoded.items()}
        if self.by_bm25:
            scores["bm25"] = self.matches.scores_of(docs)[0]
        return scores


@dataclass(frozen=True, slots=True)
class Enough:
    """What is found of plain words by the words alone, filters aside."""

    covered: Mask  # (max_doc,) the docs that have enough of them, see `search.ranking.cutoff`
    matches: Matches  # those that have any

    def found(self, nearest: Mapping[str, _Nearest]) -> Mask:
        """(max_doc,) the docs that are found, by enough words or because they are near in a space."""
        found = self.covered.copy()
        for near in nearest.values():
            found[near.docs[near.are_near]] = True
            docs = np.sort(near.docs[near.stand_out & ~found[near.docs]])
            found[docs[self.matches.scores_of(docs)[1]]] = True
        return found


class _Nearest(NamedTuple):
    """The docs nearest to a query in a space, best first."""

    docs: Docs
    cosines: Scores
    are_near: Mask  # (n,) which of them are found without any word of the query
    stand_out: Mask  # (n,) which are found with any

    @classmethod
    def of(cls, docs: Docs, cosines: Scores, usual: Usual) -> _Nearest:
        near = usual.near(float(cosines[0])) if len(docs) else 0.0
        return cls(docs, cosines, cosines >= near, cosines >= usual.standing_out())

    def only(self, keep: Mask) -> _Nearest:
        return _Nearest(self.docs[keep], self.cosines[keep], self.are_near[keep], self.stand_out[keep])


def find(
    index: Index,
    matches: Matches,
    encoded: Mapping[str, NDArray[np.float32]],
    found_besides: Callable[[], Docs] = no_docs,
    *,
    by_bm25: bool,
    by_vector: bool,
    allowed: Mask | None,
    enough: Callable[[], Enough] | None = None,
    usual: Callable[[], Mapping[str, Usual]] = dict,
    newest: bool = False,
) -> CandidateSet:
    """The candidates of a query; `found_besides` has some that are found and become candidates in any case.

    `by_bm25` says whether that leg takes part. `by_vector` says whether docs are found that only vectors find, near
    ones unless there is no other leg; else only what matches is found. `allowed` (max_doc,) is what filters allow, None
    for all. Of plain words only those docs are found that `enough` finds, with it; `usual` has the cosines that are
    usual in each space. With `newest` the newest docs found become candidates, too.
    """
    few = by_vector and index.num_docs >= LARGE
    most, compared = (BEST_OF_LARGE, 2 * BEST_OF_LARGE) if few else (BEST_OF_EACH, QUICK)
    searches = {}
    if by_vector:  # they go on in other threads while BM25 is at work
        among = allowed if enough is None else None
        searches = {n: index.spaces[n].nearest(v, most, among, compared) for n, v in encoded.items()}
    others = found_besides()
    n_matched = len(matches) if enough is None and (by_bm25 or not by_vector) else 0
    by_words = matches.best(most) if by_bm25 else _NOTHING
    words, bounds = enough() if enough else None, usual()
    if not by_vector and (n_matched > most or not by_bm25):
        matching = marked(index, matches.all()[0])
        searches = {n: index.spaces[n].nearest(v, most, matching, compared) for n, v in encoded.items()}
    nearest = {n: _Nearest.of(*search.result(), bounds.get(n, NOT_KNOWN)) for n, search in searches.items()}
    found = None
    if words is not None:
        found = words.found(nearest)
        permitted = found if allowed is None else found & allowed
        by_words = by_words[0][permitted[by_words[0]]], by_words[1][permitted[by_words[0]]]
        others = others[permitted[others]]
        nearest = {
            n: of.only(permitted[of.docs] & (of.are_near | ~words.covered[of.docs])) for n, of in nearest.items()
        }
    elif by_vector and by_bm25:
        nearest = {name: of.only(of.are_near) for name, of in nearest.items()}
    if newest:
        all_found = matches.all()[0] if found is None else np.flatnonzero(permitted)
        others = np.concatenate([others, _newest(index, all_found, most)])
    candidates = union([by_words[0], others, *(of.docs for of in nearest.values())])
    legs, unmatched = _scores(index, matches, encoded, candidates, by_words if by_bm25 else None, nearest)
    if found is not None:
        total = int(np.count_nonzero(permitted))
    else:
        total = n_matched + (unmatched if by_bm25 or by_vector else 0)
    return CandidateSet(index, matches, encoded, candidates, legs, total, by_bm25, found, allowed, bounds)


def _scores(
    index: Index,
    matches: Matches,
    encoded: Mapping[str, NDArray[np.float32]],
    candidates: Docs,
    by_words: tuple[Docs, Scores] | None,
    nearest: Mapping[str, _Nearest],
) -> tuple[Legs, int]:
    """What each leg scores the candidates, and how many of them do not match; all where words do not take part. What is
    known of some of them already is taken over."""
    legs = {}
    for name, vector in encoded.items():
        known = nearest[name][:2] if name in nearest else _NOTHING
        legs[name], missing = _filled_in(candidates, known)
        legs[name][missing] = index.spaces[name].cosines(vector, candidates[missing])
    if by_words is None:
        return legs, len(candidates)
    legs["bm25"], missing = _filled_in(candidates, by_words)
    legs["bm25"][missing], matched = matches.scores_of(candidates[missing])
    return legs, len(missing) - int(np.count_nonzero(matched))


def _newest(index: Index, docs: Docs, most: int) -> Docs:
    """The newest of some docs, at most so many, in any order."""
    if len(docs) <= most:
        return docs
    return docs[np.argpartition(-index.dates()[docs].astype(np.float64), most)[:most]]


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


def union(groups: Sequence[Docs]) -> Docs:
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
