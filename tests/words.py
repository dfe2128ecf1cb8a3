"""The terms of a text, worked out the slow and obvious way: word by word, with lists."""

from __future__ import annotations

from indexer.segment.inverter import _RUN
from indexer.text.analyzer import Analyzer
from indexer.text.markers import COMMON
from indexer.text.spellings import chunk_terms, chunks, named, split
from indexer.text.words import plain_text


def analysed(text: str, analyzer: Analyzer, *, is_title: bool) -> tuple[list[str], list[tuple[str, int]]]:
    """The terms of the words of a text in order, stop words left out, and those it has beside them, each with its
    position."""
    words, between = split(plain_text(text))
    forms = analyzer.words_of([word.lower() for word in words])
    terms = analyzer.terms_of_words(forms)
    stops = [bool(form) and not term for form, term in zip(forms, terms, strict=True)]
    others: list[tuple[str, int]] = []
    for place, form in enumerate(forms):
        if stops[place] and (is_title or place in named(words, between) or _in_long_run(stops, place)):
            others.append((COMMON + form, place))
        others += [(other, _before(terms, place)) for other in analyzer.other_terms(form)]
    for first, written in chunks(words, between):
        others += [(term, _before(terms, first + place)) for term, place in chunk_terms(written, analyzer)]
    return [term for term in terms if term], others


def _before(terms: list[str], place: int) -> int:
    """How many words that are indexed come before one."""
    return sum(map(bool, terms[:place]))


def _in_long_run(stops: list[bool], place: int) -> bool:
    """Whether a stop word is one of many in a row."""
    first = last = place
    while first > 0 and stops[first - 1]:
        first -= 1
    while last + 1 < len(stops) and stops[last + 1]:
        last += 1
    return last - first + 1 >= _RUN
