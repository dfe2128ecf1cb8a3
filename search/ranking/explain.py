"""Explanations: the tree of numbers behind a score. Every number is the sum, or what its line says, of those
below it, down to the statistics of the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.schema import ALL_TEXT, Schema
from search.query.expansion import Expansion
from search.query.parser import ParsedQuery
from search.query.ranges import range_as_typed
from search.query.tree import (
    And,
    AndMaybe,
    AndNot,
    DisjunctionMax,
    Everything,
    Fuzzy,
    Leaf,
    Node,
    Not,
    Nothing,
    NumericRange,
    Or,
    Phrase,
    Prefix,
    Require,
    Term,
    TermRange,
    Wildcard,
    boost_of,
    children,
)
from search.ranking.adjustments import BOOST
from search.ranking.as_typed import OTHER_FORMS
from search.ranking.headline import HEADLINE
from search.ranking.named import NAMED
from search.ranking.proximity import PROXIMITY
from search.ranking.rank import Ranking
from search.ranking.why import why_found
from search.ranking.written import WRITTEN
from search.reader.bm25 import OTHER_TERM
from search.reader.index import Index, TermStatistics, word_idf_of
from search.results import Explanation

MAX_WORDS = 2000
"""So many words are explained in one answer, those of a query once for each hit: a pasted text takes seconds else."""


def explained(tree: Node, hits: int) -> int:
    """How many of the first hits of a query are explained: all, unless its words are very many; one at least."""
    words, level = 0, [tree]
    while level:
        words += sum(len(node.words) if isinstance(node, Phrase) else isinstance(node, Leaf) for node in level)
        level = [child for above in level for child in children(above)]
    return min(hits, max(1, MAX_WORDS // max(1, words)))


def explain_hit(
    index: Index,
    query: ParsedQuery,
    ranking: Ranking,
    place: int,
    boosts: Sequence[str] = (),
    pin: str = "",
    corrected: Sequence[tuple[str, str]] = (),
) -> Explanation:
    """Why the doc at a place of a ranking has its score: the sum of what each leg adds. `boosts` and `pin` say what
    editors did, `corrected` which words as typed are searched as which others."""
    parts = []
    for name, added in ranking.shares.items():
        below = []
        if name == "bm25":
            reason = explain_bm25(index, query.tree, int(ranking.docs[place]), query.expansions)
            below = [reason] if reason else []
        elif name in ranking.legs:
            below = [Explanation(float(ranking.legs[name][place]), "cosine with the query, before feedback")]
        what = _of_leg(ranking, name, place) if name in ranking.legs else name
        if name == HEADLINE:
            what = "headline: for a title that is the query, or has its words in their order"
        if name == PROXIMITY:
            what = "proximity: for words of the query that are next to each other, or near"
        if name == NAMED:
            what = "names: for sections, tags, places and authors that have words of the query"
        if name == WRITTEN:
            what = "written: in this article's language words of the query are only stems of others"
        if name == OTHER_FORMS:
            what = "other forms: words of the query are there in other forms only, with the same stem"
        if name == BOOST:
            what = f"boost: {'; '.join(boosts)}, of what the legs add"
        parts.append(Explanation(float(added[place]), what if len(ranking.shares) > 1 else name, tuple(below)))
    sentence = why_found(index, query, ranking, place, boosts, pin, corrected)
    return Explanation(float(ranking.scores[place]), "the sum of these", tuple(parts), sentence)


def _of_leg(ranking: Ranking, name: str, place: int) -> str:
    """What a leg adds to the score of a hit. One that is alone is not scaled, but shares with the title, and loses by
    the age of an article."""
    if len(ranking.legs) > 1:
        return f"{name}: its weight × its score, scaled to 0 for the least and 1 for the best"
    score = float(ranking.legs[name][place])
    return f"{name}: its score × {float(ranking.shares[name][place]) / score:.4g}" if score else name


def explain_bm25(index: Index, tree: Node, doc: int, expansions: Sequence[Expansion] = ()) -> Explanation | None:
    """Why a doc has its BM25F score for a tree, or None if it does not match."""
    beside = {expansion.terms: str(expansion) for expansion in expansions}
    return _Explainer(index, doc, index.scores_of_doc(doc), beside).explain(tree)


@dataclass(frozen=True, slots=True)
class _Explainer:
    """Explains what a tree and the nodes in it score one doc."""

    index: Index
    doc: int
    score: Callable[[Node], float | None]  # what a node scores the doc, None if the doc does not match
    beside: Mapping[tuple[str, ...], str]  # what is said of terms that were not typed

    def explain(self, node: Node) -> Explanation | None:
        score = self.score(node)
        return None if score is None else EXPLAIN[type(node)](self, node, score)

    def parts(self, nodes: Sequence[Node]) -> tuple[Explanation, ...]:
        """The explanations of those nodes that the doc matches."""
        return tuple([part for node in nodes if (part := self.explain(node)) is not None])

    def origin(self, *terms: str) -> str:
        """What is said of terms that were not typed, nothing of others."""
        return f", {self.beside[terms]}" if terms in self.beside else ""


def _term(explainer: _Explainer, term: Term, score: float) -> Explanation:
    if term.field not in explainer.index.schema.full_text:
        return _constant(explainer, term, score)
    return Explanation(
        score,
        f"{_label(term, explainer.index.schema)}{explainer.origin(term.text)}: boost × idf × impact",
        tuple(_factors(explainer, term)),
    )


def _phrase(explainer: _Explainer, phrase: Phrase, score: float) -> Explanation:
    if phrase.field not in explainer.index.schema.full_text:
        return _constant(explainer, phrase, score)
    words = explainer.parts([Term(phrase.field, word) for word in phrase.words])
    what = f'the phrase "{" ".join(phrase.words)}"{explainer.origin(*phrase.words)}'
    return Explanation(score, f"{what}: its words' scores × {phrase.boost:g}", words)


def _sum(explainer: _Explainer, node: And | Or | AndMaybe, score: float) -> Explanation:
    boost = boost_of(node)
    times = f" × {boost:g}" if boost != 1 else ""
    return Explanation(score, f"the sum of these{times}", explainer.parts(children(node)))


def _best(explainer: _Explainer, node: DisjunctionMax, score: float) -> Explanation:
    times = f" × {node.boost:g}" if node.boost != 1 else ""
    return Explanation(score, f"the best of these{times}", explainer.parts(node.parts))


def _and_not(explainer: _Explainer, node: AndNot, score: float) -> Explanation:
    return Explanation(score, "without what must not be there", explainer.parts([node.included]))


def _require(explainer: _Explainer, node: Require, score: float) -> Explanation:
    return Explanation(score, "the first of two conditions that must both hold", explainer.parts([node.scored]))


def _constant(explainer: _Explainer, node: Node, score: float) -> Explanation:
    return Explanation(score, f"{_label(node, explainer.index.schema)}: the same for every article that matches")


def _label(node: Node, schema: Schema) -> str:
    match node:
        case NumericRange():
            return range_as_typed(node, schema.fields[node.field].kind)
        case Not():
            return "Not"
        case Everything():
            text = "Every"
        case Term(text=text) | Prefix(text=text) | Wildcard(text=text) | Fuzzy(text=text) if text:
            pass
        case _:
            text = type(node).__name__
    return f"{node.field}:{text}" if isinstance(node, Leaf) and node.field != ALL_TEXT else text


# what is said of the score of each kind of node; see the table in `search.query.tree`
EXPLAIN: dict[type[Node], Callable[[_Explainer, Any, float], Explanation]] = {
    Nothing: _constant,
    Everything: _constant,
    Term: _term,
    Phrase: _phrase,
    Prefix: _constant,
    Wildcard: _constant,
    Fuzzy: _constant,
    TermRange: _constant,
    NumericRange: _constant,
    And: _sum,
    Or: _sum,
    DisjunctionMax: _best,
    Not: _constant,
    AndNot: _and_not,
    AndMaybe: _sum,
    Require: _require,
}


def _factors(explainer: _Explainer, node: Term) -> Iterator[Explanation]:
    """What multiplies to a term's score, down to the statistics of the collection."""
    field = "" if node.field == ALL_TEXT else node.field
    index = explainer.index
    doc_freq = min(index.num_docs, sum(index.doc_freq(text, field) for text in node.texts))
    if node.boost != 1:
        yield Explanation(node.boost, "boost")
    num_docs = Explanation(index.num_docs, "N, articles")
    yield Explanation(
        word_idf_of(index, node.texts, field),
        "idf = ln(1 + (N − df + 0.5) / (df + 0.5))",
        (num_docs, Explanation(doc_freq, "df, articles with the word")),
    )
    impacts = [impact for text in node.texts if (impact := _impact(explainer, text, field)).value]
    first = len(impacts) if _impact(explainer, node.text, field).value else 0
    if first == 1:
        yield impacts[0]
        return
    shares = [impact.value * (1.0 if first and not place else OTHER_TERM) for place, impact in enumerate(impacts)]
    what = f"the impacts of the word's terms; of another language or spelling they count × {OTHER_TERM:g}"
    yield Explanation(sum(shares), what, tuple(impacts))


def _impact(explainer: _Explainer, text: str, field: str) -> Explanation:
    statistics = explainer.index.term_statistics(text, explainer.doc)
    fields = tuple(_of_fields(statistics, field))
    weighted = sum(part.value for part in fields)
    return Explanation(
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
