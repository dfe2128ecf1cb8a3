"""Which queries a rule is for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.curation.query_condition import QueryCondition, folded


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("  Moon   Landing ", "moon landing"),
        ('"Café-Racer", 2024!', "cafe racer 2024"),
        ("ＭＯＯＮ", "moon"),
        ("C++ and AT&T #tag", "c++ and at&t #tag"),
        ("月 着陸", "月 着陸"),
        ("?!", ""),
    ],
)
def test_queries_are_compared_without_what_makes_no_difference(typed: str, compared: str) -> None:
    assert folded(typed) == compared
    assert folded(compared) == compared


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("moon*", ["moon", "moonlight", "moon landing"], ["the moon", "moo"]),
        ("*moon", ["moon", "the moon"], ["moons"]),
        ("*moon*", ["moon", "full moons rise"], ["mo on"]),
        ("moon * 2024", ["moon landing 2024", "moon in 2024"], ["moon 2024", "moon landing 2023"]),
        ("a*a", ["aa", "aba", "a a"], ["a"]),
        ("a*b*a*b", ["abab", "a b c a b"], ["aab", "ab"]),
        ("Lüne*", ["lune", "lunette"], ["lun"]),
        ("moon", ["moon"], ["moons"]),
    ],
)
def test_patterns(pattern: str, fitting: list[str], others: list[str]) -> None:
    condition = QueryCondition(patterns=(pattern,))
    assert [condition.holds_for(folded(query)) for query in fitting] == [True] * len(fitting)
    assert [condition.holds_for(folded(query)) for query in others] == [False] * len(others)


def test_a_condition_without_queries_holds_for_all_and_one_with_several_for_each() -> None:
    assert QueryCondition().holds_for("anything")
    either = QueryCondition(("Moon", "Luna"), ("mars *",))
    assert [either.holds_for(query) for query in ("moon", "luna", "mars rover", "mars")] == [True, True, True, False]


@given(st.text("ab ", max_size=12), st.lists(st.text("ab ", max_size=3), min_size=1, max_size=4))
def test_a_pattern_fits_as_a_regular_expression_does(query: str, parts: list[str]) -> None:
    pattern = "*".join(parts)
    text, wanted = folded(query), folded(pattern)
    expected = re.fullmatch(".*".join(map(re.escape, wanted.split("*"))), text) is not None
    assert QueryCondition(patterns=(pattern,)).holds_for(text) == expected
