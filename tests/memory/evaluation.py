"""What a query tree matches and scores, worked out node by node with sets and loops over all articles."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import Levenshtein

from indexer.base.errors import QueryError
from indexer.schema import ALL_TEXT, ID, Schema
from indexer.segment.impacts import SCALE
from indexer.text.markers import is_word
from indexer.text.words import strip_accents, word_forms
from search.query.tree import (
    And,
    AndMaybe,
    AndNot,
    DisjunctionMax,
    Everything,
    Fuzzy,
    Leaf,
    MultiTerm,
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
)
from search.reader.bm25 import OTHER_TERM, idf
from tests.memory.document import Document

K1, B = 1.2, 0.75  # BM25F's parameters, the same for all fields
MAX_DEPTH = 100  # of nested groups
_STRETCH = re.compile(r"[^\s,;:&()]+")  # of a value, written without a blank

Scores = dict[int, np.float32]  # by doc, of the docs that match


class Evaluator:
    """Evaluates query trees over some documents, whose places are their docs."""

    def __init__(self, documents: Sequence[Document], schema: Schema) -> None:
        self._documents = documents
        self._schema = schema
        self.weights = {field: schema.fields[field].weight for field in schema.text}
        self.avgdl = {f: sum(len(d.words[f]) for d in documents) / max(1, len(documents)) for f in schema.text}
        self._doc_freq = {
            field: Counter(term for document in documents for term in document.terms(field))
            for field in ("", *schema.text)
        }

    # -- BM25F ------------------------------------------------------------------------------------------------

    def doc_freq(self, term: str, field: str = "") -> int:
        """How many documents have a term, in the text field named or in any."""
        return self._doc_freq[field][term]

    def idf(self, term: str, field: str = "") -> float:
        """The term's idf, 0 where no document has it."""
        doc_freq = self.doc_freq(term, field)
        return idf(len(self._documents), doc_freq) if doc_freq else 0.0

    def impact(self, document: Document, term: str, field: str = "") -> float:
        """What of a term's score depends on the document: ``wtf / (k1 + wtf)``. Over all fields it is rounded to
        1/65535, of which a term that is there has at least one."""
        weighted = 0.0
        for name, weight in self.weights.items():
            tf, dl = document.tf[name][term], len(document.words[name])
            if tf and field in ("", name):
                weighted += weight * tf / (1 - B + B * dl / self.avgdl[name])
        impact = weighted / (K1 + weighted)
        if field or not weighted:
            return impact
        return max(1, round(impact * SCALE)) / SCALE

    def _gain(self, doc: int, term: str, field: str) -> np.float32:
        """What a term adds to the score of a doc, in a text field or for ALL_TEXT in any."""
        field = "" if field == ALL_TEXT else field
        return np.float32(self.impact(self._documents[doc], term, field)) * np.float32(self.idf(term, field))

    def _word_gain(self, doc: int, terms: Sequence[str], field: str) -> np.float32:
        """What a word that has some terms adds to the score of a doc."""
        field = "" if field == ALL_TEXT else field
        doc_freq = min(len(self._documents), sum(self.doc_freq(term, field) for term in terms))
        if not doc_freq:
            return np.float32(0)
        impacts = [self.impact(self._documents[doc], term, field) for term in terms]
        weights = [1.0, *[OTHER_TERM] * len(terms)]
        whole = sum(weight * impact for weight, impact in zip(weights, impacts, strict=False))
        return np.float32(whole * idf(len(self._documents), doc_freq))

    # -- nodes ------------------------------------------------------------------------------------------------

    def scores(self, node: Node, depth: int = 0) -> Scores:
        """The docs that match, ascending, and the score of each. Raises QueryError for a field there is not, and for
        nesting deeper than `MAX_DEPTH`."""
        if depth >= MAX_DEPTH:
            raise QueryError(f"the query is nested more than {MAX_DEPTH} levels deep; take out some parentheses")

        def below(part: Node) -> Scores:
            return self.scores(part, depth + 1)

        match node:
            case Nothing():
                return {}
            case And(parts, boost):
                found = [below(part) for part in parts]
                docs = sorted(set.intersection(*map(set, found))) if found else []
                return {doc: _sum(of[doc] for of in found) * np.float32(boost) for doc in docs}
            case Or(parts, boost):
                found = [below(part) for part in parts]
                docs = sorted(set().union(*found))
                return {doc: _sum(of[doc] for of in found if doc in of) * np.float32(boost) for doc in docs}
            case DisjunctionMax(parts, boost):
                found = [below(part) for part in parts]
                docs = sorted(set().union(*found))
                return {doc: max(of[doc] for of in found if doc in of) * np.float32(boost) for doc in docs}
            case Not(excluded):
                out = below(excluded)
                return {doc: np.float32(0) for doc in range(len(self._documents)) if doc not in out}
            case AndNot(included, excluded):
                out = below(excluded)
                return {doc: score for doc, score in below(included).items() if doc not in out}
            case AndMaybe(required, optional):
                extra = below(optional)
                return {doc: score + extra.get(doc, np.float32(0)) for doc, score in below(required).items()}
            case Require(scored, required):
                needed = below(required)
                return {doc: score for doc, score in below(scored).items() if doc in needed}
            case Leaf(field):
                if field not in self._schema.searchable:
                    raise QueryError(
                        f"there is no field '{field}'; the fields are {', '.join(self._schema.searchable)}"
                    )
                matches = self._test(node)
                docs = [doc for doc, document in enumerate(self._documents) if matches(document)]
                return {doc: self._leaf_score(node, doc) * np.float32(node.boost) for doc in docs}
        raise TypeError(f"{node} is no node")

    def _leaf_score(self, leaf: Leaf, doc: int) -> np.float32:
        """What a leaf scores a doc that matches, without its boost."""
        if leaf.field in self._schema.full_text:
            if isinstance(leaf, Term):
                return self._word_gain(doc, leaf.texts, leaf.field)
            if isinstance(leaf, Phrase):
                return _sum(self._gain(doc, word, leaf.field) for word in leaf.words)
        return np.float32(1)

    def _test(self, leaf: Leaf) -> Callable[[Document], bool]:
        """Whether a document has what a leaf asks for."""
        field, schema = leaf.field, self._schema
        fields = schema.text if field == ALL_TEXT else (field,)
        match leaf:
            case Everything():
                return lambda document: field in (ALL_TEXT, ID) or _has_something(document, field)
            case NumericRange():
                if field not in schema.numeric:
                    raise QueryError(f"'{field}' has no numbers to search a range of; {', '.join(schema.numeric)} have")
                return lambda document: in_range(document.number(field), leaf)
        if field in schema.numeric:
            raise QueryError(f"'{field}' holds numbers; search it by a range of them")
        if field in schema.columns:
            return _column_test(leaf)
        match leaf:
            case Term():
                return lambda document: any(document.tf[name][text] > 0 for name in fields for text in leaf.texts)
            case Phrase(words=words, slop=slop):
                return lambda document: any(document.has_phrase(name, words, slop) for name in fields)
            case MultiTerm():
                fits, fits_term = word_test(leaf), word_test(_of_terms(leaf))
                return lambda document: any(
                    any(fits(word) for word, _ in document.written[name])
                    or any(fits_term(t) for t in document.tf[name] if is_word(t) or isinstance(leaf, Prefix))
                    for name in fields
                )
        raise TypeError(f"{leaf} is no leaf")


