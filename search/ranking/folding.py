"""Folding: of articles that are one thing to a reader only the best ranked is a hit, and the others stand under it.

What is one thing (copies on several sites, the updates of a running story) somebody else says, who compares articles;
here is only what becomes of a ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np

from search.ranking.rank import Ranking
from search.reader.index import Docs, Index

WINDOW = 200  # hits, best first, that are compared with each other, whatever page is asked for


class Folding(Protocol):
    """Says which of some docs belong together."""

    def __call__(self, index: Index, docs: Docs) -> Sequence[int]:
        """For each of some docs, best first, the place of the doc that it is folded into: one before it that stays, or
        its own where it stays."""


class Folded(NamedTuple):
    """A ranking without the docs that others stand for."""

    ranking: Ranking
    under: dict[int, list[int]]  # by doc those folded into it, best first


def depth_for(depth: int) -> int:
    """How many docs must be ranked for so many to be left."""
    return depth + WINDOW


def folded(index: Index, ranking: Ranking, folding: Folding) -> Folded:
    """A ranking of at least `WINDOW` docs, or all there are, without those folded into others. What comes after the
    window stays as it is, so that pages fit together and the total is the same on each."""
    docs = ranking.docs[:WINDOW]
    into = folding(index, docs)
    under: dict[int, list[int]] = {}
    stay = np.ones(len(ranking.docs), bool)
    for place, first in enumerate(into):
        if first != place:
            stay[place] = False
            under.setdefault(int(docs[first]), []).append(int(docs[place]))
    kept = np.flatnonzero(stay)
    legs, shares = ({name: of[kept] for name, of in legs.items()} for legs in (ranking.legs, ranking.shares))
    total = ranking.total - (len(stay) - len(kept))
    return Folded(
        replace(ranking, docs=ranking.docs[kept], scores=ranking.scores[kept], legs=legs, shares=shares, total=total),
        under,
    )
