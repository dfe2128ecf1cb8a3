"""Numbers as articles write them: "08001234567" as "0800 123-4567", "3.5m" as "3.5 m", "a320" as "A320neo"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from string import ascii_lowercase

from indexer.schema import ALL_TEXT
from indexer.text.markers import SPELLED
from search.query.tree import Node, Phrase, Term
from search.reader.index import Index
from search.rewriting.named_values import is_anywhere

_LONG = 7  # figures of a number that may be written in groups, as telephone numbers are
_MOST_FIGURES = 15
_MOST_GROUPS = 5
_SHORTEST_GROUP = 2  # figures of one but the first, which may be that of a country
_MOST_TRIED = 40  # ways to group the figures of a number that are looked for
_OTHER_BLANK_BOOST, _ANY_UNIT_BOOST = 0.7, 0.6  # of a number with another blank or unit than it was typed with
_LOOKED_AT = 100  # forms that begin with a word
_MOST_MODELS = 20
_MODEL = re.compile(r"(?=.*[^\W\d])\w*\d")
_WITH_UNIT = re.compile(r"(?<![\w.,])(\d+)[.,](\d+)\s?([^\W\d]{1,4})(?![\w'])")


def in_groups(index: Index, forms: Sequence[str]) -> Iterator[tuple[Sequence[str], list[Node]]]:
    """The long numbers that are typed in groups, each with what it is looked for as: in these groups, in others, and in
    one."""
    for _, group in groupby(forms, str.isdecimal):
        run = tuple(group)
        figures = "".join(run)
        if len(run) > 1 and figures.isdecimal() and _LONG <= len(figures) <= _MOST_FIGURES:
            node, phrase = Term(ALL_TEXT, figures), Phrase(ALL_TEXT, run)
            as_typed = [phrase] if is_anywhere(index, phrase) else []
            in_one = [node] if any(map(index.doc_freq, node.texts)) else []
            yield run, [*as_typed, *in_one] or list(grouped(index, figures))


def grouped(index: Index, form: str) -> Iterator[Node]:
    """A long number that no article has in one, as groups of figures next to each other: the first that articles
    have."""
    if form.isdecimal() and _LONG <= len(form) <= _MOST_FIGURES:
        phrases = (Phrase(ALL_TEXT, groups) for groups in islice(_groups(index, form, _MOST_GROUPS), _MOST_TRIED))
        yield from islice((phrase for phrase in phrases if is_anywhere(index, phrase)), 1)


def _groups(index: Index, figures: str, most: int) -> Iterator[tuple[str, ...]]:
    """The ways to cut figures into groups that articles have, those with long groups at the end first: area codes are
    short."""
    for cut in range(1 if most == _MOST_GROUPS else _SHORTEST_GROUP, len(figures) - _SHORTEST_GROUP + 1):
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


def with_units(index: Index, text: str) -> Iterator[tuple[Sequence[str], list[Node]]]:
    """The numbers with a point and a unit of a query: the words typed, and what they are looked for as, with a blank
    before the unit and without, and as numbers of whatever unit."""
    for number in _WITH_UNIT.finditer(text.lower()):
        whole, part, unit = number.groups()
        in_one, in_two = (whole, part + unit), (whole, part, unit)
        typed = in_two if number[0][-len(unit) - 1].isspace() else in_one
        boosts = {in_one: _OTHER_BLANK_BOOST, in_two: _OTHER_BLANK_BOOST, (whole, part): _ANY_UNIT_BOOST, typed: 1.0}
        known = [words for words in boosts if all(map(index.doc_freq, words))]
        nodes = [Phrase(ALL_TEXT, words, boost=boosts[words]) for words in known]
        yield typed, [node for node in nodes if is_anywhere(index, node)]