def _sum(scores: Iterable[np.float32]) -> np.float32:
    return sum(scores, np.float32(0))


def _has_something(document: Document, field: str) -> bool:
    if field in document.words:
        return bool(document.words[field])
    return bool(document.values[field]) if field in document.values else document.number(field) is not None


def in_range(number: float | None, numbers: NumericRange) -> bool:
    """Whether a number, None for none, lies in a range."""
    start, end = numbers.start, numbers.end
    if number is None:
        return False
    above = start is None or (number > start if numbers.start_excluded else number >= start)
    return above and (end is None or (number < end if numbers.end_excluded else number <= end))


def follow(words: Sequence[str], phrase: Sequence[str], slop: int) -> bool:
    """Whether the words of a phrase follow each other among `words`, each at most `slop` places after the last."""
    ends = {place for place, word in enumerate(words) if phrase and word == phrase[0]}
    for wanted in phrase[1:]:
        starts = [place for place, word in enumerate(words) if word == wanted]
        ends = {start for start in starts if any(0 < start - end <= slop for end in ends)}
    return bool(ends)


def _column_test(leaf: Leaf) -> Callable[[Document], bool]:
    """Whether a document has a value that a leaf asks for in a column; an id is one word, whatever signs are in it."""
    if leaf.field == ID:
        if isinstance(leaf, MultiTerm):
            stands_for = word_test(leaf)
        else:
            wanted = leaf.text if isinstance(leaf, Term) else " ".join(leaf.words)  # type: ignore[attr-defined]
            stands_for = wanted.lower().__eq__
        return lambda document: stands_for(document.article.id.lower())
    return lambda document: any(_value_has(leaf, value) for value in document.values[leaf.field])


