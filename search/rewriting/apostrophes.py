"""Names that begin with a letter and an apostrophe, O'Brien and D'Angelo, in either spelling: with it and without."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from indexer.text.markers import is_word
from indexer.text.words import folded
from search.query.leaves import typed_forms
from search.query.parser import ParsedQuery
from search.query.tree import Node, Term, children, map_children
from search.reader.index import Index

_LEAST_BEHIND = {"o": 3, "d": 5, "l": 5}  # letters behind each: "d'art" is no other spelling of "dart"
_MAY_BE = re.compile(r"(?<!\w)[odl]['\u2019\u02bc]?\w{3}", re.IGNORECASE)


def with_apostrophes(index: Index, query: ParsedQuery) -> ParsedQuery:
    """A query whose words are also looked for as they are with an apostrophe behind their first letter, or without
    it, where articles write them so; the query itself where none does."""
    if not _MAY_BE.search(query.text):
        return query
    forms = typed_forms(query.text, index.languages())
    others = {
        leaf: tuple([term for term in _terms_of(index, forms[leaf.text]) if term not in leaf.texts])
        for leaf in _words(query.tree)
        if leaf.field in query.schema.full_text and leaf.text in forms
    }
    others = {leaf: terms for leaf, terms in others.items() if terms}
    if not others:
        return query
    same = [(*leaf.texts, *terms) for leaf, terms in others.items()]
    return replace(query, tree=_with(query.tree, others), one_word=(*query.one_word, *same))


def _words(node: Node) -> Iterator[Term]:
    """The words of a tree, those that are excluded among them."""
    if isinstance(node, Term):
        yield node
    for part in children(node):
        yield from _words(part)


def _with(node: Node, others: Mapping[Term, tuple[str, ...]]) -> Node:
    """A tree with further terms of some of its words."""
    if isinstance(node, Term) and node in others:
        return replace(node, also=(*node.also, *others[node]))
    return map_children(lambda part: _with(part, others), node)


def _terms_of(index: Index, form: str) -> list[str]:
    """The terms that the other spelling of a word has in articles."""
    key = folded(form)
    letter, behind = key[:1], key[1:].removeprefix("'")
    if len(behind) < _LEAST_BEHIND.get(letter, len(key)) or not behind.isalpha():
        return []
    other = f"{letter}{behind}" if "'" in key else f"{letter}'{behind}"
    return list(dict.fromkeys(of.term for of in index.forms.spelled(other) if is_word(of.term) and of.term))
