"""Numbers as articles write them: "08001234567" as "0800 123-4567", "3.5m" as "3.5 m", "a320" as "A320neo"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from string import ascii_lowercase

from indexer.schema import ALL_TEXT
from indexer.text.markers import SPELLED
from search.query.tree import Node, Phrase, Term
from search.reader.index import Index
from search.rewriting.named_values import is_anywhere

_LONG = 7  # figures of a number that may be written in groups, as telephone numbers are
_MOST_FIGURES = 15
_MOST_GROUPS = 5
_SHORTEST_GROUP = 2
_MOST_TRIED = 40  # ways to group the figures of a number that are looked for
_LOOKED_AT = 100  # forms that begin with a word
_MOST_MODELS = 20
_MODEL = re.compile(r"(?=.*[^\W\d])\w*\d")
_WITH_UNIT = re.compile(r"(?<![\w.,])(\d+)[.,](\d+)\s?([^\W\d]{1,4})(?![\w'])")


def grouped(index: Index, form: str) -> Iterator[Node]:
    """A long number that no article has in one, as groups of figures next to each other: the first that articles
    have."""
    if form.isdecimal() and _LONG <= len(form) <= _MOST_FIGURES:
        phrases = (Phrase(ALL_TEXT, groups) for groups in islice(_groups(index, form, _MOST_GROUPS), _MOST_TRIED))
        yield from islice((phrase for phrase in phrases if is_anywhere(index, phrase)), 1)


def _groups(index: Index, figures: str, most: int) -> Iterator[tuple[str, ...]]:
    """The ways to cut figures into groups that articles have, those with long groups at the end first: area codes are
    short."""
    for cut in range(_SHORTEST_GROUP, len(figures) - _SHORTEST_GROUP + 1):
        if index.doc_freq(figures[:cut]):
            if index.doc_freq(figures[cut:]):
                yield figures[:cut], figures[cut:]
            if most > 2:
                yield from ((figures[:cut], *rest) for rest in _groups(index, figures[cut:], most - 1))


def models(index: Index, form: str) -> Iterator[Term]:
    """What a rare word that ends in figures is with letters behind them, "f35" being "F-35A" and "F-35B"."""
    if not _MODEL.fullmatch(form):
        return
    longer = islice(index.forms.with_prefix(form), _LOOKED_AT)
    terms = [of.term for of in longer if of.term and of.key[len(form) :][:1].isalpha() and index.doc_freq(of.term)]
    terms += [form + letter for letter in ascii_lowercase if index.doc_freq(SPELLED + form + letter)]
    if terms:
        first, *others = dict.fromkeys(terms[:_MOST_MODELS])
        yield Term(ALL_TEXT, first, tuple(others))


def with_units(index: Index, text: str) -> Iterator[tuple[Sequence[str], Phrase]]:
    """The numbers with a point and a unit of a query, with a blank before the unit and without: the words typed, and
    what they are looked for as."""
    for number in _WITH_UNIT.finditer(text.lower()):
        whole, part, unit = number.groups()
        apart = number[0][-len(unit) - 1].isspace()
        typed = (whole, part, unit) if apart else (whole, part + unit)
        for words in ((whole, part + unit), (whole, part, unit)):
            if words != typed and all(map(index.doc_freq, words)) and is_anywhere(index, Phrase(ALL_TEXT, words)):
                yield typed, Phrase(ALL_TEXT, words)
