"""An article's block: proposed, seen, saved, taken back; and never anybody else's change overwritten."""

from __future__ import annotations

import json
import logging

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from search.curation import rules_history, rules_replacement
from search.curation.rules import Forbidden, NeverOffered, Pin, read_rules
from search.curation.rules_file import add_rule
from tests.web.desk.archives import ARTICLE, OTHER, OTHER_HEADLINE
from tests.web.desk.conftest import Desk, order_of
from tests.web.markup import Page
from web.desk import changes, work

BLOCK = f"/desk/article/{ARTICLE}"


def _pinned(desk: Desk) -> list[tuple[str, int]]:
    rules = read_rules(desk.folder).rules
    return sorted(((rule.pin, rule.position) for rule in rules if isinstance(rule, Pin)), key=lambda pin: pin[1])


def test_a_page_is_well_formed_and_shows_the_block_in_order(desk: Desk) -> None:
    html = desk.get(BLOCK)
    page = Page(html)
    reader = Page(desk.get(f"/article/{ARTICLE}"))
    shown = [e.text for e in page.all("a", "headline")]
    offered = [e.text for e in reader.all("a") if e.is_in("aside", "related") and e.text != "read more"]
    assert shown == list(dict.fromkeys(offered))


def test_a_pin_is_seen_before_it_is_saved(desk: Desk) -> None:
    before = order_of(desk.get(BLOCK))
    then = order_of(desk.post(BLOCK, f"pin {OTHER}"))
    assert then[0] == OTHER
    assert then[1:] == before[: len(then) - 1]
    assert desk.rules() == ""
    assert order_of(desk.get(BLOCK)) == before


def test_saving_is_for_readers_at_once(desk: Desk) -> None:
    desk.get(BLOCK)
    desk.post(BLOCK, f"pin {OTHER}")
    desk.post(BLOCK, "save", 303)
    assert OTHER_HEADLINE in Page(desk.get(f"/article/{ARTICLE}")).one("aside", "related").text
    assert _pinned(desk) == [(OTHER, 1)]


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("verb", ["up", "down"])
def test_every_step_of_an_order_is_shown_as_it_was_wanted(desk: Desk, verb: str, number: int) -> None:
    before = order_of(desk.get(BLOCK))
    number = min(number, len(before) - 1)
    article = before[number] if verb == "up" else before[number - 1]
    wanted = list(before)
    wanted[number - 1], wanted[number] = wanted[number], wanted[number - 1]
    place = wanted.index(article) + 1
    assert order_of(desk.post(BLOCK, f"{verb} {article}"))[:place] == wanted[:place]


def test_steps_follow_each_other_and_need_few_pins(desk: Desk) -> None:
    before = order_of(desk.get(BLOCK))
    last = before[-1]
    for place in range(len(before) - 1, 0, -1):
        shown = order_of(desk.post(BLOCK, f"up {last}"))
        assert shown.index(last) == place - 1
    desk.post(BLOCK, "save", 303)
    assert order_of(desk.get(BLOCK))[0] == last
    assert _pinned(desk)[0] == (last, 1)
    desk.post(BLOCK, f"place {last} 3")
    desk.post(BLOCK, "save", 303)
    assert order_of(desk.get(BLOCK))[2] == last
    positions = [position for _, position in _pinned(desk)]
    assert positions == sorted(set(positions))  # no two for one place


def test_what_is_taken_out_here_is_offered_elsewhere(desk: Desk) -> None:
    gone = order_of(desk.get(BLOCK))[1]
    html = desk.post(BLOCK, f"part {gone}")
    assert gone not in order_of(html)
    assert "Not shown any more" in html
    desk.post(BLOCK, "save", 303)
    assert [rule for rule in read_rules(desk.folder).rules if isinstance(rule, Forbidden) and rule.one_way]
    html = desk.get(BLOCK)
    assert "is not offered here" in html
    desk.post(BLOCK, f"pin {gone}")  # whoever pins it wants it back
    desk.post(BLOCK, "save", 303)
    assert [type(rule) for rule in read_rules(desk.folder).rules] == [Pin]


