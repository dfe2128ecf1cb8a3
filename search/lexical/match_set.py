"""Docs that match and what they score, and how the match sets of several parts of a query become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_SCORE = 1e30  # more than enough for any boost, and far from where float32 ends


@dataclass(frozen=True, slots=True)
class MatchSet:
    """The docs of a segment that match, in ascending order, and the score of each."""

    docs: NDArray[np.uint32]
    scores: NDArray[np.float32]

    def boosted(self, boost: float) -> MatchSet:
        """The same docs with scores times `boost`, at most `MAX_SCORE`."""
        if boost == 1:
            return self
        boost = min(boost, MAX_SCORE)
        return MatchSet(self.docs, np.minimum(self.scores, np.float32(MAX_SCORE / max(boost, 1))) * np.float32(boost))

    @classmethod
    def constant(cls, marked: NDArray[np.bool_], score: float) -> MatchSet:
        """The docs marked in (max_doc,) `marked`, all with the same score."""
        docs = np.flatnonzero(marked).astype(np.uint32)
        return cls(docs, np.full(len(docs), score, np.float32))


NO_MATCHES = MatchSet(np.zeros(0, np.uint32), np.zeros(0, np.float32))


def intersect(parts: Sequence[MatchSet]) -> MatchSet:
    """The docs in all parts, their scores added up in the order of the parts."""
    docs = min(parts, key=lambda part: len(part.docs)).docs
    for part in parts:
        docs = docs[places(part.docs, docs)[1]] if part.docs is not docs else docs
    scores = np.zeros(len(docs), np.float32)
    for part in parts:
        scores += part.scores[np.searchsorted(part.docs, docs)]
    return MatchSet(docs, scores)


def restrict(matches: MatchSet, docs: NDArray[Any]) -> MatchSet:
    """`matches` without the docs that are not among the ascending `docs`."""
    keep = places(docs, matches.docs)[1]
    return MatchSet(matches.docs[keep], matches.scores[keep])


def places(among: NDArray[Any], docs: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each of `docs` is in the ascending `among`, and whether it is there at all.

    >>> where, there = places(np.array([2, 5, 9]), np.array([5, 6, 9, 10]))
    >>> where.tolist(), there.tolist()
    ([1, 2, 2, 2], [True, False, True, False])
    """
    if not len(among):
        return np.zeros(len(docs), np.int64), np.zeros(len(docs), bool)
    where = np.minimum(np.searchsorted(among, docs), len(among) - 1)
    return where, among[where] == docs


def unite(parts: Iterable[MatchSet], max_doc: int) -> MatchSet:
    """The docs in any of the parts, with the sum of their scores; each part is let go of before the next is asked for.

    The scores of all docs of the segment are added up in one array, and another one remembers which are in a part,
    since a score may be 0. With two parts and five docs::

        doc                      0    1    2    3    4
        first:  docs 1 3, scores      .5        .2
        second: docs 0 3, scores 0              .4
        scores                   0    .5   0    .6   0
        matched                  yes  yes  no   yes  no     ->  docs 0 1 3, scores 0 .5 .6
    """
    scores = np.zeros(max_doc, np.float32)
    matched = np.zeros(max_doc, bool)
    for part in parts:
        if len(part.docs) == max_doc:
            scores += part.scores
            matched[:] = True
            continue
        at = part.docs.astype(np.intp)  # numpy takes twice as long over indices of another type
        np.add.at(scores, at, part.scores)
        matched[at] = True
    docs = np.flatnonzero(matched).astype(np.uint32)
    return MatchSet(docs, scores[docs])


def best_of(parts: Iterable[MatchSet], max_doc: int) -> MatchSet:
    """The docs in any of the parts, with the highest of their scores, which are 0 or more."""
    scores = np.zeros(max_doc, np.float32)
    matched = np.zeros(max_doc, bool)
    for part in parts:
        at = part.docs.astype(np.intp)
        scores[at] = np.maximum(scores[at], part.scores)
        matched[at] = True
    docs = np.flatnonzero(matched).astype(np.uint32)
    return MatchSet(docs, scores[docs])
