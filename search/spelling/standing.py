"""How sure it is that a word of a query is right as it was typed, by what articles write.

Terms do not tell: "tecnology" and "tecnología" become one by the rules of two languages, and "expirience" and "expiry"
by those of one, so an article is found by a word that no article has. The dictionary of forms has what is written.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from rapidfuzz.distance import Prefix

from indexer.text.analyzer import analyzer_for, query_terms
from indexer.text.markers import SPELLED
from search.reader.index import Index
from search.spelling.typed import TypedWord

NO_SLIP = math.log(1000)  # how much likelier a word is right than one certain slip from another ...
FAR_FORM = math.log(5)  # ... where articles only have words of its stem that are hardly forms of it
BY_CHANCE = 0.0  # ... and where these are words of a language whose rules do not make that stem of it
_ENDING = 4  # letters that two forms of a word may each have behind what they have in common


class Standing(NamedTuple):
    """How sure it is that a word that articles are found by is right as it was typed."""

    written: int  # how often articles write it so, in the spelling of any of their languages
    # logarithm, comparable with the likelihoods of guesses that stand alone: below `NO_SLIP` where no article writes it
    # so, nor another form of it
    certainty: float


def standing(index: Index, typed: TypedWord) -> Standing:
    """That of a word that articles are found by."""
    if written := _written(index, typed.key):  # most words are, and need no look at what they are in each language
        return Standing(written, NO_SLIP + math.log(written))
    words = {language: analyzer_for(language).words_of([typed.form])[0] for language in index.languages()}
    written = sum(_written(index, word) for word in set(words.values()))
    if written or not index.forms.complete or any(index.doc_freq(of) for of in typed.node.texts if of[0] == SPELLED):
        written = max(1, written)
        return Standing(written, NO_SLIP + math.log(written))
    own = {language: query_terms(word, (language,)) for language, word in words.items()}
    weights = dict.fromkeys((NO_SLIP, FAR_FORM, BY_CHANCE), 0)
    for form in (form for term in typed.node.texts for form in index.forms.of_term(term)):
        is_own = form.term in own.get(form.language, ())
        weights[BY_CHANCE if not is_own else NO_SLIP if _is_near(typed.key, form.key) else FAR_FORM] += form.count
    certain = max([weight + math.log(count) for weight, count in weights.items() if count], default=NO_SLIP)
    return Standing(0, certain)


def _written(index: Index, word: str) -> int:
    """How often articles write a word so; a stop word of their language counts for none."""
    return sum(form.count for form in index.forms.spelled(word) if form.term)


def _is_near(word: str, other: str) -> bool:
    """Whether two words of one stem have short endings behind what they have in common."""
    shared = Prefix.similarity(word, other)
    return max(len(word), len(other)) - shared <= _ENDING
