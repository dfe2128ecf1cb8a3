"""Matching in a column, in one segment: the docs whose section or author, say, has the words that a query wants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from indexer.schema import ID, Field
from indexer.segment.columns import Keywords
from indexer.segment.segment import Segment, Written
from indexer.text.words import strip_accents
from search.lexical.term_expansion import word_test
from search.lexical.work_budget import COMPARISONS_A_VALUE, Budget
from search.query.tree import MultiTerm, Phrase, Term

_WORD_IN_KEYWORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

_BY_WORD: WeakKeyDictionary[Written, dict[str, dict[str, list[int]]]] = WeakKeyDictionary()  # by field and word


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
        accepted = _accepted(segment, field, column, leaf)
        if accepted.any():
            has_value[column.docs_with(accepted)] = True
    return has_value


def _accepted(segment: Segment, field: Field, column: Keywords, leaf: Term | Phrase | MultiTerm) -> NDArray[np.bool_]:
    """(len(column.values),) which values of a column a leaf matches."""
    if isinstance(leaf, MultiTerm):
        test = word_test(leaf)
        return np.array([any(map(test, keyword_words(value))) for value in column.values], bool)
    accepted = np.zeros(len(column.values), bool)
    words, slop = _sought(leaf)
    if words:
        with_word = _values_by_word(segment, field.name, column)
        numbers = min((with_word.get(word, ()) for word in words), key=len)
        accepted[[n for n in numbers if len(words) == 1 or contains(keyword_words(column.values[n]), words, slop)]] = 1
    return accepted


def _sought(leaf: Term | Phrase) -> tuple[list[str], int]:
    """The words that a value has to have, and how many places one may be after the one before."""
    if isinstance(leaf, Term):
        return keyword_words(leaf.text), 1
    return [word for text in leaf.words for word in keyword_words(text)], leaf.slop


def _values_by_word(segment: Segment, name: str, column: Keywords) -> Mapping[str, Sequence[int]]:
    """The numbers of the values of a column by the words in them, found once as long as the segment is open, whatever
    is deleted from it meanwhile: to look through all values for every word that is typed would take ever longer in an
    archive of many authors and tags."""
    if not column.values:  # as that of a field is that the segment was built without
        return {}
    columns = _BY_WORD.setdefault(segment.written, {})
    by_word = columns.get(name)
    if by_word is None:
        by_word = {}
        for number, value in enumerate(column.values):
            for word in set(_words_of(value)):
                by_word.setdefault(word, []).append(number)
        columns[name] = by_word
    return by_word


def word_counts(segment: Segment, field: Field) -> dict[str, int]:
    """How often each word is in a value that a doc of a segment has in the column of a field, deleted docs included."""
    column = segment.column(field)
    totals = np.bincount(column.codes, minlength=len(column.values)).tolist()
    by_word = _values_by_word(segment, field.name, column)
    return {word: sum([totals[number] for number in numbers]) for word, numbers in by_word.items()}


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


@lru_cache(maxsize=1 << 16)
def keyword_words(text: str) -> list[str]:
    """The words of a column's value, as they are compared: lower case, without accents."""
    return _words_of(text)


def _words_of(value: str) -> list[str]:
    return _WORD_IN_KEYWORD.findall(strip_accents(value).lower().replace("\u2019", "'"))


def contains(value: Sequence[str], words: Sequence[str], slop: int = 1) -> bool:
    """Whether `words` follow each other in `value`, each at most `slop` places after the one before."""
    ends = {place for place, word in enumerate(value) if words and word == words[0]}
    for word in words[1:]:
        ends = {p for p, other in enumerate(value) if other == word and any(0 < p - end <= slop for end in ends)}
    return bool(ends)
