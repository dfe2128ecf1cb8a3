"""The BM25 leg of a query: which docs its words and conditions match, and what they score.

A ranking needs the best of them, how many there are, and the scores of a few others. Of plain words all that can be
had without scoring every doc that has one of them; of any other query it cannot.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.lexical.evaluator import Evaluator
from search.lexical.match_set import places
from search.lexical.maxscore import look_up, plain_words, top_docs, weighted_lists
from search.query.parser import ParsedQuery
from search.reader.bm25 import top_k
from search.reader.index import Docs, Matches, Scores
from search.reader.postings import docs_in_any
from search.reader.snapshot import Snapshot

_MOST_BOOST = 1000.0  # more may leave what float32 can hold, which only the evaluator looks after


class Evaluated:
    """`Matches` of any query, evaluated for every doc that matches."""

    def __init__(self, docs: Docs, scores: Scores) -> None:
        self._docs, self._scores = docs, scores

    def __len__(self) -> int:
        return len(self._docs)

    def best(self, k: int) -> tuple[Docs, Scores]:
        order = top_k(self._scores, k)
        return self._docs[order], self._scores[order]

    def scores_of(self, docs: Docs) -> tuple[Scores, NDArray[np.bool_]]:
        where, there = places(self._docs, docs)
        scores = np.zeros(len(docs), np.float32)
        scores[there] = self._scores[where[there]]
        return scores, there

    def all(self) -> tuple[Docs, Scores]:
        return self._docs, self._scores


class PlainWords:
    """`Matches` of plain words, any of which a doc may have; see `search.lexical.maxscore`."""

    def __init__(self, snapshot: Snapshot, query: ParsedQuery, words: Sequence[tuple[tuple[str, ...], float]]) -> None:
        self._snapshot, self._query = snapshot, query
        self._lists = [weighted_lists(snapshot, place, words) for place in range(len(snapshot.segments))]

    def __len__(self) -> int:
        pairs = zip(self._snapshot.segments, self._lists, strict=True)
        return sum(docs_in_any(segment, [weighted.postings for weighted in lists]) for segment, lists in pairs)

    def best(self, k: int) -> tuple[Docs, Scores]:
        if k <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return top_docs(self._snapshot, self._query.tree, k, self._lists)

    def scores_of(self, docs: Docs) -> tuple[Scores, NDArray[np.bool_]]:
        scores = np.zeros(len(docs), np.float32)
        firsts = self._snapshot.first_docs
        bounds = np.searchsorted(docs, firsts).tolist()
        for lists, first, here in zip(self._lists, firsts.tolist(), map(slice, bounds, bounds[1:]), strict=False):
            local, totals = (docs[here] - first).astype(np.uint32), scores[here]
            for weighted in lists:
                look_up(weighted, local, totals)
        return scores, scores > 0

    def all(self) -> tuple[Docs, Scores]:
        return evaluated(self._snapshot, self._query, []).all()


def lexical(snapshot: Snapshot, query: ParsedQuery, allowed: NDArray[np.bool_] | None, notes: list[str]) -> Matches:
    """What a query matches of the docs `allowed` (max_doc,), or of all; `notes` collects what had to be cut short.

    Raises what `search.lexical.evaluator.Evaluator.evaluate` raises."""
    words = plain_words(query.tree) if allowed is None else None
    if words is not None and all(0 < boost <= _MOST_BOOST for _, boost in words):
        return PlainWords(snapshot, query, words)
    return evaluated(snapshot, query, notes, allowed)


def evaluated(
    snapshot: Snapshot, query: ParsedQuery, notes: list[str], allowed: NDArray[np.bool_] | None = None
) -> Evaluated:
    """The same by evaluating the query for every doc."""
    docs, scores = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for segment, first in zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False):
        matches = Evaluator(snapshot, segment, notes).live(query.tree)
        docs.append(matches.docs.astype(np.int64) + first)
        scores.append(matches.scores)
    all_docs, all_scores = np.concatenate(docs), np.concatenate(scores)
    if allowed is None:
        return Evaluated(all_docs, all_scores)
    keep = allowed[all_docs]
    return Evaluated(all_docs[keep], all_scores[keep])
