"""What a query tree looks for in the text of articles: what vectors encode, excerpts mark and rankings are fused by."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.schema import BASE, Schema
from search.query.tree import AndNot, Leaf, Node, Not, Phrase, Prefix, Term, children


def text_terms(tree: Node, schema: Schema = BASE) -> dict[str, float]:
    """The terms that a tree looks for in the text fields of articles and the sum of their boosts, all above 0; what it
    excludes is not among them."""
    boosts: dict[str, float] = {}
    for leaf in positive_leaves(tree):
        if isinstance(leaf, (Term, Phrase)) and leaf.boost > 0 and leaf.field in schema.full_text:
            for word in leaf.words if isinstance(leaf, Phrase) else (leaf.text, *leaf.also):
                boosts[word] = boosts.get(word, 0.0) + leaf.boost
    return boosts


def phrases(tree: Node) -> list[list[str]]:
    """The phrases of terms a tree looks for."""
    return [list(leaf.words) for leaf in positive_leaves(tree) if isinstance(leaf, Phrase)]


def prefixes(tree: Node, schema: Schema = BASE) -> list[str]:
    """The prefixes a tree looks for in the text."""
    leaves = positive_leaves(tree)
    return [leaf.text for leaf in leaves if isinstance(leaf, Prefix) and leaf.field in schema.full_text]


def positive_leaves(tree: Node) -> Iterator[Leaf]:
    """The leaves of a tree that are not under a NOT, from the left to the right."""
    if isinstance(tree, Leaf):
        yield tree
    elif isinstance(tree, AndNot):
        yield from positive_leaves(tree.included)
    elif not isinstance(tree, Not):
        for part in children(tree):
            yield from positive_leaves(part)
