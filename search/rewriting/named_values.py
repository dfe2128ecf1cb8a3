"""Words in the names of authors, tags, places, sections and the like, which are no texts."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from search.query.parser import ParsedQuery
from search.query.tree import Node, Phrase, Term
from search.reader.index import Index

_MOST_KNOWN = 1000  # words of one index; then all are forgotten

# by word, the fields asked for, and how far words may be apart
_FIELDS_WITH: WeakKeyDictionary[Index, dict[tuple[str, tuple[str, ...], int], tuple[str, ...]]] = WeakKeyDictionary()


def columns_with(index: Index, key: str, fields: tuple[str, ...] = (), slop: int = 1) -> tuple[str, ...]:
    """The fields of names in which a live article has a value with a folded word, or with several in a row, each at
    most `slop` places behind the one before; of some `fields` only, where they are given. Looked for once: correcting
    a query, finding names in it and saying what was not found each ask for the same words."""
    known = _FIELDS_WITH.setdefault(index, {})
    found = known.get((key, fields, slop))
    if found is None and fields and (everywhere := known.get((key, (), slop))) is not None:
        return tuple([name for name in everywhere if name in fields])
    if found is None:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        leaves = [value_with(name, key, slop) for name in index.names_with(key) if not fields or name in fields]
        found = known[key, fields, slop] = tuple([leaf.field for leaf in leaves if is_anywhere(index, leaf)])
    return found


def value_with(field: str, key: str, slop: int = 1) -> Term | Phrase:
    """The condition that a value in a field has some words, see `columns_with`."""
    return Phrase(field, (key,), slop) if " " in key else Term(field, key)


def is_anywhere(index: Index, node: Node) -> bool:
    """Whether a live article matches."""
    return len(index.match(ParsedQuery("", node, False, ()), None, [])) > 0
