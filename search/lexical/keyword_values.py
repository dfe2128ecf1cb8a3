"""The values of columns, sections or the names of authors for instance: which have the words that a query wants."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from whoosh import query as wq

from indexer.segment.segment import Segment
from indexer.text.words import strip_accents
from search.lexical.term_expansion import in_range
from search.lexical.work_budget import COMPARISONS_A_VALUE, Budget

_WORD_IN_KEYWORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def docs_with_value(
    segment: Segment, query: Any, accept: Callable[[list[str]], bool], budget: Budget
) -> NDArray[np.bool_]:
    """(max_doc,) whether a doc has a value with words that `accept` takes in the column that a query names; False where
    finding out is more than the budget allows."""
    found = np.zeros(segment.max_doc, bool)
    if query.fieldname == "id":
        if isinstance(query, wq.Term):
            found[segment.docs_with_id(query.text)] = True
        elif isinstance(query, wq.Phrase):
            found[segment.docs_with_id(" ".join(query.words))] = True
        elif budget.allows(COMPARISONS_A_VALUE * segment.max_doc):
            found[[doc for doc, article_id in enumerate(segment.article_ids()) if accept([article_id.lower()])]] = True
        return found
    column = segment.keywords[query.fieldname]
    if budget.allows(COMPARISONS_A_VALUE * len(column.values), len(column.codes)):
        accepted = np.array([accept(keyword_words(value)) for value in column.values], bool)
        if accepted.any():
            found[column.docs_with(accepted)] = True
    return found


def words_of(field: str, text: str) -> list[str]:
    """The words of a column's value or of a query for one; an id is one word, whatever signs are in it."""
    return [text.lower()] if field == "id" else keyword_words(text)


@lru_cache(maxsize=1 << 16)
def keyword_words(text: str) -> list[str]:
    """The words of a column's value, as they are compared: lower case, without accents."""
    return _WORD_IN_KEYWORD.findall(strip_accents(text).lower().replace("\u2019", "'"))


def contains(value: list[str], words: list[str], slop: int = 1) -> bool:
    """Whether `words` follow each other in `value`, each at most `slop` places after the one before."""
    ends = {place for place, word in enumerate(value) if words and word == words[0]}
    for word in words[1:]:
        ends = {p for p, other in enumerate(value) if other == word and any(0 < p - end <= slop for end in ends)}
    return bool(ends)


def predicate(query: wq.MultiTerm) -> Callable[[list[str]], bool]:
    """Whether a column's value has a word that the multi-term query stands for."""
    if isinstance(query, wq.Prefix):
        start = strip_accents(query.text).lower()
        return lambda value: any(word.startswith(start) for word in value)
    if isinstance(query, wq.FuzzyTerm):
        return lambda value: any(
            word[: query.prefixlength] == query.text[: query.prefixlength]
            and Levenshtein.distance(word, query.text, score_cutoff=query.maxdist) <= query.maxdist
            for word in value
        )
    if isinstance(query, wq.TermRange):
        return lambda value: any(in_range(word, query) for word in value)
    pattern = re.compile(query._get_pattern())
    return lambda value: any(pattern.match(word) for word in value)
