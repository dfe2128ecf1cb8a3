"""Docs that match and what they score, and how the matches of several parts of a query become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_SCORE = 1e30  # more than enough for any boost, and far from where float32 ends


@dataclass(frozen=True, slots=True)
class Matches:
    """Docs in ascending order and the score of each."""

    docs: NDArray[np.uint32]
    scores: NDArray[np.float32]

    def boosted(self, boost: float) -> Matches:
        """The same docs with scores times `boost`, at most `MAX_SCORE`."""
        if boost == 1:
            return self
        boost = min(boost, MAX_SCORE)
        return Matches(self.docs, np.minimum(self.scores, np.float32(MAX_SCORE / max(boost, 1))) * np.float32(boost))

    @classmethod
    def constant(cls, found: NDArray[np.bool_], score: float) -> Matches:
        """The docs marked in (max_doc,) `found`, all with the same score."""
        docs = np.flatnonzero(found).astype(np.uint32)
        return cls(docs, np.full(len(docs), score, np.float32))


NOTHING = Matches(np.zeros(0, np.uint32), np.zeros(0, np.float32))


def intersect(parts: Sequence[Matches]) -> Matches:
    """The docs in all parts, their scores added up in the order of the parts."""
    docs = min(parts, key=lambda part: len(part.docs)).docs
    for part in parts:
        docs = docs[places(part.docs, docs)[1]] if part.docs is not docs else docs
    scores = np.zeros(len(docs), np.float32)
    for part in parts:
        scores += part.scores[np.searchsorted(part.docs, docs)]
    return Matches(docs, scores)


def restrict(matches: Matches, docs: NDArray[Any]) -> Matches:
    """`matches` without the docs that are not among the ascending `docs`."""
    keep = places(docs, matches.docs)[1]
    return Matches(matches.docs[keep], matches.scores[keep])


def places(among: NDArray[Any], docs: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each of `docs` is in the ascending `among`, and whether it is there at all."""
    if not len(among):
        return np.zeros(len(docs), np.int64), np.zeros(len(docs), bool)
    places = np.minimum(np.searchsorted(among, docs), len(among) - 1)
    return places, among[places] == docs


def unite(parts: Iterable[Matches], max_doc: int, at_least: int) -> Matches:
    """The docs in at least so many parts, with the sum of their scores; each part is let go of before the next is
    asked for."""
    scores = np.zeros(max_doc, np.float32)
    count = np.zeros(max_doc, np.uint16)
    for part in parts:
        if len(part.docs) == max_doc:
            scores += part.scores
            count += 1
            continue
        at = part.docs.astype(np.intp)  # numpy takes twice as long over indices of another type
        np.add.at(scores, at, part.scores)
        count[at] += 1
    docs = np.flatnonzero(count >= at_least).astype(np.uint32)
    return Matches(docs, scores[docs])
