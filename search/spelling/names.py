"""Names among plain words: what no text says, and the columns of authors, tags, places and sections do.

A reader types a name and does not know that it is in another field than the text. A word that only columns have narrows
down what the other words find, as ``author:kitton`` does. Where that finds nothing, any of the words and names is
enough; and words that no article has in any way stand in the way of none. Words that texts have, and that are all in
one author's name, find what that author wrote beside what the texts say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from search.query.leaves import listed
from search.query.parser import ParsedQuery, parse
from search.query.simplify import tidy
from search.query.tree import And, AndNot, Leaf, Node, Not, Or, Phrase, Require, Term, map_children, with_boost
from search.ranking.named_values import columns_with, is_anywhere
from search.ranking.relaxing import unknown_words
from search.ranking.spelled import is_known_otherwise
from search.reader.index import Index
from search.spelling.guesses import doc_freq
from search.spelling.typed import TypedWord, spliced, typed_words

AUTHOR = "author"
_QUOTED = re.compile(
    r'\s*["\u201c\u201d\u201e\u00ab\u00bb]([^"\u201c\u201d\u201e\u00ab\u00bb]+)["\u201c\u201d\u00ab\u00bb]\s*'
)
_BESIDE_BOOST = 0.05  # of a name where any of it and the words is enough: these come first
_MOST_UNKNOWN = 4  # words of a query that are looked for among names
_WORDS_OF_A_NAME = range(2, 5)


def among_names(index: Index, query: ParsedQuery) -> ParsedQuery:
    """The query with its names in their fields, where articles are found so; else as it is. One with operators that
    finds something is searched as it is written, and notes say in which fields its names are."""
    if (quoted := _quoted_name(query)) and not is_anywhere(index, query.tree):
        return _as_quoted_name(index, query, quoted)
    words = typed_words(query, index.languages())
    unknown = [typed for typed in words if not doc_freq(index, typed.node)][:_MOST_UNKNOWN]
    if not unknown:
        return _as_author(index, query, words) if query.is_plain else query
    fields = {
        typed: columns
        for typed in unknown
        if not is_known_otherwise(index, query, typed.key) and (columns := columns_with(index, typed.key))
    }
    if not fields:
        return query
    named = _with_plain_names(index, query, fields) if query.is_plain else _with_names(index, query, fields)
    if named is not None:
        return named
    notes = dict.fromkeys([_of_name(typed.key, columns) for typed, columns in fields.items()])
    return replace(query, notes=(*query.notes, *notes))


def _of_name(key: str, columns: Sequence[str]) -> str:
    return f"no text has '{key}', but articles have it as {' and '.join(columns)}: search for {columns[0]}:{key}"


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


def _with_plain_names(index: Index, query: ParsedQuery, fields: Mapping[TypedWord, Sequence[str]]) -> ParsedQuery:
    """Plain words narrowed down by the names among them; any of both where no article has all."""
    names = _nodes(fields)
    parts = query.tree.parts if isinstance(query.tree, Or) and query.tree.boost == 1 else (query.tree,)
    rest = tuple([part for part in parts if not (isinstance(part, Term) and part.text in names)])
    everywhere = And(tuple(names.values())) if len(names) > 1 else next(iter(names.values()))
    notes = [*query.notes, *_where(fields)]
    keys = {typed.key for typed in fields}
    if unknown := [word for word in unknown_words(index, query) if word not in keys]:
        notes.append(f"no article has {listed(unknown)}")
    if not is_anywhere(index, Or(rest)):
        rest = ()
    narrowed = Require(tidy(Or(rest)), everywhere) if rest else everywhere
    if is_anywhere(index, narrowed):
        beside = spliced(query.text, [(typed, "") for typed in fields]) if rest else ""
        return replace(query, tree=narrowed, is_plain=False, notes=tuple(notes), words=beside)
    notes.append("no article has all of this: searched for any of it")
    others = [with_boost(node, _BESIDE_BOOST) if rest else node for node in names.values()]
    return replace(query, tree=tidy(Or((*rest, *others))), is_plain=False, notes=tuple(notes))


def _with_names(index: Index, query: ParsedQuery, fields: Mapping[TypedWord, Sequence[str]]) -> ParsedQuery | None:
    """A query with operators that finds nothing, with its names in their fields; None where it finds something."""
    if is_anywhere(index, query.tree):
        return None
    tree = _replaced(query.tree, _nodes(fields))
    return replace(query, tree=tree, is_plain=False, notes=(*query.notes, *_where(fields)))


def _nodes(fields: Mapping[TypedWord, Sequence[str]]) -> dict[str, Node]:
    """What a name is looked for as in its fields, by the term of its word."""
    nodes: dict[str, Node] = {}
    for typed, columns in fields.items():
        terms = tuple([Term(name, typed.key) for name in columns])
        nodes[typed.node.text] = Or(terms) if len(terms) > 1 else terms[0]
    return nodes


def _where(fields: Mapping[TypedWord, Sequence[str]]) -> list[str]:
    """Notes that say where names were looked for."""
    notes = []
    for typed, columns in fields.items():
        places = " or ".join(f"{name}:{typed.key}" for name in columns)
        notes.append(f"no text has '{typed.key}': searched for {places}")
    return list(dict.fromkeys(notes))


def _replaced(node: Node, names: Mapping[str, Node]) -> Node:
    """A tree with names in the place of their words; what is excluded stays."""
    match node:
        case Term(text=text) if text in names:
            return names[text]
        case Leaf() | Not():
            return node
        case AndNot(included, excluded):
            return AndNot(_replaced(included, names), excluded)
    return map_children(lambda part: _replaced(part, names), node)


def _as_author(index: Index, query: ParsedQuery, words: Sequence[TypedWord]) -> ParsedQuery:
    """The query beside what the author wrote whose name it is."""
    if AUTHOR not in index.schema.filterable or len(words) not in _WORDS_OF_A_NAME:
        return query
    if " ".join(typed.typed for typed in words) != " ".join(query.text.split()):
        return query
    parts = tuple(Term(AUTHOR, typed.key) for typed in words)
    # one after the other: of most queries no author has the first word
    if not (all(is_anywhere(index, part) for part in parts) and is_anywhere(index, And(parts))):
        return query
    name = " AND ".join(f"{AUTHOR}:{typed.key}" for typed in words)
    named = parse(f"({query.text}) OR ({name})", index.languages(), index.schema)
    notes = (*query.notes, f"with what {query.text.strip()} wrote")
    return replace(named, text=query.text, notes=notes)
