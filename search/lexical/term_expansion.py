"""The terms of a segment that a prefix, wildcard, fuzzy term or range of terms stands for."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from indexer.segment.segment import Segment
from indexer.text.words import strip_accents
from search.query.tree import Fuzzy, MultiTerm, Prefix, TermRange, Wildcard

MAX_EXPANSION = 20_000  # terms that one wildcard, fuzzy term or range may stand for in a segment
_SHORT = (
    256  # postings; stretches of so few are read all at once, since numpy takes as long over each as over some hundred
)

TermNumbers = NDArray[np.int64]
WordTest = Callable[[str], bool]


def expand(segment: Segment, node: MultiTerm) -> TermNumbers:
    """The numbers of the segment's terms that a multi-term node stands for, ascending."""
    kind = EXPANSIONS[type(node)]
    first, last = kind.bounds(segment, node)
    if kind.choose is None:
        return np.arange(first, last)
    return first + kind.choose(node, segment.vocabulary[first:last])


def comparisons(segment: Segment, node: MultiTerm) -> int:
    """How many terms `expand` compares with the node one by one."""
    kind = EXPANSIONS[type(node)]
    first, last = kind.bounds(segment, node) if kind.choose is not None else (0, 0)
    return last - first


def word_test(node: MultiTerm) -> WordTest:
    """Whether a word, in lower case and without accents, is one that a multi-term node stands for."""
    return EXPANSIONS[type(node)].word_test(node)


@dataclass(frozen=True, slots=True)
class _Expansion:
    """What a kind of multi-term node stands for."""

    bounds: Callable[[Segment, Any], tuple[int, int]]  # of the segment's terms that may be meant: first, one past last
    choose: Callable[[Any, list[str]], TermNumbers] | None  # the places of those that are; None where all are
    word_test: Callable[[Any], WordTest]


def _prefix_bounds(segment: Segment, node: Prefix) -> tuple[int, int]:
    return segment.term_range(node.text.encode())


def _prefix_test(node: Prefix) -> WordTest:
    start = strip_accents(node.text).lower()
    return lambda word: word.startswith(start)


def _wildcard_bounds(segment: Segment, node: Wildcard) -> tuple[int, int]:
    literal_start = re.split(r"[*?\[]", node.text, maxsplit=1)[0]
    return _among_words(segment, *segment.term_range(literal_start.encode()))


def _fitting(node: Wildcard, terms: list[str]) -> TermNumbers:
    test = _wildcard_test(node)
    return np.array([place for place, term in enumerate(terms) if test(term)], np.int64)


def _wildcard_test(node: Wildcard) -> WordTest:
    fit = re.compile(fnmatch.translate(node.text)).match
    return lambda word: fit(word) is not None


def _fuzzy_bounds(segment: Segment, node: Fuzzy) -> tuple[int, int]:
    return _among_words(segment, *segment.term_range(node.text[: node.prefix_length].encode()))


def _near(node: Fuzzy, terms: list[str]) -> TermNumbers:
    if not terms:
        return np.zeros(0, np.int64)
    distances = cdist([node.text], terms, scorer=Levenshtein.distance, score_cutoff=node.max_edits)[0]
    near = np.flatnonzero(distances <= node.max_edits)
    if node.prefix_length <= len(node.text):  # then all of these terms begin so
        return near
    return near[[terms[place][: node.prefix_length] == node.text for place in near.tolist()]]


def _fuzzy_test(node: Fuzzy) -> WordTest:
    start = node.text[: node.prefix_length]
    return lambda word: (
        word[: node.prefix_length] == start
        and Levenshtein.distance(word, node.text, score_cutoff=node.max_edits) <= node.max_edits
    )


def _range_bounds(segment: Segment, node: TermRange) -> tuple[int, int]:
    first, last = 0, segment.n_terms
    if node.start is not None:
        first = segment.first_term_from(node.start.encode() + (b"\0" if node.start_excluded else b""))
    if node.end is not None:
        last = segment.first_term_from(node.end.encode() + (b"" if node.end_excluded else b"\0"))
    return _among_words(segment, first, max(first, last))


def _among_words(segment: Segment, first: int, last: int) -> tuple[int, int]:
    """The part of a range of terms that are those of words."""
    return max(first, segment.first_word), max(last, segment.first_word)


def _range_test(node: TermRange) -> WordTest:
    def lies_between(word: str) -> bool:
        above = node.start is None or (word > node.start if node.start_excluded else word >= node.start)
        return above and (node.end is None or (word < node.end if node.end_excluded else word <= node.end))

    return lies_between


EXPANSIONS: dict[type[MultiTerm], _Expansion] = {
    Prefix: _Expansion(_prefix_bounds, None, _prefix_test),
    Wildcard: _Expansion(_wildcard_bounds, _fitting, _wildcard_test),
    Fuzzy: _Expansion(_fuzzy_bounds, _near, _fuzzy_test),
    TermRange: _Expansion(_range_bounds, None, _range_test),
}


def docs_with_terms(segment: Segment, numbers: TermNumbers, row: int | None) -> NDArray[np.bool_]:
    """(max_doc,) whether a doc has any of the terms with these ascending numbers, in the text field of a row of `tf` or
    in any.

    Postings of terms with numbers in a row lie in a row and are read as one stretch. Of the terms 3, 4 and 9 with::

        number          3        4     ...  9
        postings        10 11    12         20 21 22
        docs[10:13]     0  5     5          docs[20:23]  2  5  7

    two stretches are read, 10 to 12 and 20 to 22, and the docs 0, 2, 5 and 7 are marked.
    """
    marked = np.zeros(segment.max_doc, bool)
    if not len(numbers):
        return marked
    if row is None and len(numbers) == numbers[-1] - numbers[0] + 1:  # of all prefixes
        docs = segment.docs[segment.post_start[numbers[0]] : segment.post_start[numbers[-1] + 1]]
        marked[docs.astype(np.intp)] = True
        return marked
    edges = np.flatnonzero(np.diff(numbers) > 1)
    firsts = numbers[np.concatenate([[0], edges + 1])]
    lasts = numbers[np.concatenate([edges, [len(numbers) - 1]])]
    starts, stops = segment.post_start[firsts].astype(np.int64), segment.post_start[lasts + 1].astype(np.int64)
    short = stops - starts <= _SHORT
    stretches: list[slice | NDArray[np.int64]] = [
        slice(a, b) for a, b in zip(starts[~short], stops[~short], strict=True)
    ]
    if short.any():
        stretches.append(_all_between(starts[short], stops[short]))
    for at in stretches:
        docs = segment.docs[at]
        if row is not None:
            docs = docs[segment.tf[row, at] > 0]
        marked[docs.astype(np.intp)] = True  # numpy takes twice as long over indices of another type
    return marked


def _all_between(starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """All numbers from the first of `starts` up to the first of `stops`, from the second up to the second, and so on.

    >>> _all_between(np.array([10, 20]), np.array([13, 22])).tolist()
    [10, 11, 12, 20, 21]
    """
    counts = stops - starts
    ends = counts.cumsum()
    numbers: NDArray[np.int64] = np.arange(ends[-1])
    numbers += (stops - ends).repeat(counts)
    return numbers
