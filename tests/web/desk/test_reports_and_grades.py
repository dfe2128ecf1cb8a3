"""Reports, grades, the history and the file of rules."""

from __future__ import annotations

import re

import pytest

from recommender.audit import kept_report
from recommender.feedback import grades
from search.curation import rules_history
from search.curation.rules import Pin
from search.curation.rules_file import add_rule
from tests.web.desk.archives import ARTICLE, OTHER
from tests.web.desk.conftest import Desk, order_of
from tests.web.markup import Page
from tests.web.server.running import wait_until
from web.desk.making_report import is_being_made, keep_report

BLOCK = f"/desk/article/{ARTICLE}"


def test_the_report_is_made_and_read_in_an_editors_words(desk: Desk) -> None:
    assert "No report was made yet" in desk.get("/desk/reports")
    assert keep_report(desk.folder, desk.backend.recommender())
    html = desk.get("/desk/reports")
    assert "Every article is in a list of related articles" in html
    assert "A list is the first 10 related articles of another. The block that readers see shows fewer" in html
    report = kept_report.load(desk.folder)
    assert report is not None
    orphans = report["exposure"]["most_offered"][:3]  # as if nobody were sent there
    report["exposure"]["never_offered"] = {"count": 3, "articles": orphans}
    kept_report.save(desk.folder, report)
    html = desk.get("/desk/reports")
    Page(html)
    assert "3 articles are in no list of related articles" in " ".join(html.split())
    assert not re.search("gini|ndcg|nDCG|penalty", html)
    for article in report["exposure"]["never_offered"]["articles"]:
        assert f'href="/desk/article/{article["id"]}"' in html
    assert "3 articles are in no list of related articles" in desk.get("/desk")
    assert not is_being_made(desk.folder)


def test_a_report_is_made_in_the_background(desk: Desk) -> None:
    desk.get("/desk/reports")
    started = desk.client.post("/desk/reports", data=desk.fields)
    html = desk.get(started.headers["Location"])
    assert "is being made" in html or kept_report.load(desk.folder) is not None
    wait_until(lambda: kept_report.load(desk.folder) is not None and not is_being_made(desk.folder))
    assert "Every article is in a list of related articles" in desk.get("/desk/reports")


def test_an_editor_grades_a_block(desk: Desk) -> None:
    page = f"/desk/judge/{ARTICLE}"
    shown = re.findall(r'role="group"[^>]*data-id="([^"]+)"', desk.get(page))
    desk.post(page, f"S {shown[0]}")
    desk.post(page, f"B {shown[1]}")
    desk.post(page, f"X {shown[1]}")
    desk.post(page, f"W {shown[0]}")  # changed their mind
    read = grades.read(desk.folder)
    assert {(g.item, g.grade, g.reason_grade, g.person, g.place) for g in read.grades} == {
        (shown[0], "W", "", "Anna", 1),
        (shown[1], "B", "X", "Anna", 2),
    }
    assert all(grade.nearness is not None for grade in read.grades)
    assert "50%" in desk.get("/desk/grades")
    desk.post(page, f"T {shown[2]}", 400)  # a reason before its item
    desk.post(page, f"Q {shown[2]}", 400)
    assert "not in the block any more" in desk.post(page, f"S {OTHER}")


def test_the_next_block_is_one_not_graded(desk: Desk) -> None:
    first = desk.client.get("/desk/judge").headers["Location"]
    shown = re.findall(r'role="group"[^>]*data-id="([^"]+)"', desk.get(first))
    desk.post(first, f"S {shown[0]}")
    assert desk.client.get("/desk/judge").headers["Location"] != first


def test_every_change_is_listed_and_can_be_taken_back(desk: Desk) -> None:
    desk.get(BLOCK)
    desk.post(BLOCK, f"pin {OTHER}")
    desk.post(BLOCK, "save", 303)
    add_rule(desk.folder, Pin("2024-02-22-odysseus-lands", OTHER), by="Bruno")
    desk.folder.rules.write_text(desk.rules() + "- stop_words: [news]\n")
    html = desk.get("/desk/changes")
    assert re.findall(r"<strong>([^<]+)</strong>, \d", html) == ["by hand, in the file", "Bruno", "Anna"]
    desk.post("/desk/changes", "undo 1", 303)
    assert OTHER not in order_of(desk.get(BLOCK))
    assert "stop_words" in desk.rules()
    assert "odysseus" in desk.rules()
    assert rules_history.changes(desk.folder, 1)[0].who == "Anna"
    assert "cannot be taken back" in desk.post("/desk/changes", "undo 1", 409)
    desk.post("/desk/changes", "undo 99", 409)


def test_rules_are_taken_out_by_a_button(desk: Desk) -> None:
    add_rule(desk.folder, Pin(OTHER, ARTICLE), by="Bruno")
    html = desk.get("/desk/rules")
    button = next(e.attrs["value"] for e in Page(html).all("button") if e.attrs.get("value", "").startswith("drop "))
    assert "not saved yet" in desk.post("/desk/rules", button)
    desk.post("/desk/rules", "save", 303)
    assert "pin:" not in desk.rules()


def test_the_file_is_edited_as_text_or_not_at_all(desk: Desk) -> None:
    desk.get("/desk/rules")
    desk.post("/desk/rules", "replace", 303, text="# ours\r\n- boost: 2\r\n  section: MOON\r\n")
    assert desk.rules() == "# ours\n- boost: 2\n  section: MOON\n"
    desk.get("/desk/rules")
    html = desk.post("/desk/rules", "replace", 400, text="- boost: 99\n  section: MOON\n")
    assert "line 1" in html
    assert "boost: 99" in html  # what was typed is not lost
    add_rule(desk.folder, Pin(OTHER, ARTICLE), by="Bruno")
    desk.post("/desk/rules", "replace", 409, text="- stop_words: [a]\n")
    assert "boost: 2" in desk.rules()


def test_a_file_of_another_form_is_changed_by_hand(desk: Desk) -> None:
    text = f"[{{pin: {OTHER}, under: {ARTICLE}}}]\n"
    desk.folder.rules.write_text(text)
    assert order_of(desk.get(BLOCK))[0] == OTHER
    answer = desk.client.post(BLOCK, data={**desk.fields, "do": f"unpin {OTHER}"})
    assert answer.status_code == 503
    assert "change it by hand" in answer.get_data(as_text=True)
    assert desk.rules() == text


@pytest.mark.parametrize("text", ["- pin", "{", "\t- x"])
def test_rules_that_cannot_be_read_are_told(desk: Desk, text: str) -> None:
    desk.folder.rules.write_text(text)
    answer = desk.client.get(BLOCK)
    assert answer.status_code in (200, 503)
    Page(answer.get_data(as_text=True))