def test_two_are_parted_both_ways(desk: Desk) -> None:
    gone = order_of(desk.get(BLOCK))[0]
    assert gone not in order_of(desk.post(BLOCK, f"both {gone}"))
    desk.post(BLOCK, "save", 303)
    assert ARTICLE not in order_of(desk.get(f"/desk/article/{gone}"))


def test_what_is_taken_out_everywhere_must_be_meant(desk: Desk) -> None:
    gone = order_of(desk.get(BLOCK))[1]
    desk.post(BLOCK, f"never {gone}")
    assert "Tick the box" in desk.post(BLOCK, "save", 400)
    assert desk.rules() == ""
    desk.post(BLOCK, "save", 303, sure="yes")
    assert [type(rule) for rule in read_rules(desk.folder).rules] == [NeverOffered]


def test_a_step_is_taken_back_before_it_is_saved(desk: Desk) -> None:
    before = order_of(desk.get(BLOCK))
    html = desk.post(BLOCK, f"pin {OTHER}")
    button = next(e.attrs["value"] for e in Page(html).all("button") if e.attrs.get("value", "").startswith("back "))
    html = desk.post(BLOCK, button)
    assert order_of(html) == before
    assert json.loads(desk.fields["draft"]) == []


def test_a_change_by_somebody_else_is_told_and_not_overwritten(desk: Desk) -> None:
    _first, second, third = order_of(desk.get(BLOCK))[:3]
    desk.post(BLOCK, f"up {second}")
    add_rule(desk.folder, Forbidden(ARTICLE, third), by="Bruno")
    html = desk.post(BLOCK, "save", 409)
    assert "changed by Bruno" in html
    assert second in order_of(html)
    assert third not in order_of(html)
    assert _pinned(desk) == []
    desk.post(BLOCK, "save", 303)
    assert [type(rule) for rule in read_rules(desk.folder).rules] == [Forbidden, Pin]


def test_a_change_in_the_file_is_told_too(desk: Desk) -> None:
    desk.get(BLOCK)
    desk.post(BLOCK, f"pin {OTHER}")
    desk.folder.rules.write_text(f"# ours\n- never_offer: {OTHER}\n")
    assert "The rules were changed" in desk.post(BLOCK, "save", 409)
    assert desk.rules() == f"# ours\n- never_offer: {OTHER}\n"


def test_comments_and_order_of_the_file_stay(desk: Desk) -> None:
    _first, second = order_of(desk.get(BLOCK))[:2]
    text = f"# by hand\n- pin: {second}  # why\n  under: {ARTICLE}\n  position: 2\n\n# last\n- synonyms: [ev, car]\n"
    desk.folder.rules.write_text(text)
    desk.get(BLOCK)
    desk.post(BLOCK, f"pin {OTHER}")
    desk.post(BLOCK, "save", 303)
    assert desk.rules().startswith(
        f"# by hand\n- pin: {second}\n  under: {ARTICLE}\n  position: 3\n\n# last\n- synonyms: [ev, car]\n"
    )


def test_who_changed_what_is_kept_and_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.get(BLOCK)
    desk.post(BLOCK, f"pin {OTHER}")
    with caplog.at_level(logging.INFO):
        desk.post(BLOCK, "save", 303)
    assert [change.who for change in rules_history.changes(desk.folder)] == ["Anna"]
    assert "Anna (key " in caplog.text
    assert "changed the rules (change 1)" in caplog.text


def test_where_nothing_can_be_written_the_desk_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.get(BLOCK)
    desk.post(BLOCK, f"pin {OTHER}")
    monkeypatch.setattr(work.os, "access", lambda *_: False)
    assert "Read only." in desk.get(BLOCK)
    assert "may not write" in desk.post(BLOCK, "save", 403)
    assert desk.rules() == ""


