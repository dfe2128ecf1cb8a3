"""Conditions beside words narrow down what the words find."""

from __future__ import annotations

import pytest

from indexer.schema import Kind, Schema, declared_field
from search.query.parser import parse, without_condition
from search.query.tree import AndMaybe, AndNot, Everything, Node, NumericRange, Or, Phrase, Term

MOON, LANDING, MARS = Term("text", "moon"), Term("text", "land"), Term("text", "mar")
NORTH, SOUTH, ADA = Term("site", "north"), Term("site", "south"), Term("author", "ada")
JUNE, SEPTEMBER = 1717200000, 1725148800  # when they begin, 2024


def split(text: str) -> tuple[Node, Node | None]:
    query, condition = without_condition(parse(text))
    return query.tree, condition


@pytest.mark.parametrize(
    ("text", "words", "condition"),
    [
        ("moon landing site:north", Or((MOON, LANDING)), NORTH),
        ("site:north moon landing", Or((MOON, LANDING)), NORTH),
        ("moon by:ada", MOON, ADA),
        ('moon by:"Ada Lee"', MOON, Phrase("author", ("Ada Lee",))),
        ("moon lang:fr", MOON, Term("language", "fr")),
        ("moon site:north site:south", MOON, Or((NORTH, SOUTH))),
        ("moon (site:north OR site:south)", MOON, Or((NORTH, SOUTH))),
        ("+moon landing site:north", AndMaybe(MOON, LANDING), NORTH),
        ('"far side" site:north', Phrase("text", ("far", "side")), NORTH),
        ("* site:north", Everything(), NORTH),
        ("moon after:2024-06", MOON, NumericRange("date", JUNE, None, end_excluded=True)),
        ("moon before:2024-09", MOON, NumericRange("date", None, SEPTEMBER, end_excluded=True)),
        ("moon tag:*", MOON, Everything("tag")),
    ],
)
def test_what_narrows_down(text: str, words: Node, condition: Node) -> None:
    assert split(text) == (words, condition)


@pytest.mark.parametrize(
    "text",
    [
        "moon OR site:north",
        "moon site:north^2",
        "moon title:north",
        "site:north",
        "moon -site:north",
        "(moon mars) OR site:north",
    ],
)
def test_what_does_not(text: str) -> None:
    assert split(text)[1] is None


def test_what_is_left_of_the_words() -> None:
    query, _ = without_condition(parse("Moon's landing after:2024 by:ada"))
    assert query.text == "Moon's landing"
    assert query.is_plain
    assert parse("moon site:north").text == "moon site:north"


def test_what_excludes_has_conditions_of_its_own() -> None:
    assert parse("-site:north -by:ada moon").tree == AndNot(MOON, Or((NORTH, ADA)))
    assert parse("NOT (moon site:north)").tree == parse("NOT (moon OR site:north)").tree


def test_what_is_no_date_is_text_and_said() -> None:
    query = parse("moon after:dinner")
    assert query.tree == Or((MOON, Term("text", "dinner")))
    assert query.notes == ("'dinner' is not a date; write a year, 2024-03 or 2024-03-18",)


def test_a_field_of_the_publishers_comes_before_a_short_name() -> None:
    schema = Schema((declared_field("by", Kind.KEYWORD, "by", filterable=True),))
    assert parse("by:ada", schema=schema).tree == Term("by", "ada")
