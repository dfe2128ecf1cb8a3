"""Slips in words that articles only write with a hyphen or a point inside: "wellbieng" of Well-being.

What these are in one is in no dictionary of words as they are written, only among the terms of the index. So a word is
looked for with each slip of one letter undone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from indexer.text.analyzer import query_terms
from indexer.text.markers import SPELLED
from search.query.typed_words import is_common, word
from search.reader.index import Index
from search.spelling.guesses import Guess
from search.spelling.typed import TypedWord

_SHORTEST, _LONGEST = 5, 20  # letters of a word that is looked at
_LANGUAGES = 3  # in which it is
_ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщъыьэюя", "αβγδεζηθικλμνξοπρστυφχψω")


def joined_guesses(index: Index, typed: TypedWord) -> list[Guess]:
    """The word of most articles that one without any other guess may be a slip of, or none."""
    if not _SHORTEST <= len(typed.key) <= _LONGEST:
        return []
    languages = index.languages()[:_LANGUAGES]
    counts = {
        form: max((index.doc_freq(SPELLED + term) for term in query_terms(form, languages)), default=0)
        for form in _with_a_slip_undone(typed.key)
    }
    most = max(counts.values())
    if not most:
        return []
    best = [form for form, count in counts.items() if count == most and not is_common(form, languages)]
    # several forms of one stem: the one whose parts articles write
    best = [form for form in best if _has_written_parts(index, form)] or best
    nodes = word(best[0], index.languages(), typed.field) if best else ()
    return [Guess(best[0], nodes[0], 1.0, math.log(most))] if nodes else []


def _has_written_parts(index: Index, form: str) -> bool:
    return any(index.forms.spelled(form[:n]) and index.forms.spelled(form[n:]) for n in range(1, len(form)))


def _with_a_slip_undone(key: str) -> Iterator[str]:
    """A word with two neighbouring letters swapped, with one letter less, and with one more or another, the first
    letter staying as it is but for swaps."""
    letters = next((of for of in _ALPHABETS if set(key) <= set(of)), "")
    for place in range(len(key) - 1):
        if key[place] != key[place + 1]:
            yield key[:place] + key[place + 1] + key[place] + key[place + 2 :]
    for place in range(1, len(key)):
        yield key[:place] + key[place + 1 :]
        for letter in letters:
            yield key[:place] + letter + key[place:]
            if letter != key[place]:
                yield key[:place] + letter + key[place + 1 :]
    yield from (key + letter for letter in letters)