HOSTILE = "<script>alert(1)</script>\"'&"


def test_what_was_typed_is_text(desk: Desk) -> None:
    desk.get(BLOCK)
    for html in (
        desk.post(BLOCK, "find", find=HOSTILE),
        desk.get("/desk/find", query_string={"q": HOSTILE}),
        desk.get("/desk/search", query_string={"q": HOSTILE.replace('"', "")}),
    ):
        assert "<script>alert" not in html
        Page(html)


def test_what_articles_smuggle_in_is_text(desk: Desk) -> None:
    smuggled = Article(
        id="smuggled",
        title=f"Chang'e 6 {HOSTILE} \u202e",
        body="Chang'e 6 launches to bring home rock from the far side of the Moon. " * 5,
        url="https://orbital.example/<script>",
        section=HOSTILE,
        site="</title><script>alert(1)</script>",
        language='en" onload="alert(1)',
    )
    with Archive.open(desk.folder.path) as archive:
        archive.add([smuggled])
    desk.get(BLOCK)
    pages = [desk.post(BLOCK, "pin smuggled")]
    desk.post(BLOCK, "save", 303)
    paths = (BLOCK, "/desk/article/smuggled", "/desk", "/desk/changes", "/desk/rules", "/desk/judge/smuggled",
             "/desk/search?q=rock", "/desk/find?q=chang", f"/desk/judge/{ARTICLE}")  # fmt: skip
    pages += [desk.get(path) for path in paths]
    assert "&lt;script&gt;" in pages[0]
    for html in pages:
        assert "<script>alert" not in html
        assert ' onload="' not in html
        Page(html)


@pytest.mark.parametrize(
    "draft",
    ["[", "{}", "[1]", '[{"rule": {}, "drop": false}]', '[{"rule": {"pin": "a"}, "drop": false}]', "[" * 9000,
     '[{"rule": {"pin": "a\\n- never_offer: b", "under": "c"}, "drop": false}]', '[{"rule": {"pin": [1]}}]'],
)  # fmt: skip
def test_a_draft_that_is_none_is_refused(desk: Desk, draft: str) -> None:
    desk.get(BLOCK)
    desk.post(BLOCK, "save", 400, draft=draft)
    assert desk.rules() == ""


def test_nonsense_does_nothing(desk: Desk) -> None:
    before = order_of(desk.get(BLOCK))
    first = before[0]
    of_none = ("", "up", "up nobody-here", "place", "drop 123", "back 123", "unpin nobody")
    for do in (*of_none, f"place {first} x", f"place {first} 9999", f"up {first}", f"pin {ARTICLE}"):
        response = desk.client.post(BLOCK, data={**desk.fields, "do": do})
        assert response.status_code in (200, 404), do
        if response.status_code == 200:
            assert order_of(response.get_data(as_text=True)) == before, do
    assert desk.client.get("/desk/article/nobody-here").status_code == 404


def test_of_many_rules_the_page_has_the_first_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "RULES_SHOWN", 3)
    desk.folder.rules.write_text("".join(f"- never_offer: gone-{number}\n" for number in range(5)))
    html = desk.get("/desk/rules")
    assert html.count('value="drop ') == 3
    assert "And 2 more rules, which only the file below has." in html
    assert html.count("the rule waits for it") == 3
    assert "<p>And 2 more.</p>" in html
    assert "gone-4" in html[html.index("<textarea") :]
    desk.folder.rules.write_text("- never_offer: gone-1\n")
    assert "more" not in desk.get("/desk/rules").partition("<textarea")[0].partition("<main")[2]


def test_a_text_of_too_many_rules_is_not_saved(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_replacement, "MAX_ENTRIES", 3)
    desk.get("/desk/rules")
    text = "".join(f"- never_offer: gone-{number}\n" for number in range(4))
    assert "more than 3 rules, the most there may be" in desk.post("/desk/rules", "replace", 400, text=text)
    assert desk.rules() == ""
