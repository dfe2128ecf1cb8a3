"""Words in the names of authors, tags, places, sections and the like, which are no texts."""

from __future__ import annotations

from indexer.schema import Kind, Schema
from search.query.parser import ParsedQuery
from search.query.tree import Node, Term
from search.reader.index import Index


def fields_of_names(schema: Schema) -> list[str]:
    """The fields whose values are names from a list."""
    return [name for name in schema.filterable if schema.fields[name].kind == Kind.KEYWORD]


def columns_with(index: Index, key: str) -> list[str]:
    """The fields of names in which a live article has a value with a folded word."""
    return [name for name in fields_of_names(index.schema) if is_anywhere(index, Term(name, key))]


def is_anywhere(index: Index, node: Node) -> bool:
    """Whether a live article matches."""
    return len(index.match(ParsedQuery("", node, False, ()), None, [])) > 0
