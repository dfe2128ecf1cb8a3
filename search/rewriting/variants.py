"""Chinese words in the characters that articles write them with: 台北 as 臺北, 銀行 as 银行."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.schema import Schema
from indexer.text.han_variants import has_variants, variants
from indexer.text.spellings import is_pair, letters
from search.query.parser import ParsedQuery
from search.query.tree import Node, Or, Phrase, Term, map_children
from search.reader.index import Index
from search.rewriting.named_values import is_anywhere

_MOST_LETTERS = 12  # of a run whose other forms are looked for


def with_variants(index: Index, query: ParsedQuery) -> ParsedQuery:
    """A query whose Chinese words are also looked for in the other forms of their characters that articles have; the
    query itself where there are none."""
    if not has_variants(query.text):
        return query
    same: list[tuple[str, ...]] = []
    tree = _changed(index, query.schema, query.tree, same)
    return query if tree == query.tree else replace(query, tree=tree, one_word=(*query.one_word, *same))


def _changed(index: Index, schema: Schema, node: Node, same: list[tuple[str, ...]]) -> Node:
    """A tree with the other forms of its words, of which the terms of each go to `same`. A function in another that
    calls itself would keep the index until the collector of cycles runs."""
    if isinstance(node, Term) and node.field in schema.full_text:
        others = [other for other in variants(node.text) if index.doc_freq(other)]
        if others:
            same.append((*node.texts, *others))
            return replace(node, also=(*node.also, *others))
    elif isinstance(node, Phrase) and node.field in schema.full_text:
        return _in_any_form(index, node)
    return map_children(lambda part: _changed(index, schema, part, same), node)


def _in_any_form(index: Index, phrase: Phrase) -> Node:
    """A phrase in all forms that articles have; itself where none has another."""
    others = [replace(phrase, words=words) for words in _known(index, phrase.words[:_MOST_LETTERS])]
    if not others or len(phrase.words) > _MOST_LETTERS:
        return phrase
    found = [one for one in (phrase, *others) if is_anywhere(index, one)]
    return Or(tuple(found)) if len(found) > 1 else found[0] if found else phrase


def _known(index: Index, words: Sequence[str]) -> list[tuple[str, ...]]:
    """The terms of a run, pairs or single characters, in other forms, where articles have each of them."""
    paired = all(map(is_pair, words))
    text = words[0] + "".join(letters(pair)[-1] for pair in words[1:]) if paired else "".join(words)
    if not paired and any(len(word) > 1 for word in words):
        return []
    found = []
    for other in variants(text):
        terms = tuple([other[n : n + 2] for n in range(len(other) - 1)]) if paired else tuple(other)
        if all(map(index.doc_freq, terms)):
            found.append(terms)
    return found