def _value_has(leaf: Leaf, value: str) -> bool:
    match leaf:
        case MultiTerm():
            return any(map(word_test(leaf), written_words(value)))
        case Term(text=text):
            return _has_words(value, column_words(text), 1)
        case Phrase(words=words, slop=slop):
            return _has_words(value, [word for text in words for word in column_words(text)], slop)
    raise TypeError(f"{leaf} asks for no value")


def _has_words(value: str, wanted: Sequence[str], slop: int) -> bool:
    """Whether a value has some words in a row, or they are one word of it, or words of it are one of them."""
    words, together = column_words(value), "".join(wanted)
    as_one = {"".join(pair) for pair in pairwise(words)}
    as_one |= {"".join(words)} if len(words) <= 4 else set()
    as_one |= {"".join(column_words(stretch)) for stretch in _STRETCH.findall(value)} | set(words)
    return follow(words, wanted, slop) or (0 < len(together) <= 48 and together in as_one)


def column_words(text: str) -> list[str]:
    """The words of a column's value, as they are compared: lower case, without accents and apostrophes."""
    return [word.replace("'", "") for word in _as_written(text)]


def written_words(value: str) -> set[str]:
    """The words of a column's value with their apostrophes, and those that have no blank between them as one."""
    stretches = ("".join(column_words(stretch)) for stretch in _STRETCH.findall(value))
    return {*_as_written(value), *(stretch for stretch in stretches if 0 < len(stretch) <= 48)}


def _as_written(text: str) -> list[str]:
    return [strip_accents(word) for form in word_forms(text) if (word := form.strip("'"))]


def _of_terms(node: MultiTerm) -> MultiTerm:
    """A fuzzy word with the stem that terms are compared with in place of itself; any other node as it is."""
    return replace(node, text=node.stem) if isinstance(node, Fuzzy) and node.stem else node


def word_test(node: MultiTerm) -> Callable[[str], bool]:
    """Whether a word is one that a node stands for."""
    match node:
        case Prefix(text=text):
            return lambda word: word.startswith(text)
        case Wildcard(text=text):
            return lambda word: fnmatch.fnmatchcase(word, text)
        case Fuzzy(text=text, max_edits=most, prefix_length=same):
            return lambda word: word[:same] == text[:same] and Levenshtein.distance(word, text) <= most
        case TermRange(start=start, end=end):
            return lambda word: (
                (start is None or (word > start if node.start_excluded else word >= start))
                and (end is None or (word < end if node.end_excluded else word <= end))
            )
    raise TypeError(f"{node} stands for no words")
