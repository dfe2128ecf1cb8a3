"""Words that no text has, and the names of authors, tags or places do: they are right, and no slips."""

from __future__ import annotations

from indexer.schema import Kind
from search.query.parser import ParsedQuery
from search.query.tree import Node, Term
from search.reader.index import Index


def columns_with(index: Index, key: str) -> list[str]:
    """The fields of names from a list in which a live article has a value with a folded word."""
    fields = [name for name in index.schema.filterable if index.schema.fields[name].kind == Kind.KEYWORD]
    return [name for name in fields if is_anywhere(index, Term(name, key))]


def is_anywhere(index: Index, node: Node) -> bool:
    """Whether a live article matches."""
    return len(index.match(ParsedQuery("", node, False, ()), None, [])) > 0
