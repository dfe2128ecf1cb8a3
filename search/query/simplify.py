"""Query trees that mean the same and are simpler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from search.query.tree import (
    NOTHING,
    And,
    AndMaybe,
    AndNot,
    Everything,
    Node,
    Not,
    Or,
    Prefix,
    Require,
    Term,
    TermRange,
    Wildcard,
    boost_of,
    map_children,
    with_boost,
)

MAX_BOOST = 1e6  # of a word, and of the product of boosts that groups in groups multiply to
_LAST_CHARACTER = "\uffff"


def pattern(field: str, text: str, boost: float) -> Node:
    """The node for a pattern: ``moon*`` is a prefix, ``*`` everything, and one without a wildcard a term."""
    if text == "*":
        return Everything(field, boost=boost)
    if "*" not in text and "?" not in text:
        return Term(field, text, boost=boost)
    if text.find("*") == len(text) - 1 and not any(sign in text for sign in "?["):
        return Prefix(field, text[:-1], boost=boost)
    return Wildcard(field, text, boost=boost)


def term_range(node: TermRange) -> Node:
    """The node for a range of terms: one without ends is everything, one from a term to the same term that term."""
    if not node.start and node.end in (_LAST_CHARACTER, None):
        return Everything(node.field, boost=node.boost)
    if node.start is None or node.start != node.end:
        return node
    if node.start_excluded or node.end_excluded:
        return NOTHING
    return Term(node.field, node.start, boost=node.boost)


def without_exclusions(node: Node) -> Node:
    """A tree that matches what a tree would if nothing were excluded; `NOTHING` where all it does is exclude."""
    match node:
        case AndNot(included):
            return without_exclusions(included)
        case Not():
            return NOTHING
    return map_children(without_exclusions, node)


def tidy(node: Node) -> Node:
    """An equivalent tree without groups of one, groups directly in a group of their own kind, and parts of which
    nothing is left; a word that occurs twice in a group counts twice, as in plain words.

    >>> tidy(Or((Or((Term("text", "moon"),)), NOTHING, Term("text", "moon"))))
    Term(field='text', boost=2.0, text='moon', also=())
    """
    match node:
        case And() | Or():
            return _tidy_group(node)
        case Not(excluded):
            excluded = tidy(excluded)
            return NOTHING if excluded == NOTHING else Not(excluded)
        case AndNot(included, excluded):
            included, excluded = tidy(included), tidy(excluded)
            return included if NOTHING in (included, excluded) else AndNot(included, excluded)
        case AndMaybe(first, second) | Require(first, second):
            first, second = tidy(first), tidy(second)
            return second if first == NOTHING else first if second == NOTHING else type(node)(first, second)
    return node


def _tidy_group(group: And | Or) -> Node:
    parts = _merged_terms([part for child in group.parts for part in _tidy_parts(group, tidy(child))])
    if not parts:
        return NOTHING
    if len(parts) == 1:
        return with_boost(parts[0], boost_of(parts[0]) * group.boost) if group.boost != 1 else parts[0]
    return type(group)(tuple(parts), group.boost)


def _tidy_parts(group: And | Or, part: Node) -> Iterator[Node]:
    """What a tidy part of a group adds to it: its own parts where it is a group of the same kind."""
    if isinstance(part, (And, Or)) and type(part) is type(group) and part.boost == 1:
        yield from part.parts
    elif part != NOTHING:
        yield part


def _merged_terms(parts: list[Node]) -> list[Node]:
    """The parts of a group with each term once, where it is first, with the sum of its boosts."""
    boosts: dict[Term, float] = {}
    for part in parts:
        if isinstance(part, Term):
            word = replace(part, boost=1.0)
            boosts[word] = boosts.get(word, 0.0) + part.boost
    merged: list[Node] = []
    for part in parts:
        if isinstance(part, Term):
            boost = boosts.pop(replace(part, boost=1.0), None)
            if boost is not None:
                merged.append(replace(part, boost=min(boost, MAX_BOOST)))
        else:
            merged.append(part)
    return merged
