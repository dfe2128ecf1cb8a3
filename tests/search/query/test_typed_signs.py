"""Signs as people type and paste them: quotation marks, dashes, and operators that are meant as text."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.schema import BASE
from search.query.index_terms import free_text
from search.query.parser import parse
from search.query.tree import And, AndMaybe, AndNot, Node, Not, Or, Phrase, Term
from search.query.typed_signs import read_signs

FAR_SIDE = Phrase("text", ("far", "side"))
MARKS = [
    *("“far side”", "„far side“", "„far side”", "”far side”", "«far side»", "»far side«", "« far side »", "‹far side›"),
    *(
        "›far side‹",
        "「far side」",
        "『far side』",
        "｢far side｣",
        "〝far side〟",
        "〝far side〞",
        "＂far side＂",
        "❝far side❞",
    ),
    *('"far side"', '“far side"', '"far side”', "„far side»", "‟far side”"),
]
DOCUMENTED = Path(__file__).parents[3] / "docs" / "query-language.md"


def word(text: str) -> Term:
    return Term("text", text)


@pytest.mark.parametrize("text", MARKS)
def test_every_kind_of_quotation_marks_makes_a_phrase(text: str) -> None:
    assert parse(text).tree == FAR_SIDE
    assert parse(f"moon {text}, he said.").tree == Or((word("moon"), FAR_SIDE, word("said")))
    assert parse(f"title:{text}").tree == Phrase("title", ("far", "side"))
    assert parse(f"moon -{text}").tree == AndNot(word("moon"), FAR_SIDE)


def test_marks_of_a_script_without_blanks_open_inside_a_text() -> None:
    assert parse("嫦娥「月球」号").tree == Or((word("嫦娥"), Phrase("text", ("月", "球")), word("号")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('5" disk and 3" disk', "5 disk and 3 disk"),
        ('moon "', "moon"),
        ("moon “far side", "moon far side"),
        ("”", ""),
        ("‘far side’ O’Neil’s", "far side O'Neil's"),
    ],
)
def test_marks_without_a_partner_and_apostrophes_are_text(text: str, words: str) -> None:
    found = parse(text)
    assert found.tree == free_text(words, ("en",))
    assert found.is_plain


def test_a_mark_inside_others_does_not_end_the_phrase() -> None:
    assert parse("„far »side« moon“").tree == Phrase("text", ("far", "side", "moon"))


@pytest.mark.parametrize("dash", "-\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d")
def test_every_dash_is_the_same(dash: str) -> None:
    assert parse(f"+x{dash}ray").tree == Or((Phrase("text", ("x", "ray")), word("xray")))
    assert parse(f"moon {dash}mars").tree == AndNot(word("moon"), word("mar"))
    assert parse(f"moon {dash} mars").tree == Or((word("moon"), word("mar")))


@pytest.mark.parametrize("apostrophe", "'\u2019\u02bc\uff07")
def test_every_apostrophe_is_the_same(apostrophe: str) -> None:
    assert parse(f"+o{apostrophe}neil moon").tree == AndMaybe(word("o'neil"), word("moon"))


@pytest.mark.parametrize(
    "text",
    [
        *("git commit --amend", "git commit —amend", "npm install -g", "ls -l", "it is -5 outside", "moon - mars"),
        *("moon -- mars", "moon -", "+ moon", "moon +", "moon -.", "C:\\moon\\mars", "12:30", "a:b", "std::moon"),
        *("title: moon", "Title:moon", "colour:red", "moon \\", "M*A*S*H", "moon -+mars", "+5 moon", "--moon"),
    ],
)
def test_signs_that_are_no_operators_are_text(text: str) -> None:
    found = parse(text)
    assert found.tree == free_text(re.sub(r"[*\\:—-]", " ", text), ("en",))
    assert found.is_plain
    assert not found.excluded


def test_operators_still_are() -> None:
    moon, mars = word("moon"), word("mar")
    for text in ("moon -mars", "moon NOT mars", "moon (-mars)", "-mars moon"):
        assert parse(text).tree == AndNot(moon, mars), text
    assert parse("-mars").tree == Not(mars)
    assert parse("+moon mars").tree == AndMaybe(moon, mars)
    assert parse("moon -日").tree == AndNot(moon, word("日"))
    assert parse("moon -section:Mars").tree == AndNot(moon, Term("section", "Mars"))
    assert parse("+moon +2024").tree == And((moon, word("2024")))


@pytest.mark.parametrize(
    "operator", ["AND", "OR", "NOT", "AND NOT", "ANDNOT", "ANDMAYBE", "REQUIRE", "AND (", "( NOT )"]
)
def test_an_operator_that_joins_nothing_yet_is_nothing(operator: str) -> None:
    assert parse(f"moon {operator}").tree == parse("moon").tree
    assert parse(f"moon {operator}").is_plain
    assert parse(f"moon AND mars {operator}").tree == parse("moon AND mars").tree
    assert parse(f"moon AND (mars {operator}").tree == parse("moon AND (mars)").tree


def test_an_operator_before_all_words_is_nothing_but_for_not() -> None:
    assert parse("OR moon").tree == parse("AND AND moon").tree == word("moon")
    assert parse("NOT moon").tree == Not(word("moon"))


def test_operators_alone_and_in_a_sentence_in_capitals_are_words() -> None:
    for text in ("AND", "NOT OR", "BELIEVE IT OR NOT", "DROP IS NOT DUE TO TRADING", "MOON BASE OR MARS"):
        assert parse(text).is_plain, text
        assert parse(text).text == text
    assert parse("DROP IS NOT DUE").notes == ("all of this is in capitals: searched for all words, 'NOT' among them",)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "MOON NOT MARS",
            "NASA AND ESA NOT JAXA",
            "MOON BASE NOT (MARS)",
            'MOON BASE NOT "MARS"',
            "MOON BASE NOT MAR*",
        ),
        *("Moon BASE NOT MARS", "MOON BASE NOT title:MARS", "量子 入門 NOT 力学"),
    ],
)
def test_operators_in_capitals_among_conditions_and_other_words_are_operators(text: str) -> None:
    assert not parse(text, ("en", "zh")).is_plain


def test_what_was_read_as_a_word_is_said() -> None:
    assert parse("npm install -g").notes == ("'-g' was searched for as a word; NOT g leaves it out",)
    assert "there is no field 'colour'" in parse("moon colour:red").notes[0]
    assert parse("at 12:30, see https://example.org/a").notes == ()


def test_words_that_a_minus_excludes_are_told_from_conditions() -> None:
    assert parse("tar -xzf file").excluded == ("xzf",)
    for text in ("-mars", "moon -section:mars", 'moon -"far side"', "moon -(mars)", "moon NOT mars", "moon -mar*"):
        assert parse(text).excluded == (), text


SIGNS = "\"“”„«»‹›「」『』〝'’–—*(^~"
pieces = st.lists(st.sampled_from(["moon", "g", "5", "日", " ", "-", "+", ":", "\\", *SIGNS]), max_size=24)


@settings(deadline=None, max_examples=300)
@given(pieces.map("".join))
def test_quotation_marks_come_out_in_pairs_and_no_word_is_lost(text: str) -> None:
    found = read_signs(text, BASE.searchable).text
    assert found.count('"') % 2 == 0
    assert re.findall(r"\w+", found) == re.findall(r"\w+", text)


def test_marks_that_nothing_closes_take_no_time() -> None:
    started = time.process_time()
    read_signs("„ « 「 “a " * 20_000, BASE.searchable)
    assert time.process_time() - started < 5


def test_the_queries_of_the_documentation_are_read_without_a_note() -> None:
    table = DOCUMENTED.read_text("utf-8").partition("| --- | --- |")[2].partition("\n\n")[0]
    queries = [
        query for row in table.splitlines() for query in re.findall(r"`([^`]+)`", row.split("|")[1] if row else "")
    ]
    assert len(queries) > 30
    declared = ("rating:", "series:", "sponsored:")
    for query in queries:
        if not query.startswith(declared):
            found = parse(query)
            assert not found.notes, query
            assert isinstance(found.tree, Node)
