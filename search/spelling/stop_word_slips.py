"""Slips in stop words: who types "waht is agile" wants no article that says "want"."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, Postfix, Prefix
from rapidfuzz.process import extract

from indexer.text.analyzer import analyzer_for
from indexer.text.words import folded
from search.query.tree import Term
from search.reader.forms import Form
from search.reader.index import Index
from search.spelling.guesses import Guess, doc_freq, rarest
from search.spelling.near_keys import SHORTEST
from search.spelling.typed import TypedWord

SURE = math.log(10)  # how much likelier a stop word must be than a word that articles are found by
TYPICAL = math.log(5)  # how much likelier fingers swap two letters, or leave one out, than they type a certain other
_SHORTEST_REPLACED = 5  # letters of a word in which one stands for another: shorter ones are names ("Wham")


def stop_word_meant(index: Index, typed: TypedWord, found: Sequence[Guess], others: Sequence[Term]) -> str:
    """The stop word that a word which no article has is one slip from, as articles write it. Empty where there is none,
    or where the best of the words `found` may be meant as well; `others` are the words beside it that the archive
    has."""
    beside = sum(math.log(doc_freq(index, term) / max(1, index.num_docs)) for term in rarest(index, others))
    likelihoods = {
        form.written: math.log(form.count) + _of_shape(typed.key, form.key) + beside for form in _near(index, typed.key)
    }
    if not likelihoods:
        return ""
    meant = max(likelihoods, key=likelihoods.__getitem__)
    if found and likelihoods[meant] < found[0].likelihood + _of_shape(typed.key, folded(found[0].written)) + SURE:
        return ""
    return meant


def _near(index: Index, key: str) -> Iterator[Form]:
    """The stop words one slip from a folded word, as articles write them."""
    if len(key) < SHORTEST:
        return
    for near, *_ in extract(
        key, _stop_words(index.languages()), scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=None
    ):
        is_replaced = len(near) == len(key) and not _of_shape(key, near)
        forms = [form for form in index.forms.spelled(near) if not form.term]
        if forms and near[0] == key[0] and not (is_replaced and len(key) < _SHORTEST_REPLACED):
            yield max(forms, key=lambda form: form.count)


@lru_cache(maxsize=64)
def _stop_words(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some languages, folded."""
    return tuple(sorted({folded(word) for language in languages for word in analyzer_for(language).stop_words}))


def _of_shape(typed: str, meant: str) -> float:
    """The logarithm of how much likelier a slip of this shape is than one letter for another."""
    before = Prefix.similarity(typed, meant)
    behind = Postfix.similarity(typed[before:], meant[before:])
    wrong, right = typed[before : len(typed) - behind], meant[before : len(meant) - behind]
    is_swap = len(wrong) == 2 and wrong == right[::-1]
    return TYPICAL if is_swap or (not wrong and len(right) == 1) else 0.0
