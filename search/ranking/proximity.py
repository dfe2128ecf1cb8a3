"""Words of a query that an article has next to each other, as the query has them: who types words of a sentence looks
for the article that has the sentence.

Of every two neighbouring words of the query the article has them so, or near each other, or not. That is the ordered
and the unordered window of D. Metzler and W. B. Croft's sequential dependence model (SIGIR 2005), made one leg more
that counts where nearly all pairs are there: judged questions, whose words hardly ever stand in a row, lose otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.query.parser import ParsedQuery
from search.query.typed_words import readings
from search.ranking.adjustments import summed
from search.ranking.candidates import Legs
from search.reader.bm25 import top_k
from search.reader.index import Docs, Index, idf_of

PROXIMITY = "proximity"  # what it adds to a score appears under
BEST = 50  # docs that it is looked up for, the best by all legs
_WEIGHT = 0.2  # beside all legs, of a doc that has both words of the query in a row
_LONG_WEIGHT = 0.4  # ... and of one that has so many pairs that it is hardly chance:
_MANY_PAIRS = 4
_NEAR = 0.4  # what two words near each other count, next to each other being 1
_STEEPNESS = 6  # power of the share of the pairs
_MOST_WORDS = 40  # of a query that are looked at
_MOST_READINGS = 4


class NeighbouringWords:
    """The words of a query that are next to each other, stop words aside."""

    def __init__(self, readings: Sequence[tuple[Sequence[str], NDArray[np.float32]]]) -> None:
        self._readings = readings  # the terms, and what each pair of neighbours weighs: the commoner one's share of all
        pairs = min(min(len(weights) for _, weights in readings), _MANY_PAIRS)
        self._weight = _WEIGHT + (_LONG_WEIGHT - _WEIGHT) * (pairs - 1) / (_MANY_PAIRS - 1)

    @classmethod
    def of(cls, index: Index, query: ParsedQuery) -> NeighbouringWords | None:
        """For plain words; None for other queries, and where no two words are next to each other."""
        if not query.is_plain:
            return None
        found = []
        for terms in readings(query.text, index.languages())[:_MOST_READINGS]:
            idf = np.array([idf_of(index, term) for term in terms[:_MOST_WORDS]], np.float32)
            weights = np.minimum(idf[1:], idf[:-1])
            if (total := weights.sum()) > 0:
                found.append((terms[:_MOST_WORDS], weights / total))
        return cls(found) if found else None

    def add_to(self, parts: Legs, index: Index, docs: Docs) -> None:
        """Makes what the best of some docs have of them one leg more, of which the others get nothing; the other legs
        keep their proportions."""
        fused = summed(parts)
        pool = top_k(fused, BEST)
        pool = pool[np.argsort(docs[pool])]
        shares = np.max([self._shares(index, docs[pool], *reading) for reading in self._readings], axis=0)
        for part in parts.values():
            part *= np.float32(1 - self._weight)
        parts[PROXIMITY] = np.zeros(len(docs), np.float32)
        parts[PROXIMITY][pool] = shares**_STEEPNESS * np.float32(self._weight * fused.max(initial=0))

    @staticmethod
    def _shares(index: Index, docs: Docs, terms: Sequence[str], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) how much of the pairs of some ascending docs have."""
        follows, near = index.pairs_near(terms, docs)
        shares: NDArray[np.float32] = weights @ np.where(follows, np.float32(1), np.float32(_NEAR) * near)
        return shares
