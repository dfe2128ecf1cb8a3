"""Explanations: the tree of numbers behind a score. Every number is the sum, or what its line says, of those
below it, down to the statistics of the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from whoosh import query as wq

from indexer.segment.inverter import TEXT_FIELDS
from search.lexical.evaluator import ALL_TEXT
from search.query.ranges import shown
from search.ranking.rank import Ranking
from search.reader.index import Index, TermStatistics, idf_of


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


def explain_hit(index: Index, tree: wq.Query, ranking: Ranking, place: int) -> Explanation:
    """Why the doc at a place of a ranking has its score: the sum of what each leg adds."""
    parts = []
    for name, added in ranking.shares.items():
        below = []
        if name == "bm25":
            reason = explain_bm25(index, tree, int(ranking.docs[place]))
            below = [reason] if reason else []
        elif name in ranking.legs:
            below = [Explanation(float(ranking.legs[name][place]), "cosine with the query, before feedback")]
        what = f"{name}: its weight × its score, scaled to 0 for the least and 1 for the best"
        parts.append(Explanation(float(added[place]), what if len(ranking.shares) > 1 else name, tuple(below)))
    return Explanation(float(ranking.scores[place]), "the sum of these", tuple(parts))


def explain_bm25(index: Index, tree: wq.Query, doc: int) -> Explanation | None:
    """Why a doc has its BM25F score for a tree, or None if it does not match."""
    return _explain(_Doc(index, doc, index.scores_of_doc(doc)), tree)


@dataclass(frozen=True, slots=True)
class _Doc:
    """The doc that is explained."""

    index: Index
    number: int
    score: Callable[[wq.Query], float | None]  # what a node scores it


def _explain(doc: _Doc, node: wq.Query) -> Explanation | None:
    value = doc.score(node)
    if value is None:
        return None
    if isinstance(node, wq.Term) and node.fieldname in (ALL_TEXT, *TEXT_FIELDS):
        return Explanation(value, f"{_named(node)}: boost × idf × impact", tuple(_of_term(doc, node)))
    if isinstance(node, wq.Phrase) and node.fieldname in (ALL_TEXT, *TEXT_FIELDS):
        words = _parts(doc, [wq.Term(node.fieldname, word) for word in node.words])
        return Explanation(value, f'the phrase "{" ".join(node.words)}": its words\' scores × {node.boost:g}', words)
    if isinstance(node, wq.Require):
        return Explanation(value, "the first of two conditions that must both hold", _parts(doc, [node.a]))
    if isinstance(node, wq.AndNot):
        return Explanation(value, "without what must not be there", _parts(doc, [node.a]))
    if isinstance(node, wq.DisjunctionMax):
        what = f"the best of these and {node.tiebreak:g} times the others, × {node.boost:g}"
        return Explanation(value, what, _parts(doc, node.subqueries))
    if isinstance(node, (wq.And, wq.Or, wq.AndMaybe)):
        times = f" × {node.boost:g}" if node.boost != 1 else ""
        return Explanation(value, f"the sum of these{times}", _parts(doc, list(node.children())))
    return Explanation(value, f"{_named(node)}: the same for every article that matches")


def _parts(doc: _Doc, nodes: Sequence[wq.Query]) -> tuple[Explanation, ...]:
    explained = (_explain(doc, node) for node in nodes)
    return tuple(part for part in explained if part is not None)


def _of_term(doc: _Doc, node: wq.Term) -> Iterator[Explanation]:
    field = "" if node.fieldname == ALL_TEXT else node.fieldname
    doc_freq = doc.index.doc_freq(node.text, field)
    if node.boost != 1:
        yield Explanation(node.boost, "boost")
    num_docs = Explanation(doc.index.num_docs, "N, articles")
    yield Explanation(
        idf_of(doc.index, node.text, field),
        "idf = ln(1 + (N − df + 0.5) / (df + 0.5))",
        (num_docs, Explanation(doc_freq, "df, articles with the word")),
    )
    statistics = doc.index.term_statistics(node.text, doc.number)
    fields = tuple(_of_fields(statistics, field))
    weighted = sum(part.value for part in fields)
    yield Explanation(
        weighted / (statistics.k1 + weighted),
        "impact = wtf / (k1 + wtf)",
        (
            Explanation(statistics.k1, "k1"),
            Explanation(weighted, "wtf, the sum over fields of weight × tf / (1 − b + b × dl / avgdl)", fields),
        ),
    )


def _of_fields(statistics: TermStatistics, field: str) -> Iterator[Explanation]:
    for of in statistics.fields:
        if not field or field == of.field:
            numbers = {
                f"weight of the {of.field}": of.weight,
                f"tf, times in the {of.field}": of.tf,
                "b": of.b,
                f"dl, words of the {of.field}": of.dl,
                "avgdl, their average": of.avgdl,
            }
            parts = tuple(Explanation(float(value), what) for what, value in numbers.items())
            yield Explanation(of.weight * of.tf / (1 - of.b + of.b * of.dl / of.avgdl), of.field, parts)


def _named(node: wq.Query) -> str:
    if isinstance(node, wq.NumericRange):
        return shown(node)
    field = getattr(node, "fieldname", "") or ""
    text = getattr(node, "text", "") or type(node).__name__
    return f"{field}:{text}" if field and field != ALL_TEXT else str(text)
