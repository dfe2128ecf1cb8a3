"""The words of a segment that a prefix, wildcard, fuzzy word or range of words stands for, and the docs with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from indexer.segment.form_table import StoredForms
from indexer.segment.segment import Segment
from indexer.segment.stretches import all_from
from search.query.fitting import literal_start, of_terms, word_test
from search.query.tree import Fuzzy, MultiTerm, Prefix, TermRange, Wildcard

MAX_EXPANSION = 20_000  # terms that one wildcard, fuzzy term or range may stand for in a segment, and as many forms
_SHORT = (
    256  # postings; stretches of so few are read all at once, since numpy takes as long over each as over some hundred
)
_AT_ONCE = 1 << 15  # words whose forms are looked at together; what is made of so many stays in a processor's cache

TermNumbers = NDArray[np.int64]
_Place = Callable[[bytes], int]  # of the first of some texts, which ascend, that is not below one


class Expansion(NamedTuple):
    """What a multi-term node stands for in a segment."""

    terms: TermNumbers  # ascending
    forms: TermNumbers  # the numbers of further forms, whose terms are other ones and have several; ascending


def expand(segment: Segment, node: MultiTerm) -> Expansion:
    """The terms and forms of a segment that a multi-term node stands for."""
    first, last = _term_bounds(segment, node)
    terms = _chosen(of_terms(node), (first, last), lambda: segment.vocabulary[first:last])
    stored = _forms(segment)
    if stored is None:
        return Expansion(terms, terms[:0])
    bounds = _form_bounds(stored, node)
    forms = _chosen(node, bounds, lambda: stored.keys[slice(*bounds)])
    of_forms = stored.terms[forms]
    further = of_forms < segment.n_terms  # the others are stop words
    further &= ~_among(of_forms, terms)
    if not further.any():
        return Expansion(terms, forms[:0])
    forms, of_forms = forms[further], of_forms[further]
    several = stored.several[of_forms]
    if not several.all():  # all words of these terms fit
        whole = np.zeros(segment.n_terms, bool)
        whole[terms] = whole[of_forms[~several]] = True
        terms, forms = np.flatnonzero(whole), forms[several]
    return Expansion(terms, forms)


def _among(numbers: NDArray[np.integer[Any]], terms: TermNumbers) -> NDArray[np.bool_]:
    """Whether numbers are among those of some terms, which ascend."""
    if not len(terms):
        return np.zeros(len(numbers), bool)
    first, last = int(terms[0]), int(terms[-1])
    between: NDArray[np.bool_] = (numbers >= first) & (numbers <= last)
    if len(terms) <= last - first and between.any():  # there are others between them
        marked = np.zeros(last + 1, bool)
        marked[terms] = True
        between[between] = marked[numbers[between]]
    return between


def comparisons(segment: Segment, node: MultiTerm) -> int:
    """How many terms and forms `expand` compares with the node one by one."""
    if EXPANSIONS[type(node)].choose is None:
        return 0
    first, last = _term_bounds(segment, node)
    stored = _forms(segment)
    first_form, last_form = _form_bounds(stored, node) if stored is not None else (0, 0)
    return last - first + last_form - first_form


def _forms(segment: Segment) -> StoredForms | None:
    """The forms of a segment, unless it is not known which docs have them."""
    return segment.forms if segment.forms is not None and segment.forms.tells_words else None


@dataclass(frozen=True, slots=True)
class _Kind:
    """How what a kind of multi-term node stands for is found among texts that ascend."""

    bounds: Callable[[_Place, Any], tuple[int, int]]  # of those that may be meant: the first, one past the last
    choose: Callable[[Any, list[str]], TermNumbers] | None  # the places of those that are; None where all are


def _term_bounds(segment: Segment, node: MultiTerm) -> tuple[int, int]:
    first, last = EXPANSIONS[type(node)].bounds(segment.first_term_from, of_terms(node))
    if isinstance(node, Prefix):  # perhaps one of what is no word
        return first, last
    return max(first, segment.first_word), max(last, segment.first_word)


def _form_bounds(stored: StoredForms, node: MultiTerm) -> tuple[int, int]:
    return EXPANSIONS[type(node)].bounds(stored.first_from, node)


def _chosen(node: MultiTerm, bounds: tuple[int, int], texts: Callable[[], list[str]]) -> TermNumbers:
    """The numbers of what a node stands for between two bounds, where certain texts lie."""
    choose = EXPANSIONS[type(node)].choose
    return np.arange(*bounds) if choose is None else bounds[0] + choose(node, texts())


def _start_bounds(place: _Place, node: MultiTerm) -> tuple[int, int]:
    """Those of what begins as all do that the node stands for."""
    start = literal_start(node).encode()
    return place(start), place(start + b"\xff")  # no UTF-8 has the byte 255, so this follows all that begin so


def _range_bounds(place: _Place, node: TermRange) -> tuple[int, int]:
    first = place(_edge(node.start, behind=node.start_excluded))
    last = place(b"\xff" if node.end is None else _edge(node.end, behind=not node.end_excluded))
    return first, max(first, last)


def _edge(word: str | None, *, behind: bool) -> bytes:
    """What follows all texts below a word, or if `behind` the word, too: no word goes on with the byte 1, and forms
    with this key do with 0."""
    return (word or "").encode() + (b"\1" if behind else b"")


def _fitting(node: Wildcard, texts: list[str]) -> TermNumbers:
    test = word_test(node)
    return np.array([place for place, text in enumerate(texts) if test(text)], np.int64)


def _near(node: Fuzzy, texts: list[str]) -> TermNumbers:
    if not texts:
        return np.zeros(0, np.int64)
    distances = cdist([node.text], texts, scorer=Levenshtein.distance, score_cutoff=node.max_edits)[0]
    near = np.flatnonzero(distances <= node.max_edits)
    if node.prefix_length <= len(node.text):  # then all of these begin so
        return near
    return near[[texts[place][: node.prefix_length] == node.text for place in near.tolist()]]


EXPANSIONS: dict[type[MultiTerm], _Kind] = {
    Prefix: _Kind(_start_bounds, None),
    Wildcard: _Kind(_start_bounds, _fitting),
    Fuzzy: _Kind(_start_bounds, _near),
    TermRange: _Kind(_range_bounds, None),
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
        stretches.append(all_from(starts[short], (stops - starts)[short]))
    for at in stretches:
        docs = segment.docs[at]
        if row is not None:
            docs = docs[segment.tf[row, at] > 0]
        marked[docs.astype(np.intp)] = True  # numpy takes twice as long over indices of another type
    return marked


def docs_with_forms(segment: Segment, numbers: TermNumbers, row: int | None) -> NDArray[np.bool_]:
    """(max_doc,) whether a doc has any of the forms with these numbers, whose terms have several, in the text field of
    a row of `tf` or in any. The segment must know which form each word is."""
    marked, stored = np.zeros(segment.max_doc, bool), segment.forms
    if stored is None or not len(numbers):
        return marked
    fits = np.zeros(stored.form_numbers.n_slots, bool)
    fits[stored.form_numbers.slots(numbers)] = True
    terms = np.flatnonzero(np.bincount(stored.terms[numbers]))
    words = np.cumsum(segment.pos_start[terms + 1] - segment.pos_start[terms])
    for part in np.split(terms, np.searchsorted(words, np.arange(_AT_ONCE, words[-1], _AT_ONCE))):
        first = segment.post_start[part]
        posts = all_from(first, segment.post_start[part + 1] - first)
        words_of = [tf.take(posts) for tf in segment.tf]  # by row; numpy takes several times as long over all at once
        ends = np.cumsum(sum(words_of, np.zeros(len(posts), np.int64)))
        fit = np.concatenate([[0], np.cumsum(fits[stored.slots_of_terms(part)])])
        if row is None:
            has = np.diff(fit[ends], prepend=0) > 0
        else:  # the words of a posting are in the order of the fields
            last = ends - sum(words_of[row + 1 :], np.zeros(len(posts), np.int64))
            has = fit[last] > fit[last - words_of[row]]
        marked[segment.docs[posts[has]].astype(np.intp)] = True
    return marked


def words_of_forms(segment: Segment, numbers: TermNumbers) -> int:
    """How many words `docs_with_forms` looks at."""
    if segment.forms is None or not len(numbers):
        return 0
    terms = np.flatnonzero(np.bincount(segment.forms.terms[numbers]))
    return int((segment.pos_start[terms + 1] - segment.pos_start[terms]).sum())
