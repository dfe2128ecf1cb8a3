"""Matching in a column, in one segment: the docs whose section or author, say, has the words that a query wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from indexer.schema import ID, Field
from indexer.segment.columns import Keywords
from indexer.segment.segment import Segment, Written
from search.lexical.keyword_words import as_one, keyword_words, spellings, written_words
from search.lexical.work_budget import COMPARISONS_A_VALUE, Budget
from search.query.fitting import word_test
from search.query.tree import MultiTerm, Phrase, Term

_BySpelling = dict[str, list[int]]
# by what a field's values are, see `Field.same_values`: one of the same name may be another at the next start
_BY_FIELD: WeakKeyDictionary[Written, dict[tuple[object, ...], _BySpelling]] = WeakKeyDictionary()


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
        return np.array([any(map(test, written_words(value))) for value in column.values], bool)
    accepted = np.zeros(len(column.values), bool)
    texts, slop = ((leaf.text,), 1) if isinstance(leaf, Term) else (leaf.words, leaf.slop)
    words = [word for text in texts for word in keyword_words(text)]
    if words:
        with_word = values_by_spelling(segment, field)
        numbers = min((with_word.get(word, ()) for word in words), key=len)
        accepted[[n for n in numbers if len(words) == 1 or contains(keyword_words(column.values[n]), words, slop)]] = 1
        accepted[list(with_word.get(as_one(words), ()))] = 1
    return accepted


def may_have(segment: Segment, field: Field, text: str) -> bool:
    """Whether some values in the column of a field have all words of a text, those of deleted docs included: told
    without looking at docs."""
    by_spelling, words = values_by_spelling(segment, field), keyword_words(text)
    return bool(words) and (all(word in by_spelling for word in words) or as_one(words) in by_spelling)


def values_by_spelling(segment: Segment, field: Field) -> Mapping[str, Sequence[int]]:
    """The numbers of the values of a column by the spellings of the words in them, found once as long as the segment is
    open, whatever is deleted from it meanwhile: to look through all values for every word that is typed would take ever
    longer in an archive of many authors and tags."""
    columns = _BY_FIELD.setdefault(segment.written, {})
    key = field.name, field.kind, field.path
    by_spelling = columns.get(key)
    if by_spelling is None:
        by_spelling = {}
        for number, value in enumerate(segment.column(field).values):
            for spelling in spellings(value):
                by_spelling.setdefault(spelling, []).append(number)
        columns[key] = by_spelling
    return by_spelling


def word_counts(segment: Segment, field: Field) -> dict[str, int]:
    """How often each word, as `written_words` gives it, is in a value that a doc of a segment has in the column of a
    field, deleted docs included."""
    column = segment.column(field)
    totals = np.bincount(column.codes, minlength=len(column.values)).tolist()
    counts: dict[str, int] = {}
    for value, total in zip(column.values, totals, strict=True):
        for word in written_words(value):
            counts[word] = counts.get(word, 0) + total
    return counts


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


def contains(value: Sequence[str], words: Sequence[str], slop: int = 1) -> bool:
    """Whether `words` follow each other in `value`, each at most `slop` places after the one before."""
    ends = {place for place, word in enumerate(value) if words and word == words[0]}
    for word in words[1:]:
        ends = {p for p, other in enumerate(value) if other == word and any(0 < p - end <= slop for end in ends)}
    return bool(ends)
