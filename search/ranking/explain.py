"""Explanations: the tree of numbers behind a score. Every number is the sum, or what its line says, of those
below it, down to the statistics of the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from whoosh import query as wq

from indexer.segment.inverter import TEXT_FIELDS
from indexer.segment.segment import Segment
from search.lexical.evaluator import ALL_TEXT, Evaluator
from search.lexical.match_set import Matches
from search.query.ranges import shown
from search.ranking.rank import Ranking
from search.reader.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Explanation:
    """A number, what it is, and the numbers it comes from."""

    value: float
    what: str
    parts: tuple[Explanation, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The explanation as it stands in JSON answers."""
        answer: dict[str, Any] = {"value": round(self.value, 6), "what": self.what}
        if self.parts:
            answer["parts"] = [part.to_dict() for part in self.parts]
        return answer

    def lines(self, indent: int = 0) -> Iterator[str]:
        """The explanation as indented lines of text."""
        number = f"{self.value:.4f}" if self.value % 1 else f"{self.value:.0f}"
        yield f"{'  ' * indent}{number}  {self.what}"
        for part in self.parts:
            yield from part.lines(indent + 1)


def explain_hit(snapshot: Snapshot, tree: wq.Query, ranking: Ranking, place: int) -> Explanation:
    """Why the doc at a place of a ranking has its score: the sum of what each leg adds."""
    parts = []
    for name, added in ranking.shares.items():
        below = []
        if name == "bm25":
            reason = explain_bm25(snapshot, tree, int(ranking.docs[place]))
            below = [reason] if reason else []
        elif name in ranking.legs:
            below = [Explanation(float(ranking.legs[name][place]), "cosine with the query, before feedback")]
        what = f"{name}: its weight × its score, scaled to 0 for the least and 1 for the best"
        parts.append(Explanation(float(added[place]), what if len(ranking.shares) > 1 else name, tuple(below)))
    return Explanation(float(ranking.scores[place]), "the sum of these", tuple(parts))


def explain_bm25(snapshot: Snapshot, tree: wq.Query, doc: int) -> Explanation | None:
    """Why a doc has its BM25F score for a tree, or None if it does not match."""
    segment, local = snapshot.locate(doc)
    return _explain(_Recorder(snapshot, segment, local), tree, local)


class _Recorder(Evaluator):
    """An evaluator that remembers what every node it came by scores one doc, so that a tree is evaluated once and not
    again from each of its levels."""

    def __init__(self, snapshot: Snapshot, segment: Segment, doc: int) -> None:
        super().__init__(snapshot, segment, [])
        self._doc = doc
        self._scores: dict[int, tuple[wq.Query, float | None]] = {}  # by the node's id, which it keeps while it is here

    def evaluate(self, query: wq.Query) -> Matches:
        matches = super().evaluate(query)
        place = int(np.searchsorted(matches.docs, self._doc))
        there = place < len(matches.docs) and matches.docs[place] == self._doc
        self._scores[id(query)] = query, float(matches.scores[place]) if there else None
        return matches

    def score(self, node: wq.Query) -> float | None:
        """What a node scores the doc, None if the doc does not match."""
        if id(node) not in self._scores:
            self.evaluate(node)
        return self._scores[id(node)][1]


def _explain(evaluator: _Recorder, node: wq.Query, doc: int) -> Explanation | None:
    value = evaluator.score(node)
    if value is None:
        return None
    if isinstance(node, wq.Term) and node.fieldname in (ALL_TEXT, *TEXT_FIELDS):
        return Explanation(value, f"{_named(node)}: boost × idf × impact", tuple(_of_term(evaluator, node, doc)))
    if isinstance(node, wq.Phrase) and node.fieldname in (ALL_TEXT, *TEXT_FIELDS):
        words = _parts(evaluator, [wq.Term(node.fieldname, word) for word in node.words], doc)
        return Explanation(value, f'the phrase "{" ".join(node.words)}": its words\' scores × {node.boost:g}', words)
    if isinstance(node, wq.Require):
        return Explanation(value, "the first of two conditions that must both hold", _parts(evaluator, [node.a], doc))
    if isinstance(node, wq.AndNot):
        return Explanation(value, "without what must not be there", _parts(evaluator, [node.a], doc))
    if isinstance(node, wq.DisjunctionMax):
        what = f"the best of these and {node.tiebreak:g} times the others, × {node.boost:g}"
        return Explanation(value, what, _parts(evaluator, node.subqueries, doc))
    if isinstance(node, (wq.And, wq.Or, wq.AndMaybe)):
        times = f" × {node.boost:g}" if node.boost != 1 else ""
        return Explanation(value, f"the sum of these{times}", _parts(evaluator, list(node.children()), doc))
    return Explanation(value, f"{_named(node)}: the same for every article that matches")


def _parts(evaluator: _Recorder, nodes: Sequence[wq.Query], doc: int) -> tuple[Explanation, ...]:
    found = (_explain(evaluator, node, doc) for node in nodes)
    return tuple(one for one in found if one is not None)


def _of_term(evaluator: _Recorder, node: wq.Term, doc: int) -> Iterator[Explanation]:
    snapshot, segment = evaluator.snapshot, evaluator.segment
    term, field = node.text.encode(), "" if node.fieldname == ALL_TEXT else node.fieldname
    idf, df = snapshot.idf(term, field), snapshot.doc_freq(term, field)
    if node.boost != 1:
        yield Explanation(node.boost, "boost")
    num_docs = Explanation(snapshot.num_docs, "N, articles")
    yield Explanation(
        idf,
        "idf = ln(1 + (N − df + 0.5) / (df + 0.5))",
        (num_docs, Explanation(df, "df, articles with the word")),
    )
    k1 = snapshot.manifest.bm25.k1
    fields = tuple(_of_fields(snapshot, segment, segment.term_number(term), doc, field))
    weighted = sum(part.value for part in fields)
    yield Explanation(
        weighted / (k1 + weighted),
        "impact = wtf / (k1 + wtf)",
        (
            Explanation(k1, "k1"),
            Explanation(weighted, "wtf, the sum over fields of weight × tf / (1 − b + b × dl / avgdl)", fields),
        ),
    )


def _of_fields(snapshot: Snapshot, segment: Segment, number: int, doc: int, field: str) -> Iterator[Explanation]:
    posts = segment.postings(number)
    place = posts.start + int(np.searchsorted(segment.docs[posts], doc))
    parameters = snapshot.manifest.bm25
    for row, name in enumerate(TEXT_FIELDS):
        tf, dl, avgdl = int(segment.tf[row, place]), int(segment.dl[row, doc]), snapshot.avgdl[row]
        if tf and (not field or field == name):
            weight, b = parameters.weights[row], parameters.b[row]
            numbers = {
                f"weight of the {name}": weight,
                f"tf, times in the {name}": tf,
                "b": b,
                f"dl, words of the {name}": dl,
                "avgdl, their average": avgdl,
            }
            parts = tuple(Explanation(float(value), what) for what, value in numbers.items())
            yield Explanation(weight * tf / (1 - b + b * dl / avgdl), name, parts)


def _named(node: wq.Query) -> str:
    if isinstance(node, wq.NumericRange):
        return shown(node)
    field = getattr(node, "fieldname", "") or ""
    text = getattr(node, "text", "") or type(node).__name__
    return f"{field}:{text}" if field and field != ALL_TEXT else str(text)
