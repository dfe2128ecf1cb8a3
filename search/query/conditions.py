"""Conditions beside words: "moon landing site:perihelion after:2024" looks for the words, in what the conditions leave.

A condition is whatever names columns only: a field, a group of fields. Where words stand beside it, as they are typed,
without an operator between them, it narrows down what they find instead of being one more of them that an article may
have. One with a boost is a preference and stays what it is: ``moon site:perihelion^2``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.schema import Schema
from search.query.tree import (
    NOTHING,
    And,
    AndMaybe,
    AndNot,
    Leaf,
    Node,
    Not,
    NumericRange,
    Or,
    Phrase,
    Require,
    Term,
    boost_of,
    children,
    map_children,
)


class SideBySide(Or):
    """A group as it was typed, without an operator between its parts. `narrowed` leaves none."""

    __slots__ = ()


def narrowed(node: Node, schema: Schema) -> Node:
    """A tree in which conditions narrow down the words that they stand beside; groups of nothing but conditions hold
    where those of every field do."""
    match node:
        case SideBySide(parts, boost):
            parts = tuple([narrowed(part, schema) for part in parts])
            conditions = [part for part in parts if _is_condition(part, schema)]
            words = tuple([part for part in parts if not _is_condition(part, schema)])
            if not conditions:
                return Or(words, boost)
            required = _all_fields(conditions)
            wanted = [part for part in words if part != NOTHING]
            return Require(Or(words, boost), required) if wanted else required
        case AndMaybe(required, optional):
            return _maybe(narrowed(required, schema), narrowed(optional, schema))
        case AndNot(included, excluded):
            return AndNot(narrowed(included, schema), _any(excluded))
        case Not(excluded):
            return Not(_any(excluded))
    return map_children(lambda part: narrowed(part, schema), node)


def _maybe(required: Node, optional: Node) -> Node:
    """What is required, which what is optional adds to: a condition beside it narrows down both."""
    match optional:
        case Require(words, condition):
            return Require(AndMaybe(required, words), condition)
    return AndMaybe(required, optional)


def _any(node: Node) -> Node:
    """A tree in which a group excludes whatever has any of its parts."""
    if isinstance(node, SideBySide):
        return Or(tuple([_any(part) for part in node.parts]), node.boost)
    return map_children(_any, node)


def _is_condition(node: Node, schema: Schema) -> bool:
    """Whether a tree names columns only, and none of it is a mere preference."""
    if isinstance(node, Leaf):
        return node.field in (*schema.columns, *schema.numeric) and node.boost == 1
    below = children(node)
    return bool(below) and boost_of(node) == 1 and all(_is_condition(part, schema) for part in below)


def _all_fields(conditions: Sequence[Node]) -> Node:
    """Conditions as one: of several values of a field one is enough, and all bounds of it hold."""
    required: list[Node] = []
    by_field: dict[str, list[Node]] = {}
    for condition in conditions:
        if isinstance(condition, Leaf) and not _is_bound(condition):
            values = by_field.setdefault(condition.field, [])
            values.append(condition)
        else:
            required.append(condition)
    required += [Or(tuple(values)) if len(values) > 1 else values[0] for values in by_field.values()]
    return And(tuple(required)) if len(required) > 1 else required[0]


def _is_bound(leaf: Leaf) -> bool:
    return isinstance(leaf, NumericRange) and (leaf.start is None) != (leaf.end is None)


def split(tree: Node, schema: Schema) -> tuple[Node, Node | None]:
    """The words of a tree, and the condition on columns that narrows all of it down; None where there is none."""
    match tree:
        case Require(scored, required) if _is_condition(required, schema):
            return scored, required
    return tree, None


def words_typed(node: Node, schema: Schema) -> str:
    """The words of a tree as they were typed that are wanted in texts, without those of conditions."""
    return " ".join(_words(node, schema))


def _words(node: Node, schema: Schema) -> Iterator[str]:
    match node:
        case Term(field, text=text) if field in schema.full_text:
            yield text
        case Phrase(field, words) if field in schema.full_text:
            yield from words
        case AndNot(included, _):
            yield from _words(included, schema)
        case Not():
            pass
        case _:
            for part in children(node):
                yield from _words(part, schema)
