"""Grading blocks: an editor says of each item whether they would sign it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, url_for

from recommender.audit.judging import Placed, blocks_by_lot, grade_of, placed
from recommender.feedback import grade_report, grades
from recommender.feedback.grades import Grade
from recommender.related import Recommender
from recommender.request.seeds import ArticleSeed
from web.desk.forms import action_of
from web.desk.room import current_form, page
from web.desk.sessions import current_session
from web.desk.work import check_writable, folder_of, log, recommender
from web.http.refused import RefusedError


@dataclass(frozen=True, slots=True)
class Judged:
    """An item of a block, and what this editor said of it, if they did."""

    of: Placed
    grade: Grade | None


def next_to_judge() -> Any:
    """A block that this editor has not graded yet."""
    of = recommender()
    person = current_session().key.name
    known = {grade.source for grade in grades.read(folder_of(of)).grades if grade.person == person}
    block = next(blocks_by_lot(of, 0, known), None)
    if block is None:
        return page("judge_done.html")
    return redirect(url_for("desk.judge", id=block.id), 303)


def judge(id: str) -> Response:
    """A block with the grades that this editor gave."""
    return _show(recommender(), id)


def grade(id: str) -> Response:
    """Keeps what an editor says of an item."""
    of = recommender()
    folder = folder_of(of)
    check_writable(folder)
    verb, name = action_of(current_form())
    block = of.block(ArticleSeed(id))
    one = next((one for one in placed(block) if one.item.article.id == name), None)
    if one is None:
        return _show(of, id, notice="That article is not in the block any more. Here is the block as it is now.")
    person = current_session().key.name
    said = _said(of, block.id).get(name)
    if verb in grades.GRADES:
        letter, of_reason = verb, ""
    elif verb in grades.REASON_GRADES and said is not None:
        letter, of_reason = said.grade, verb
    else:
        raise RefusedError("bad_grade", "give the article a grade first, then its reason")
    near = of.nearness(block.id, [name]).get(name)
    grades.keep(folder, [grade_of(block, one, letter, of_reason, near, person)])
    log(f"graded {name} under {block.id}: {letter}{of_reason}")
    return _show(of, id, last=name)


def _said(of: Recommender, article_id: str) -> dict[str, Grade]:
    """What this editor said of the items of a block."""
    person = current_session().key.name
    read = grades.read(folder_of(of)).grades
    return {grade.item: grade for grade in read if (grade.person, grade.source) == (person, article_id)}


def _show(of: Recommender, article_id: str, notice: str = "", last: str = "") -> Response:
    article = of.engine.article(article_id)
    said = _said(of, article.id)
    items = [Judged(one, said.get(one.item.article.id)) for one in placed(of.block(ArticleSeed(article.id)))]
    left = [one for one in items if one.grade is None]
    person = current_session().key.name
    mine = [grade for grade in grades.read(folder_of(of)).grades if grade.person == person]
    return page(
        "judge.html",
        article=article,
        items=items,
        left=len(left),
        current=left[0].of.item.article.id if left else "",
        last=last,
        blocks=len({grade.source for grade in mine}),
        notice=notice,
    )


def graded() -> Response:
    """How many items were signed."""
    read = grades.read(folder_of(recommender()))
    return page("grades.html", figures=grade_report.report(read.grades), passed_over=read.passed_over)
