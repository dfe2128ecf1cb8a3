"""Words in the form that is typed: of articles that are much alike to a query, one that writes "imported" as it was
typed comes before one that only has "important", which has the same stem.

Which forms of a stem are one word and which are two cannot be told well from the articles that have them; a small
preference for what was typed needs no telling. docs/ranking.md has what was tried.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from indexer.text.analyzer import query_terms
from indexer.text.words import word_forms
from search.query.parser import ParsedQuery
from search.ranking.adjustments import summed
from search.ranking.candidates import Legs
from search.reader.bm25 import top_k
from search.reader.index import Docs, Index, word_idf_of

OTHER_FORMS = "other forms"  # what is taken off a score appears under
_PENALTY = 0.04  # share of what the words give that an article loses which has none of them as it was typed
_LOOKED_AT = 100  # docs, the best without this
_MOST_DOCS = 10_000  # that a word may have: it takes longer to tell for more, and such words tell little apart
_MOST_WORDS = 20  # of a query that are looked at


def prefer_typed(parts: Legs, docs: Docs, index: Index, query: ParsedQuery, terms: Mapping[str, float]) -> None:
    """Makes what the best of some docs lose for having words of a query in other forms only one leg more, where any has
    them as they were typed. `parts` has what each leg adds to the docs' scores, `terms` what the query looks for."""
    best = top_k(summed(parts), _LOOKED_AT)
    best = best[np.argsort(docs[best])]
    languages, total, lost = index.languages(), 0.0, np.zeros(len(best), np.float32)
    for form in list(dict.fromkeys(word_forms(query.text)))[:_MOST_WORDS]:
        of_form = [term for term in query_terms(form, languages) if term in terms]
        weight = word_idf_of(index, of_form)
        total += weight
        if weight and sum(map(index.doc_freq, of_form)) <= _MOST_DOCS:
            has, written = index.written(docs[best], form, of_form)
            if written.any():
                lost[has & ~written] += weight
    if lost.any():
        shares = np.zeros(len(docs), np.float32)
        shares[best] = lost * np.float32(-_PENALTY / total)
        parts[OTHER_FORMS] = parts["bm25"] * shares
