"""Headlines that are typed or pasted: an article whose title is the query, or has its words in their order, is likely
to be the one that is looked for, however often others repeat the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indexer.text.analyzer import query_terms
from indexer.text.markers import ACCENTED, COMMON
from indexer.text.words import word_forms
from search.query.leaves import positive_leaves
from search.query.parser import ParsedQuery
from search.query.pasted import address_as_words, without_sites
from search.query.tree import And, Phrase, Term
from search.query.typed_words import common_forms, readings
from search.ranking.written import AsWritten
from search.reader.index import Docs, Index, Mask, Matches, Scores

NO_DOCS: Docs = np.zeros(0, np.int64)
HEADLINE = "headline"  # what it adds to a score appears under
NEAR = 3  # places that a word may be after the one before
ORDER_WEIGHT = 0.2  # of a title that has the words of the query in order, and others, beside all legs
EXACT_WEIGHT = (1 + ORDER_WEIGHT) / 2  # of one that is the query: no other article gets past it
_LONG_ORDER_WEIGHT = 0.5  # of one that has many words of the query in order
_FEW, _MANY = 3, 6  # terms in order, from the weight of a few to that of many
_MOST_COMPARED = 100  # titles equal to the query whose words are compared as they are written
_LEAST_WORDS = 3  # of a title that is the query in another language than its words seem to be of
_LEAST_OF_PART = 2  # words of a title that is a part of the query
_LEAST_BESIDE = 3  # ... of one that is shorter than the rest
_OTHERWISE = 0.5  # share of a title that is the query but for its accents, its stop words, or the forms of its words
_MOST = 1000  # titles equal to the query that become candidates

Readings = Sequence[tuple[str, ...]]


class Titles:
    """The docs that a query finds whose titles have its words in their order, with what each weighs beside all
    legs."""

    def __init__(self, docs: Docs, weights: Scores) -> None:
        self._docs, self._weights = docs, weights

    @classmethod
    def of(
        cls,
        index: Index,
        query: ParsedQuery,
        matches: Matches,
        written: AsWritten | None = None,
        of_date: Mask | None = None,
    ) -> Titles:
        """For a query and what it matches; a word alone only counts where it is the whole title, and the stems of other
        words in other languages than those `written` so do not, but for a title that has all words as they are typed.
        Where no title is the query, those count that are what it has beside the names of sites, or the end of an
        address, or among the docs `of_date` what it has beside a date."""
        found = readings(query.text, index.languages())
        docs, shares = index.titles_with(found, NEAR)
        if len(docs) and min(map(len, found)) == 1:
            whole = shares == 1
            docs, shares = docs[whole], shares[whole]
        if not len(docs) and of_date is not None:
            docs, shares = _beside_date(index, query.words, of_date)
        if not (shares == 1).any():
            parts = _of_parts(index, query.text)
            if len(parts):
                docs, shares = parts, np.ones(len(parts), np.float32)
        if len(docs) and written:
            keep = ~written.elsewhere(docs) | _is_headline(index, query.text, docs, shares == 1)
            docs, shares = docs[keep], shares[keep]
        if len(docs):
            keep = matches.scores_of(docs)[1]
            docs, shares = docs[keep], shares[keep]
            shares[(shares == 1) & ~_with_accents(index, query, docs)] = _OTHERWISE
            same = np.flatnonzero(shares == 1)
            shares[same[~_with_stop_words(index, query, docs[same])]] = _OTHERWISE
            shares[_in_other_forms(index, query.text, docs, shares == 1)] = _OTHERWISE
        in_order = _weight_of_order(max(map(len, found), default=0))
        return cls(docs, np.where(shares == 1, np.float32(EXACT_WEIGHT), np.float32(in_order)))

    def __len__(self) -> int:
        return len(self._docs)

    @property
    def exact(self) -> Docs:
        """The docs whose title is the query, ascending; of very many the last."""
        docs: Docs = self._docs[self._weights == np.float32(EXACT_WEIGHT)][-_MOST:]
        return docs

    def weight(self) -> float:
        """What the headline weighs beside the legs."""
        return float(self._weights.max())

    def scores(self, docs: Docs) -> NDArray[np.float32]:
        """(n,) from 0 to 1 how much like the query the titles of docs, in any order, are: 1 for those most like it, 0
        for those that have not all of its words in order."""
        scores = np.zeros(len(docs), np.float32)
        where = np.minimum(np.searchsorted(self._docs, docs), len(self._docs) - 1)
        there = self._docs[where] == docs
        scores[there] = self._weights[where[there]] / np.float32(self.weight())
        return scores


def _beside_date(index: Index, text: str, of_date: Mask) -> tuple[Docs, Scores]:
    """The docs of a time whose titles have several words in their order, and how much like these they are."""
    found = readings(text, index.languages())
    if min(map(len, found), default=0) < _LEAST_OF_PART:
        return NO_DOCS, np.zeros(0, np.float32)
    docs = index.titles_with(found, NEAR)[0]
    docs = docs[of_date[docs]]
    return docs, np.full(len(docs), _OTHERWISE, np.float32)


def _of_parts(index: Index, text: str) -> Docs:
    """The docs whose titles are the longest part of a text that may be a headline."""
    n_words = len(word_forms(text))
    for part in [*without_sites(text), address_as_words(text)]:
        words = len(word_forms(part))
        if words >= _LEAST_BESIDE or (words >= _LEAST_OF_PART and words * 2 >= n_words):
            docs, shares = index.titles_with(readings(part, index.languages()), NEAR)
            whole: Docs = docs[shares == 1]
            if len(whole):
                return whole
    return NO_DOCS


def _weight_of_order(n_terms: int) -> float:
    """What a title weighs that has so many terms of the query in order, and others."""
    share = (min(max(n_terms, _FEW), _MANY) - _FEW) / (_MANY - _FEW)
    return ORDER_WEIGHT + share * (_LONG_ORDER_WEIGHT - ORDER_WEIGHT)


def _with_accents(index: Index, query: ParsedQuery, docs: Docs) -> Mask:
    """(n,) which titles have the accents and marks of the query, all where no article has them."""
    typed = [leaf for leaf in positive_leaves(query.tree) if isinstance(leaf, (Term, Phrase)) and _is_accented(leaf)]
    if not typed:
        return np.ones(len(docs), bool)
    matches = index.match(replace(query, tree=And(tuple(typed)) if len(typed) > 1 else typed[0]), None, [])
    return matches.scores_of(docs)[1] if len(matches) else np.ones(len(docs), bool)


def _with_stop_words(index: Index, query: ParsedQuery, docs: Docs) -> Mask:
    """(n,) which titles have the stop words of the query, "It: a review" those of "it review"; all where none has."""
    forms = [form for _, form in common_forms(query.text, index.languages())] if len(docs) > 1 else []
    if not forms:
        return np.ones(len(docs), bool)
    parts = tuple([Term("title", COMMON + form) for form in dict.fromkeys(forms)])
    matches = index.match(replace(query, tree=And(parts) if len(parts) > 1 else parts[0]), None, [])
    there = matches.scores_of(docs)[1] if len(matches) else np.zeros(len(docs), bool)
    return there if there.any() else np.ones(len(docs), bool)


def _in_other_forms(index: Index, text: str, docs: Docs, exact: Mask) -> Mask:
    """(n,) which of the docs whose titles are a text have words of it in other forms only, where others have all: by
    their stems "root" is as good as "roots", and in another language so are many."""
    others = np.zeros(len(docs), bool)
    if 1 < np.count_nonzero(exact) <= _MOST_COMPARED:
        others[exact] = ~_as_typed(index, text, docs[exact])
        if others[exact].all():
            others[:] = False
    return others


def _is_headline(index: Index, text: str, docs: Docs, exact: Mask) -> Mask:
    """(n,) which of the docs whose titles are a text of several words have all of these as they are typed: they are
    meant, whatever language they are said to be in."""
    typed = np.zeros(len(docs), bool)
    if 0 < np.count_nonzero(exact) <= _MOST_COMPARED and len(word_forms(text)) >= _LEAST_WORDS:
        typed[exact] = _as_typed(index, text, docs[exact])
    return typed


def _as_typed(index: Index, text: str, docs: Docs) -> Mask:
    """(n,) which docs have no word of a text in other forms only."""
    typed = np.ones(len(docs), bool)
    for form in dict.fromkeys(word_forms(text)):
        has, written = index.written(docs, form, query_terms(form, index.languages()))
        typed &= ~has | written
    return typed


def _is_accented(leaf: Term | Phrase) -> bool:
    return any(word.startswith(ACCENTED) for word in (leaf.words if isinstance(leaf, Phrase) else (leaf.text,)))


NO_TITLES = Titles(NO_DOCS, np.zeros(0, np.float32))
