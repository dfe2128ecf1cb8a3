"""The nodes of query trees: what all of them have in common, and that everybody behind the parser knows each."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from search.lexical.evaluator import EVALUATE
from search.lexical.term_expansion import EXPANSIONS
from search.query.leaves import positive_leaves
from search.query.tree import (
    MULTI_TERMS,
    NODES,
    NOTHING,
    And,
    AndMaybe,
    AndNot,
    DisjunctionMax,
    Everything,
    Fuzzy,
    Leaf,
    Node,
    Not,
    NumericRange,
    Or,
    Phrase,
    Prefix,
    Require,
    Term,
    TermRange,
    Wildcard,
    boost_of,
    children,
    map_children,
    with_boost,
)
from search.ranking.explain import EXPLAIN
from tests.oracle.whoosh_tree import to_whoosh

MOON, MARS = Term("text", "moon", boost=2.0), Term("title", "mar")
EXAMPLES: list[Node] = [
    NOTHING,
    Everything("date"),
    MOON,
    Phrase("text", ("far", "side"), slop=3),
    Prefix("text", "satell"),
    Wildcard("text", "wom?n"),
    Fuzzy("text", "shenzou"),
    TermRange("text", "lander", "launch"),
    NumericRange("words", 300, None),
    And((MOON, MARS), boost=3.0),
    Or((MOON, MARS)),
    DisjunctionMax((MOON, MARS), boost=2.0),
    Not(MOON),
    AndNot(MOON, MARS),
    AndMaybe(MOON, MARS),
    Require(MOON, MARS),
]


def test_everybody_behind_the_parser_knows_every_node() -> None:
    assert {type(node) for node in EXAMPLES} == set(NODES) == EVALUATE.keys() == EXPLAIN.keys()
    assert set(MULTI_TERMS) == EXPANSIONS.keys()


@pytest.mark.parametrize("node", EXAMPLES, ids=lambda node: type(node).__name__)
def test_nodes_are_values(node: Node) -> None:
    copy = map_children(lambda child: child, node)
    assert copy == node
    assert hash(copy) == hash(node)
    assert sum(other == node for other in EXAMPLES) == 1
    assert not hasattr(node, "__dict__")
    for name in getattr(node, "__match_args__", ()):
        with pytest.raises(FrozenInstanceError):
            setattr(node, name, None)


@pytest.mark.parametrize("node", EXAMPLES, ids=lambda node: type(node).__name__)
def test_children_are_what_is_mapped(node: Node) -> None:
    seen: list[Node] = []
    changed = map_children(lambda child: seen.append(child) or Everything(), node)
    assert tuple(seen) == children(node)
    assert type(changed) is type(node)
    assert boost_of(changed) == boost_of(node)
    assert children(changed) == (Everything(),) * len(seen)
    assert isinstance(node, Leaf) or node == NOTHING or seen


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (MOON, Term("text", "moon", boost=5.0)),
        (Or((MOON, MARS), 2.0), Or((MOON, MARS), 5.0)),
        (Not(MOON), Not(MOON)),
        (AndNot(MOON, MARS), AndNot(with_boost(MOON, 5.0), MARS)),
        (AndMaybe(MOON, MARS), AndMaybe(with_boost(MOON, 5.0), with_boost(MARS, 5.0))),
        (Require(MOON, MARS), Require(with_boost(MOON, 5.0), MARS)),
        (NOTHING, NOTHING),
    ],
)
def test_a_boost_goes_to_what_scores(node: Node, expected: Node) -> None:
    assert with_boost(node, 5.0) == expected


def test_leaves_that_are_not_excluded() -> None:
    ice, oil, orbit, launch = (Term("text", word) for word in ("ice", "oil", "orbit", "launch"))
    tree = Or((AndNot(MOON, MARS), Not(ice), AndMaybe(oil, Require(orbit, NOTHING)), And((launch, Not(MARS)))))
    assert list(positive_leaves(tree)) == [MOON, oil, orbit, launch]


@pytest.mark.parametrize(
    ("node", "typed"),
    [
        (Prefix("text", "satell"), "text:satell*"),
        (Wildcard("title", "wom?n"), "title:wom?n"),
        (Fuzzy("text", "shenzou"), "text:shenzou~"),
        (Fuzzy("text", "tiangongg", 2), "text:tiangongg~2"),
        (TermRange("text", "lander", "launch", True), "text:{lander TO launch]"),
        (TermRange("text", "lander", None, end_excluded=True), "text:[lander TO }"),
    ],
)
def test_what_stands_for_many_terms_is_shown_as_it_is_typed_and_as_whoosh_shows_it(node: Node, typed: str) -> None:
    assert str(node) == typed == str(to_whoosh(node))
