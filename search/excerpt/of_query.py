"""The highlighter of a query: which terms it marks, and how much each counts when passages are compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.schema import ALL_TEXT
from indexer.text.markers import SPELLED, is_word
from search.excerpt.highlighter import Highlighter
from search.query.leaves import marked_terms, patterns, phrases
from search.query.parser import ParsedQuery
from search.query.tree import Or, Term
from search.reader.index import Index, idf_of

_MOST_WHOLE, _MOST_PARTS = 20, 100  # words in one spelling, and words that may be parts of them


class QueryHighlighters:
    """Marks what a query looks for in the texts of some docs, in every spelling that it finds; rare terms count more.
    Other spellings take longer to find in a text, and are looked for in those docs only that have them."""

    def __init__(self, index: Index, query: ParsedQuery, docs: Sequence[int]) -> None:
        terms = marked_terms(query.tree, query.schema, query.expansions)
        spelled = [SPELLED + term for term in terms if is_word(term) and index.doc_freq(SPELLED + term)]
        weights = {term: idf_of(index, term) for term in terms}
        others = {term: weights[term.removeprefix(SPELLED)] or idf_of(index, term) for term in spelled}
        weights |= {term.removeprefix(SPELLED): weight for term, weight in others.items()}
        figures: set[str] = set()  # that a whole is made of, which are nothing beside it
        for whole in [term.removeprefix(SPELLED) for term in spelled[:_MOST_WHOLE]]:
            parts = [term for term in terms[:_MOST_PARTS] if term in whole and term != whole]
            weights[whole] += sum(map(weights.__getitem__, parts))  # 2.7.1 is more than 1, 2 and 7
            figures.update(filter(str.isdigit, parts))
        further = patterns(query.tree, query.schema), phrases(query.tree)
        self._spelled = _docs_with(index, spelled, docs)
        self._words = Highlighter(weights, *further)
        in_one = {term: weight for term, weight in (weights | others).items() if term not in figures}
        self._spellings = Highlighter(in_one, *further) if self._spelled else self._words

    def of(self, doc: int) -> Highlighter:
        """The one for the texts of a doc."""
        return self._spellings if doc in self._spelled else self._words


def _docs_with(index: Index, terms: Sequence[str], docs: Sequence[int]) -> frozenset[int]:
    """Those of some docs that have any of some terms."""
    if not terms:
        return frozenset()
    ascending = np.sort(np.array(docs, np.int64))
    tree = Or(tuple([Term(ALL_TEXT, term) for term in terms]))
    return frozenset(
        ascending[index.match(ParsedQuery("", tree, False, ()), None, []).scores_of(ascending)[1]].tolist()
    )
