"""What every node of a query tree scores one doc, and the numbers behind the score of a term: what explanations say."""

from __future__ import annotations

import numpy as np

from search.lexical.evaluator import Evaluator
from search.lexical.match_set import MatchSet
from search.query.tree import Node
from search.reader.index import FieldStatistics, TermStatistics
from search.reader.snapshot import Snapshot


class NodeScores(Evaluator):
    """An evaluator that remembers what every node it came by scores one doc of the snapshot, so that a tree is
    evaluated once and not again from each of its levels."""

    def __init__(self, snapshot: Snapshot, doc: int) -> None:
        segment, self._doc = snapshot.locate(doc)
        super().__init__(snapshot, segment, [])
        self._scores: dict[int, tuple[Node, float | None]] = {}  # by the node's id, which it keeps while it is here

    def evaluate(self, node: Node) -> MatchSet:
        matches = super().evaluate(node)
        place = int(np.searchsorted(matches.docs, self._doc))
        matched = place < len(matches.docs) and matches.docs[place] == self._doc
        self._scores[id(node)] = node, float(matches.scores[place]) if matched else None
        return matches

    def score(self, node: Node) -> float | None:
        """What a node scores the doc, None if the doc does not match."""
        if id(node) not in self._scores:
            self.evaluate(node)
        return self._scores[id(node)][1]


def term_statistics(snapshot: Snapshot, term: str, doc: int) -> TermStatistics:
    """What BM25F knows of a term in a doc."""
    segment, local = snapshot.locate(doc)
    parameters, averages = snapshot.manifest.bm25_of(segment.entry), snapshot.manifest.avgdl_of(segment.entry)
    number = segment.term_number(term.encode())
    fields = []
    if number >= 0:
        postings = segment.postings(number)
        docs = segment.docs[postings]
        place = int(np.searchsorted(docs, local))
        if place < len(docs) and docs[place] == local:
            for row, name in enumerate(segment.entry.text_fields):
                tf, dl = int(segment.tf[row, postings.start + place]), int(segment.dl[row, local])
                if tf:
                    avgdl, weight, b = averages[row], parameters.weights[row], parameters.b[row]
                    fields.append(FieldStatistics(name, tf, dl, avgdl, weight, b))
    return TermStatistics(parameters.k1, tuple(fields))
