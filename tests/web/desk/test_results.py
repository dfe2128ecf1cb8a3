"""What a search finds: put in order, hidden, given synonyms and a page of its own; and searches that failed."""

from __future__ import annotations

import re

import pytest

from search.curation.rules import read_rules
from search.curation.search_rules import Hidden, QueryPin, Redirect, Synonyms
from tests.web.desk.archives import MISSED, OTHER, count_missed
from tests.web.desk.conftest import Desk, order_of
from tests.web.markup import Page

QUERY = "moon landing"
RESULTS = "/desk/search"


def _at(desk: Desk, query: str = QUERY) -> str:
    return desk.get(RESULTS, query_string={"q": query})


@pytest.mark.parametrize(("verb", "number"), [("up", 1), ("up", 4), ("down", 0), ("down", 5)])
def test_an_order_is_shown_as_it_was_wanted(desk: Desk, verb: str, number: int) -> None:
    before = order_of(_at(desk))
    article = before[number]
    wanted = [each for each in before if each != article]
    wanted.insert(number - 1 if verb == "up" else number + 1, article)
    assert order_of(desk.post(RESULTS, f"{verb} {article}", q=QUERY)) == wanted
    desk.post(RESULTS, "save", 303, q=QUERY)
    assert order_of(_at(desk)) == wanted
    assert [type(rule) for rule in read_rules(desk.folder).rules] == [QueryPin]


def test_every_result_says_why_it_is_there(desk: Desk) -> None:
    desk.post(RESULTS, f"pin {OTHER}", **({"q": QUERY} if _at(desk) else {}))
    desk.post(RESULTS, "save", 303, q=QUERY)
    html = _at(desk)
    reasons = re.findall(r'<details class="because">\s*<summary><span dir="auto">([^<]+)</span>', html)
    assert len(reasons) == len(order_of(html))
    assert reasons[0].startswith("Editors gave it place 1")
    assert any("moon" in reason for reason in reasons[1:])
    assert "df, articles with the word" in html


def test_of_a_query_of_very_many_words_only_the_first_results_say_why(desk: Desk) -> None:
    html = _at(desk, " OR ".join(["moon", *(f"word{number}" for number in range(500))]))
    assert 1 <= html.count('<details class="because">') < len(order_of(html))
    assert "say why they are found" in html


def test_two_pins_keep_their_places(desk: Desk) -> None:
    before = order_of(_at(desk))
    desk.post(RESULTS, f"pin {OTHER}", q=QUERY)
    shown = order_of(desk.post(RESULTS, f"pin {before[3]}", q=QUERY))
    assert shown[:3] == [before[3], OTHER, before[0]]
    places = {rule.pin: rule.position for rule in _saved(desk) if isinstance(rule, QueryPin)}
    assert places == {before[3]: 1, OTHER: 2}


def _saved(desk: Desk) -> list[object]:
    desk.post(RESULTS, "save", 303, q=QUERY)
    return list(read_rules(desk.folder).rules)


def test_a_hit_is_hidden_and_shown_again(desk: Desk) -> None:
    gone = order_of(_at(desk))[0]
    html = desk.post(RESULTS, f"hide {gone}", q=QUERY)
    assert gone not in order_of(html)
    assert [type(rule) for rule in _saved(desk)] == [Hidden]
    html = _at(desk)
    assert "is hidden here" in html
    button = next(e.attrs["value"] for e in Page(html).all("button") if e.attrs.get("value", "").startswith("drop "))
    assert order_of(desk.post(RESULTS, button, q=QUERY))[0] == gone


def test_hiding_from_all_searches_must_be_meant(desk: Desk) -> None:
    gone = order_of(_at(desk))[0]
    desk.post(RESULTS, f"hideall {gone}", q=QUERY)
    desk.post(RESULTS, "save", 400, q=QUERY)
    desk.post(RESULTS, "save", 303, q=QUERY, sure="yes")
    assert [rule.condition.queries for rule in read_rules(desk.folder).rules if isinstance(rule, Hidden)] == [()]


def test_a_synonym_and_a_redirect_are_proposed(desk: Desk) -> None:
    _at(desk, "moonship")
    html = desk.post(RESULTS, "synonym", q="moonship", typed="moonship", instead="lander")
    assert order_of(html)
    html = desk.post(RESULTS, "redirect", q="moonship", address="https://example.org/moonship")
    assert "are sent to" in html
    desk.post(RESULTS, "save", 303, q="moonship")
    assert [type(rule) for rule in read_rules(desk.folder).rules] == [Synonyms, Redirect]


@pytest.mark.parametrize("word", ["levain", "electric levain", "moon levain", "東京", '"moon', "levain AND (", "*zq*"])
def test_a_synonym_that_no_article_has_is_said_to_find_nothing(desk: Desk, word: str) -> None:
    _at(desk)
    html = desk.post(RESULTS, "synonym", q="moonship", typed="moonship", instead=word)
    assert ("finds nothing more" in html) == (word != '"moon')


@pytest.mark.parametrize("word", ["lander", "far side", "the Moon", "Landing", "Chang'e 6"])
def test_a_synonym_that_articles_have_is_not(desk: Desk, word: str) -> None:
    _at(desk)
    html = desk.post(RESULTS, "synonym", q="moonship", typed="moonship", instead=word)
    assert "not saved yet" in html
    assert "finds nothing more" not in html


@pytest.mark.parametrize(
    ("do", "fields"),
    [
        ("synonym", {"typed": "moonship", "instead": ""}),
        ("synonym", {"typed": "moon", "instead": "Moon"}),
        ("synonym", {"typed": "moon", "instead": "x" * 500}),
        ("redirect", {"address": "javascript:alert(1)"}),
        ("redirect", {"address": "tickets"}),
    ],
)
def test_what_cannot_be_is_refused_in_words(desk: Desk, do: str, fields: dict[str, str]) -> None:
    _at(desk)
    desk.post(RESULTS, do, 400, q=QUERY, **fields)


def test_a_query_that_cannot_be_answered_is_told(desk: Desk) -> None:
    assert desk.client.get(RESULTS, query_string={"q": '"never closed'}).status_code in (200, 400)
    assert desk.client.get(RESULTS, query_string={"q": " "}).status_code == 303


def test_a_synonym_is_approved_with_one_click(desk: Desk) -> None:
    count_missed(desk.folder.path)
    html = desk.get("/desk/missed")
    assert MISSED in html
    assert "Nearest:" in html
    proposed = {e.attrs["name"]: e.attrs["value"] for e in Page(html).all("input") if e.is_in("form", "approve")}
    html = desk.post("/desk/missed", "approve", **{k: v for k, v in proposed.items() if k != "csrf"})
    assert "now finds" in html
    rules = [rule for rule in read_rules(desk.folder).rules if isinstance(rule, Synonyms)]
    assert [(rule.words, rule.one_way) for rule in rules] == [((proposed["typed"], proposed["instead"]), True)]
    found = desk.backend.search(proposed["typed"], limit=5, offset=0, filters={})
    assert found.total > 0


def test_where_no_searches_are_counted_the_page_says_how(desk: Desk) -> None:
    assert "No searches are counted" in desk.get("/desk/missed")
