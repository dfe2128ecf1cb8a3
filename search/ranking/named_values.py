"""Words in the names of authors, tags, places, sections and the like, which are no texts."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from search.query.parser import ParsedQuery
from search.query.tree import Node, Term
from search.reader.index import Index

_MOST_KNOWN = 1000  # words of one index; then all are forgotten

_FIELDS_WITH: WeakKeyDictionary[Index, dict[str, Sequence[str]]] = WeakKeyDictionary()  # by word


def columns_with(index: Index, key: str) -> Sequence[str]:
    """The fields of names in which a live article has a value with a folded word. Looked for once: correcting a query,
    finding names in it and saying what was not found each ask for the same words."""
    known = _FIELDS_WITH.setdefault(index, {})
    found = known.get(key)
    if found is None:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        found = known[key] = tuple([name for name in index.schema.names if is_anywhere(index, Term(name, key))])
    return found


def is_anywhere(index: Index, node: Node) -> bool:
    """Whether a live article matches."""
    return len(index.match(ParsedQuery("", node, False, ()), None, [])) > 0
