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
MOST_FAR = 3  # times that they have these; a word that is in none of very many hardly is a form of theirs
BY_CHANCE = 0.0  # ... and where these are words of a language whose rules do not make that stem of it, of how many
_MOST_BEHIND = 2  # letters that a word has behind a stem that only other spellings of words have
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
    spelled = [of.removeprefix(SPELLED) for of in typed.node.texts if of[0] == SPELLED and index.doc_freq(of)]
    if written or not index.forms.complete or any(_is_most_of(of, typed.key) for of in spelled):
        written = max(1, written)
        return Standing(written, NO_SLIP + math.log(written))
    own = {language: query_terms(word, (language,)) for language, word in words.items()}
    weights = dict.fromkeys((NO_SLIP, FAR_FORM, BY_CHANCE), 0)
    for form in (form for term in typed.node.texts for form in index.forms.of_term(term)):
        is_own = form.term in own.get(form.language, ())
        weights[BY_CHANCE if not is_own else NO_SLIP if _is_near(typed.key, form.key) else FAR_FORM] += form.count
    if near := weights[NO_SLIP]:
        return Standing(0, NO_SLIP + math.log(near))
    far = max(weights[FAR_FORM], len(spelled))
    return Standing(0, FAR_FORM + math.log(min(far, MOST_FAR)) if far else BY_CHANCE if weights[BY_CHANCE] else NO_SLIP)


def _written(index: Index, word: str) -> int:
    """How often articles write a word so; a stop word of their language counts for none."""
    return sum(form.count for form in index.forms.spelled(word) if form.term)


def _is_near(word: str, other: str) -> bool:
    """Whether two words of one stem have short endings behind what they have in common, which is most of the first."""
    shared = Prefix.similarity(word, other)
    return max(len(word), len(other)) - shared <= _ENDING and shared * 2 > len(word)


def _is_most_of(stem: str, word: str) -> bool:
    """Whether a word is hardly more than a stem that articles have in another spelling of theirs."""
    return len(word) - len(stem) <= _MOST_BEHIND and len(stem) * 2 > len(word)
