"""Matching in a column, in one segment: the docs whose section or author, say, has the words that a query wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from indexer.schema import ID, Field
from indexer.segment.segment import Segment
from indexer.text.words import strip_accents
from search.lexical.term_expansion import word_test
from search.lexical.work_budget import COMPARISONS_A_VALUE, Budget
from search.query.tree import Leaf, MultiTerm, Phrase, Term

_WORD_IN_KEYWORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

ValueTest = Callable[[list[str]], bool]  # whether the words of a value are such as the query wants


def docs_with_value(
    segment: Segment, field: Field, leaf: Term | Phrase | MultiTerm, budget: Budget
) -> NDArray[np.bool_]:
    """(max_doc,) whether a doc has a value that a leaf matches in the column of a field; False where finding out is
    more than the budget allows."""
    if field.name == ID:
        return _docs_with_id(segment, leaf, budget)
    has_value = np.zeros(segment.max_doc, bool)
    column = segment.column(field)
    if budget.allows(COMPARISONS_A_VALUE * len(column.values), len(column.codes)):
        test = _value_test(leaf)
        accepted = np.array([test(keyword_words(value)) for value in column.values], bool)
        if accepted.any():
            has_value[column.docs_with(accepted)] = True
    return has_value


def _docs_with_id(segment: Segment, leaf: Term | Phrase | MultiTerm, budget: Budget) -> NDArray[np.bool_]:
    """An id is one word, whatever signs are in it."""
    has_id = np.zeros(segment.max_doc, bool)
    if isinstance(leaf, Term):
        has_id[segment.docs_with_id(leaf.text)] = True
    elif isinstance(leaf, Phrase):
        has_id[segment.docs_with_id(" ".join(leaf.words))] = True
    elif budget.allows(COMPARISONS_A_VALUE * segment.max_doc):
        test = word_test(leaf)
        has_id[[doc for doc, article_id in enumerate(segment.article_ids()) if test(article_id.lower())]] = True
    return has_id


def _value_test(leaf: Leaf) -> ValueTest:
    if isinstance(leaf, MultiTerm):
        test = word_test(leaf)
        return lambda value: any(map(test, value))
    words, slop = [], 1
    if isinstance(leaf, Term):
        words = keyword_words(leaf.text)
    elif isinstance(leaf, Phrase):
        words, slop = [word for text in leaf.words for word in keyword_words(text)], leaf.slop
    return lambda value: contains(value, words, slop)


@lru_cache(maxsize=1 << 16)
def keyword_words(text: str) -> list[str]:
    """The words of a column's value, as they are compared: lower case, without accents."""
    return _WORD_IN_KEYWORD.findall(strip_accents(text).lower().replace("\u2019", "'"))


def contains(value: Sequence[str], words: Sequence[str], slop: int = 1) -> bool:
    """Whether `words` follow each other in `value`, each at most `slop` places after the one before."""
    ends = {place for place, word in enumerate(value) if words and word == words[0]}
    for word in words[1:]:
        ends = {p for p, other in enumerate(value) if other == word and any(0 < p - end <= slop for end in ends)}
    return bool(ends)
