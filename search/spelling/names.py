"""Names among plain words: what no text says, and the columns of authors, tags, places and sections do.

A reader types a name and does not know that it is in another field than the text. A name that only columns have narrows
down what the other words find, as ``author:kitton`` does. Where that finds nothing, any of the words and names is
enough; and words that no article has in any way stand in the way of none. Words that texts have, and that are all in
one author's name, find what that author wrote, then the texts that have them all, then those that have some.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indexer.schema import ALL_TEXT
from indexer.text.markers import is_word
from indexer.text.spellings import is_pair, letters
from indexer.text.words import folded, normalize
from search.filters.condition import HasValue, as_compared
from search.query.leaves import listed, positive_leaves, typed_forms
from search.query.parser import ParsedQuery
from search.query.simplify import tidy
from search.query.tree import And, AndNot, Leaf, Node, Not, Or, Phrase, Require, Term, map_children, with_boost
from search.query.typed_names import NameWord, name_words
from search.query.typed_words import is_common, word, words
from search.reader.index import Index, word_idf_of
from search.rewriting.named_values import columns_with, is_anywhere
from search.rewriting.relaxing import unknown_words
from search.rewriting.spelled import as_spelled, is_known_otherwise
from search.spelling.query_names import (
    AUTHOR,
    MOST_UNKNOWN,
    WORDS_OF_A_NAME,
    Name,
    author_with,
    names_in,
    terms_of,
    typed_as,
    value_named,
)
from search.spelling.typed import QUOTES

_QUOTED = re.compile(rf"\s*[{QUOTES}]([^{QUOTES}]+)[{QUOTES}]\s*")
_BESIDE_BOOST = 0.05  # of what is found where any of a name and the words is enough, and others are what is meant
_ANY = "no article has all of this: searched for any of it"
_OTHER_NAMES = ("section", "tag", "place")


def among_names(index: Index, query: ParsedQuery) -> ParsedQuery:
    """The query with its names in their fields, where articles are found so, and its other words as articles spell them
    (`search.rewriting.spelled`). One with operators that finds something is searched as it is written, and notes say in
    which fields its names are."""
    if (quoted := _quoted_name(query)) and not is_anywhere(index, query.tree):
        return _as_quoted_name(index, query, quoted)
    if not query.is_plain:
        return _with_names(index, query)
    names = names_in(index, query)
    return _with_plain_names(index, query, names) if names else _as_name(index, query, as_spelled(index, query))


def _quoted_name(query: ParsedQuery) -> str:
    """What is in quotation marks, where that is all of a query."""
    quoted = _QUOTED.fullmatch(query.text)
    return quoted[1] if quoted else ""


def _as_quoted_name(index: Index, query: ParsedQuery, quoted: str) -> ParsedQuery:
    """A phrase that no text has as the name that it is in some fields, if it is one."""
    terms = {name: Phrase(name, (quoted,)) for name in index.schema.names}
    terms = {name: term for name, term in terms.items() if is_anywhere(index, term)}
    if not terms:
        return query
    places = " or ".join([f'{name}:"{quoted}"' for name in terms])
    note = f"no text has '{quoted}': searched for {places}"
    tree = tidy(Or(tuple(terms.values())))
    return replace(query, tree=tree, is_plain=False, notes=(*query.notes, note))


def _with_plain_names(index: Index, query: ParsedQuery, names: Sequence[Name]) -> ParsedQuery:
    """Plain words narrowed down by the names among them; any of both where no article has all."""
    conditions = tuple(dict.fromkeys(name.condition for name in names))
    everywhere = And(conditions) if len(conditions) > 1 else conditions[0]
    notes = [*query.notes, *dict.fromkeys(_where(name.unknown, name.places) for name in names)]
    beside = _without(normalize(query.text), names)
    parts = _parts_beside(index, query, names)
    rest = as_spelled(index, replace(query, text=beside, tree=Or(parts), notes=())) if parts else None
    if rest is not None:
        notes += rest.notes
        if unknown := unknown_words(index, rest):
            notes.append(f"no article has {listed(unknown)}")
    if rest is None or not is_anywhere(index, rest.tree):
        return _with_conditions(index, query, conditions, everywhere, notes)
    narrowed = Require(tidy(rest.tree), everywhere)
    if is_anywhere(index, narrowed):
        return replace(query, tree=narrowed, is_plain=False, notes=tuple(notes), words=beside)
    notes.append(_ANY)
    others = [with_boost(node, _BESIDE_BOOST) for node in conditions]
    return replace(query, tree=tidy(Or((rest.tree, *others))), is_plain=False, notes=tuple(notes))


def _with_conditions(
    index: Index, query: ParsedQuery, conditions: Sequence[Node], everywhere: Node, notes: Sequence[str]
) -> ParsedQuery:
    """All names of a query that has nothing else which articles have, or any where no article has all."""
    if is_anywhere(index, everywhere):
        return replace(query, tree=everywhere, is_plain=False, notes=tuple(notes))
    return replace(query, tree=tidy(Or(tuple(conditions))), is_plain=False, notes=(*notes, _ANY))


def _parts_beside(index: Index, query: ParsedQuery, names: Sequence[Name]) -> tuple[Node, ...]:
    """What a query of plain words looks for in texts, without its names."""
    parts = query.tree.parts if isinstance(query.tree, Or) and query.tree.boost == 1 else (query.tree,)
    gone = {_sought_as(leaf) for name in names for leaf in name.leaves}
    rest = [part for part in parts if _sought_as(part) not in gone]
    left = [leaf for name in names if name.left for leaf in words(name.left, index.languages())]
    return (*rest, *[leaf for leaf in dict.fromkeys(left) if leaf not in rest])


def _sought_as(leaf: Node) -> object:
    """What a leaf looks for, whatever its boost and the order of its languages."""
    return frozenset((leaf.text, *leaf.also)) if isinstance(leaf, Term) else with_boost(leaf, 1.0)


def _without(text: str, names: Sequence[Name]) -> str:
    """A normalized text without names."""
    for name in reversed(names):
        text = f"{text[: name.start]} {text[name.end :]}"
    return text


def _with_names(index: Index, query: ParsedQuery) -> ParsedQuery:
    """A query with operators that finds nothing, with its names in their fields; where it finds something notes say
    in which they are."""
    named = _named_leaves(index, query)
    if not named:
        return query
    if is_anywhere(index, query.tree):
        notes = [_of_name(key, columns) for key, columns in named.values()]
        return replace(query, notes=(*query.notes, *dict.fromkeys(notes)))
    nodes: dict[Node, Node] = {}
    notes = []
    for leaf, (key, columns) in named.items():
        terms = tuple([Term(name, key) for name in columns])
        nodes[leaf] = Or(terms) if len(terms) > 1 else terms[0]
        notes.append(_where(key, [typed_as(name, key) for name in columns]))
    tree = _replaced(query.tree, nodes)
    return replace(query, tree=tree, is_plain=False, notes=(*query.notes, *dict.fromkeys(notes)))


def _named_leaves(index: Index, query: ParsedQuery) -> dict[Node, tuple[str, Sequence[str]]]:
    """The words that a query with operators looks for in texts, without their boosts, that no text has and names do:
    each folded, and the columns that have it."""
    forms = typed_forms(query.text, index.languages())
    leaves = dict.fromkeys(with_boost(leaf, 1.0) for leaf in positive_leaves(query.tree) if leaf.field == ALL_TEXT)
    named: dict[Node, tuple[str, Sequence[str]]] = {}
    unknown: set[str] = set()
    for leaf in leaves:
        key = _key_of(index, leaf, forms)
        if key and not is_anywhere(index, leaf) and not is_known_otherwise(index, query, key):
            unknown.add(key)
            if len(unknown) <= MOST_UNKNOWN and (columns := columns_with(index, key)):
                named[leaf] = key, columns
    return named


def _key_of(index: Index, leaf: Node, forms: dict[str, str]) -> str:
    """What a leaf of a query was typed as, folded; empty for what is no word, or a common one."""
    match leaf:
        case Term(text=text) if is_pair(text):
            return text
        case Term(text=text) if is_word(text) and text in forms and not is_common(forms[text], index.languages()):
            return "" if any(map(str.isdigit, text)) else folded(forms[text])
        case Phrase(words=pairs) if all(map(is_pair, pairs)):
            return "".join([letters(pairs[0])[0], *[letters(pair)[-1] for pair in pairs]])
    return ""


def _of_name(key: str, columns: Sequence[str]) -> str:
    return f"no text has '{key}', but articles have it as {' and '.join(columns)}: search for {columns[0]}:{key}"


def _where(unknown: str, places: Sequence[str]) -> str:
    """A note that says where a name was looked for."""
    return f"no text has '{unknown}': searched for {' or '.join(places)}"


def _replaced(node: Node, names: dict[Node, Node]) -> Node:
    """A tree with names in the place of their words; what is excluded stays."""
    match node:
        case Leaf():
            return names.get(with_boost(node, 1.0), node)
        case Not():
            return node
        case AndNot(included, excluded):
            return AndNot(_replaced(included, names), excluded)
    return map_children(lambda part: _replaced(part, names), node)


def _as_name(index: Index, query: ParsedQuery, spelled: ParsedQuery) -> ParsedQuery:
    """The query as the name that all its words are, beside what texts have all of them, where it is one: an author's,
    or that of a section, a tag or a place if no text has them all. As it is `spelled` where it is none."""
    typed = name_words(normalize(query.text))
    if not (len(typed) in WORDS_OF_A_NAME or (len(typed) == 1 and typed[0].is_run)):
        return spelled
    named = author_with(index, typed)
    if named is not None and typed[0].is_run and len(typed) == 1 and not _is_author(index, typed[0]):
        return spelled  # a part of a name that is a word of texts, too
    is_author = named is not None
    if named is None and len(typed) > 1:
        named = value_named(index, typed, _OTHER_NAMES)
    sought = _sought(index, typed) if named is not None else ()
    if named is None or not sought:
        return spelled
    texts = And(sought) if len(sought) > 1 else sought[0]
    if not is_author and is_anywhere(index, texts):
        return spelled
    condition, place = named
    # as much as a text can have that has nothing but these words: no text that only has some comes before
    most = sum(word_idf_of(index, terms_of(node)) for node in sought)
    tree = Or((texts, with_boost(condition, most), with_boost(spelled.tree, _BESIDE_BOOST)))
    text = " ".join(query.text.split())
    note = f"with what {text} wrote" if is_author else f"no text has all of this: searched for {place} as well"
    return replace(spelled, tree=tree, is_plain=False, notes=(*spelled.notes, note))


def _is_author(index: Index, run: NameWord) -> bool:
    """Whether a run of letters is all of an author's name."""
    return bool(index.filter(HasValue(AUTHOR, frozenset([as_compared(run.form)]))).any())


def _sought(index: Index, typed: Sequence[NameWord]) -> tuple[Node, ...]:
    """What is looked for in texts for words that texts have."""
    languages = index.languages()
    nodes = [words(each.form, languages) if each.is_run else word(each.form, languages)[:1] for each in typed]
    return tuple(dict.fromkeys(node for of_word in nodes for node in of_word if word_idf_of(index, terms_of(node))))
