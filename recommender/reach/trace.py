"""Traces: what a related block depended on, in a few numbers, from which it can be told whether a change reaches it.

A block is made of the best of its candidates. An article that comes, goes or changes reaches it if it is one of these,
if it takes a place or leaves one to another, if it changes how telling a word is that the block went by, or if it may
be the next or the previous of its series.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import Corpus, Similarities
from recommender.corpus.tracked import ScoredCandidates
from recommender.presentation.series import SEARCHED
from recommender.ranking import candidates
from recommender.ranking.features import features
from recommender.ranking.scoring import relevance, weigh
from recommender.ranking.selection import CROWD, CROWD_SHARE
from recommender.reach.recording import Asked
from recommender.request import profile as profiles
from recommender.state import State

TOLERANCE = 1e-4  # by which a score that is made in another order of additions may be another
_NO_LIMIT = np.float32(np.inf)
_WORDS = 8  # of 64 bits, in which the terms are noted whose doc_freq a block went by

TRACE = np.dtype(
    [
        ("lightest", np.float32),  # weight of the least telling word that candidates were looked for by
        ("found", np.float32),  # the score that a candidate has at least; 0 where all are found that have a word
        ("spare", np.uint32),  # how many may come among the candidates before one is replaced that matters
        ("crowd", np.float32),  # relevance from which on a candidate matters
        ("score", np.float32),  # score from which on one matters that is relevant
        ("margin", np.int32),  # see `ScoredCandidates`, the least
        ("titled", np.float32),  # the same as `found` of articles with like titles; infinite where none were looked for
        ("titled_spare", np.uint32),  # how many of unlike titles may come before one is not found that has a like one
        ("terms", np.uint64, (_WORDS,)),  # a bit for each term whose doc_freq was asked for
    ]
)


def trace_of(state: State, asked: Asked, doc: int, n_picks: int) -> np.void:
    """The trace, one row of `TRACE`, of the block under a doc, of what was asked for it and of how many it was chosen
    by rank."""
    row: np.void = np.zeros(1, TRACE)[0]
    row["terms"] = _bits(np.concatenate([np.zeros(0, np.uint64), *asked.doc_freq]))
    row["margin"] = min((found.margin for _, found in asked.candidates), default=np.iinfo(np.int32).max)
    by_words = state.corpus.max_doc > candidates.SCORED_WHOLE  # else the first that were asked for are of a series
    _note_series(row, asked.candidates[by_words:])
    wanted, found = asked.candidates[0] if by_words and asked.candidates else (0, None)
    if found is not None:
        row["lightest"], row["found"] = found.lightest, _least_score(wanted, found)
    docs, similar = asked.compared[0] if asked.compared else (np.zeros(0, np.int64), None)
    if similar is None or len(docs) < CROWD / CROWD_SHARE + 1:  # whoever comes changes which of them the crowd is
        row["crowd"], row["score"] = -_NO_LIMIT, -_NO_LIMIT
        return row
    near, scores = _scored(state, docs, similar, doc)
    row["crowd"] = np.partition(near, len(near) - 1 - CROWD)[len(near) - 1 - CROWD]
    good = np.sort(scores[near > state.block_least])[::-1]
    row["score"] = good[n_picks - 1] if len(good) >= n_picks else -_NO_LIMIT
    row["spare"] = np.iinfo(np.uint32).max
    if found is not None:
        of_them = found.scores[np.isin(found.docs, docs[matters(row, near, scores, state.block_least)])]
        row["spare"] = wanted - len(found.docs) + int((found.scores < of_them.min(initial=np.inf)).sum())
    return row


def _note_series(row: np.void, asked: Sequence[tuple[int, ScoredCandidates]]) -> None:
    """Notes in a trace what was asked for to find the articles of a series."""
    row["titled"] = min((_least_score(*one) for one in asked), default=_NO_LIMIT)
    # of those of versions any are taken, however little their titles have in common
    spare = (wanted - len(found.docs) if wanted <= SEARCHED else 0 for wanted, found in asked)
    row["titled_spare"] = min(spare, default=0)


def _least_score(wanted: int, found: ScoredCandidates) -> float:
    """The score from which on an article is found; 0 where all are found that have a word."""
    return float(found.scores.min()) if len(found.docs) >= wanted else 0.0


def matters(
    row: np.void | NDArray[np.void], near: NDArray[np.float32], scores: NDArray[np.float32], least: float
) -> NDArray[np.bool_]:
    """(n,) which candidates of this relevance and with these scores a block with the trace, or the traces (n,), may
    depend on."""
    by_score = (near > least - TOLERANCE) & (scores >= row["score"] - TOLERANCE)
    return np.asarray((near >= row["crowd"] - TOLERANCE) | by_score)


def _scored(
    state: State, docs: NDArray[np.int64], similar: Similarities, doc: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(n,) the relevance and the scores of candidates, as they were when the block was made."""
    corpus = state.corpus
    profile = profiles.of_doc(corpus, doc)
    known = features(corpus, profile, candidates.compare(_Replayed(corpus, similar), profile, docs))  # type: ignore[arg-type]
    scores = weigh(known, state.weights)
    handicaps = state.editors.handicaps(state.handicaps)
    return relevance(known, state.calibration.prior), scores if handicaps is None else scores - handicaps[docs]


class _Replayed:
    """A corpus that says once more how similar docs are."""

    def __init__(self, corpus: Corpus, similar: Similarities) -> None:
        self.spaces = corpus.spaces
        self._similar = similar

    def similarities(self, *args: object) -> Similarities:
        return self._similar


def _bits(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """(_WORDS,) a bit set for each of the terms."""
    words = np.zeros(_WORDS, np.uint64)
    np.bitwise_or.at(words, *bit_of(hashes))
    return words


def bit_of(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """(n,) in which of the words the bit of each term is, and the bit."""
    places = (hashes >> np.uint64(17)) % np.uint64(64 * _WORDS)
    return (places // np.uint64(64)).astype(np.int64), np.uint64(1) << (places % np.uint64(64))
