"""A query that finds nothing, asked again for less: without the words that matter least, then by what it means.

What is dropped first is what no article has, which can only stand in the way; then the commonest words, which say
least. Exclusions and conditions on other fields are kept to. Every step says what it did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np

from indexer.text.analyzer import query_terms
from indexer.text.words import strip_accents, word_forms
from search.query.leaves import as_typed, listed, positive_leaves, text_terms, typed_forms
from search.query.parser import ParsedQuery, as_words
from search.query.simplify import tidy
from search.query.tree import (
    NOTHING,
    And,
    AndNot,
    Leaf,
    MultiTerm,
    Node,
    Not,
    Or,
    Phrase,
    Term,
    children,
    map_children,
)
from search.query.typed_words import GROUPED, runs_of_letters
from search.reader.index import Docs, Index, Mask
from search.rewriting.named_values import columns_with
from search.rewriting.runs import unknown_runs
from search.rewriting.spelled import is_known_otherwise

MOST_WORDS = 16  # words that are tried one after the other; of a query with more the commonest go at once


def relaxed(index: Index, query: ParsedQuery, allowed: Mask | None = None) -> ParsedQuery | None:
    """The most of a query that finds something among the docs `allowed` (max_doc,), or all; a note says what was left
    out. None where words alone find nothing: of plain words, any of which may be there, nothing can be left out."""
    if query.is_plain:
        return None
    loose = replace(query, tree=_without_order(query.tree))
    if loose.tree != query.tree and _finds(index, loose, allowed):
        return _noted(loose, "no article has the words of a phrase in a row: searched for them anywhere")
    words = _words(loose, index.languages())
    counts = {word: len(index.match(replace(loose, tree=Or(tuple(of))), None, [])) for word, of in words.items()}
    kept = sorted(filter(counts.__getitem__, words), key=lambda word: -counts[word])
    dropped = {word for word in words if not counts[word]} | set(kept[:-MOST_WORDS])
    for word in kept[-MOST_WORDS:]:  # the first time without what no article has alone
        out = frozenset(leaf for gone in dropped for leaf in words[gone])
        without = replace(loose, tree=tidy(_without(loose.tree, out)))
        if dropped and _finds(index, without, allowed):
            shown = listed([gone for gone in words if gone in dropped])
            return _noted(without, f"no article has all of this: searched without {shown}")
        dropped.add(word)
    return None


def by_meaning(index: Index, query: ParsedQuery) -> tuple[ParsedQuery, Docs]:
    """The words that a query looks for, any of them, so that vectors find what they mean, too; and the docs that its
    other conditions and exclusions leave out."""
    if query.is_plain:
        return query, np.zeros(0, np.int64)
    languages, wanted = index.languages(), text_terms(query.tree, query.schema)
    words = [form for form in word_forms(query.text) if any(term in wanted for term in query_terms(form, languages))]
    note = "no article meets this: searched for any of the words, and for what they mean"
    out = ~index.live()
    for node in _excluded(query.tree):
        out[index.match(replace(query, tree=node), None, []).all()[0]] = True
    leaves = frozenset(leaf for of in _words(query, languages).values() for leaf in of)
    conditions = tidy(_without(query.tree, leaves))
    if conditions != NOTHING:
        meeting = np.zeros(index.max_doc, bool)
        meeting[index.match(replace(query, tree=conditions), None, []).all()[0]] = True
        out |= ~meeting
    return as_words(replace(query, text=" ".join(words)), languages, note), np.flatnonzero(out)


def without_words(index: Index, query: ParsedQuery) -> ParsedQuery | None:
    """What is left of a query without its words: its conditions on columns. None where there are none, or they find
    nothing either."""
    words = {} if query.is_plain else _words(query, index.languages())
    tree = tidy(_without(query.tree, frozenset(leaf for of in words.values() for leaf in of)))
    conditions = replace(query, tree=tree, words="")
    if not words or not next(positive_leaves(tree), None) or not _finds(index, conditions, None):
        return None
    return _noted(conditions, f"no article has all of this: searched without {listed(list(words))}")


def _excluded(node: Node) -> Iterator[Node]:
    """What a tree excludes."""
    match node:
        case Not(excluded):
            yield excluded
        case AndNot(included, excluded):
            yield from _excluded(included)
            yield excluded
        case _:
            for part in children(node):
                yield from _excluded(part)


def unknown_words(index: Index, query: ParsedQuery) -> list[str]:
    """The words of plain words, as typed, that no article has, nor anything that stands for them, nor a name; stop
    words are not among them."""
    languages = index.languages()
    known = {term for of in query.expansions if all(map(index.doc_freq, of.terms)) for term in of.beside}
    of_leaves = list(map(_terms_of, positive_leaves(query.tree)))
    found = {term for terms in of_leaves if any(map(index.doc_freq, terms)) for term in terms}
    # a number without its separators is looked for with them: "1000000" as "1,000,000"
    found |= {
        "".join(leaf.words)
        for leaf in positive_leaves(query.tree)
        if isinstance(leaf, Phrase) and all(map(index.doc_freq, leaf.words))
    }
    looked_for = {part for terms in of_leaves for term in terms for part in (term, *word_forms(term))}  # not a boost
    in_one = {unit for run in runs_of_letters(query.text) for unit in run}
    for number in GROUPED.findall(query.text):  # the other way round
        if index.doc_freq(number.replace(",", "")):
            in_one.update(number.split(","))
    unknown = [run for run in unknown_runs(index, query, known) if not columns_with(index, strip_accents(run))]
    for form in dict.fromkeys(word_forms(query.text)):
        if form in in_one:
            continue
        terms = [query_terms(form, (language,)) for language in languages]
        if looked_for.isdisjoint(chain.from_iterable(terms)):
            continue
        there = (t in known or t in found or index.doc_freq(t) for of_one in terms for t in of_one)
        if not all(terms) or any(there) or is_known_otherwise(index, query, form):
            continue
        if not columns_with(index, strip_accents(form)):
            unknown.append(form)
    return unknown


def _terms_of(leaf: Leaf) -> tuple[str, ...]:
    """The terms any of which is what a leaf looks for: of a word those of its other languages and spellings, too."""
    return leaf.texts if isinstance(leaf, Term) else leaf.words if isinstance(leaf, Phrase) else ()


def _noted(query: ParsedQuery, note: str) -> ParsedQuery:
    return replace(query, notes=(*query.notes, note))


def _finds(index: Index, query: ParsedQuery, allowed: Mask | None) -> bool:
    return query.tree != NOTHING and len(index.match(query, allowed, [])) > 0


def _words(query: ParsedQuery, languages: tuple[str, ...]) -> dict[str, list[Leaf]]:
    """What a query looks for in the text, as typed, each with its leaves: a word has one for every language in which it
    has another stem."""
    words: dict[str, list[Leaf]] = {}
    forms = typed_forms(query.text, languages)
    for leaf in positive_leaves(query.tree):
        if isinstance(leaf, (Term, Phrase, MultiTerm)) and leaf.field in query.schema.full_text:
            words.setdefault(as_typed(leaf, forms), []).append(leaf)
    return words


def _without_order(node: Node) -> Node:
    """A tree with all words of every phrase in its place; what is excluded stays."""
    match node:
        case Phrase(field, words):
            return And(tuple([Term(field, word) for word in words]), node.boost)
        case AndNot(included, excluded):
            return AndNot(_without_order(included), excluded)
        case Not():
            return node
    return map_children(_without_order, node)


def _without(node: Node, dropped: frozenset[Leaf]) -> Node:
    """A tree with nothing in the place of some leaves; what is excluded stays."""
    match node:
        case Leaf():
            return NOTHING if node in dropped else node
        case AndNot(included, excluded):
            return AndNot(_without(included, dropped), excluded)
        case Not():
            return node
    return map_children(lambda part: _without(part, dropped), node)
