"""Who changed what and when, taken back; and all rules that are in force."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, url_for

from search.curation import rules_history
from search.curation.rules import Rule
from search.curation.rules_file import RulesChangedError, text_of, undo
from search.curation.rules_history import UndoError
from search.curation.rules_replacement import RulesRefusedError
from search.curation.rules_text import Step
from search.curation.search_rules import SEARCH_RULES
from search.curation.yaml_entries import FileError
from web.desk.forms import Form, action_of
from web.desk.proposing import common, dropped, listed, proposed
from web.desk.room import back_to, current_form, page
from web.desk.sessions import current_session
from web.desk.words import headlines, of_change
from web.desk.work import Work, check_writable, folder_of, latest_changes, log_change, recommender
from web.http.backend import current_backend

SHOWN = 100
RULES_SHOWN = 500  # in words; of problems as many


def changes() -> Response:
    """The history of the rules."""
    return _history()


def _history(notice: str = "") -> Response:
    of = recommender()
    folder = folder_of(of)
    found = latest_changes(folder, SHOWN)
    return page(
        "changes.html",
        changes=[(change, of_change(change, of.engine), _lines(change.before, change.after)) for change in found],
        notice=notice,
    )


def _lines(before: str, after: str) -> list[str]:
    """The lines of the file that a change took out and put in."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:3] not in ("---", "+++") and line[:2] != "@@"][:200]


def take_back() -> Any:
    """Takes a change back."""
    form = current_form()
    verb, number = action_of(form)
    folder = folder_of(recommender())
    check_writable(folder)
    if verb != "undo" or not (number.isascii() and number.isdigit() and len(number) < 10):
        return redirect(url_for("desk.changes"), 303)
    try:
        change = undo(folder, int(number), by=current_session().key.name)
    except UndoError as error:
        response = _history(f"That change cannot be taken back: {error}.")
        response.status_code = 409
        return response
    log_change("took back", change)
    return redirect(back_to(form.get("back", "/desk/changes")), 303)


def rules() -> Response:
    """The rules in force, the first of them in words and all as the file has them."""
    return _rules(Work.of())


def change_rules() -> Any:
    """All rules as they would be."""
    form = current_form()
    if action_of(form)[0] == "replace":
        return _replace(form)

    def show(work: Work, *, notice: str, form: Form) -> Response:
        return _rules(work, notice, form)

    def act(work: Work, verb: str, what: str, form: Form) -> Sequence[Step]:
        return dropped(work, what) if verb == "drop" else []

    return proposed(show, act, url_for("desk.rules"))


def _rules(work: Work, notice: str = "", form: Form | None = None, text: str | None = None) -> Response:
    found = list(work.rules.rules[:RULES_SHOWN])
    titles = headlines(work.now.engine, found)
    about_searches = [rule for rule in found if isinstance(rule, SEARCH_RULES)]
    about_blocks: list[Rule] = [rule for rule in found if not isinstance(rule, SEARCH_RULES)]
    problems = current_backend().rules()[1].problems
    return page(
        "rules.html",
        blocks=listed(about_blocks, titles),
        searches=listed(about_searches, titles),
        more=len(work.rules.rules) - len(found),
        problems=problems[:RULES_SHOWN],
        more_problems=max(0, len(problems) - RULES_SHOWN),
        text=text_of(work.folder) if text is None else text,
        **common(work, notice, form),
    )


def _replace(form: Form) -> Any:
    """Puts the whole text that was typed in the place of the rules."""
    folder = folder_of(recommender())
    check_writable(folder)
    text = form.get("text", "").replace("\r\n", "\n")
    try:
        current_backend().replace_rules(text, form.get("tag", ""), current_session().key.name)
    except (RulesRefusedError, RulesChangedError, FileError) as error:
        stale = isinstance(error, RulesChangedError)
        response = _rules(Work.of(), f"Nothing was saved: {error}.", form, text)
        response.status_code = 409 if stale else 400
        return response
    log_change("edited the file of rules", rules_history.changes(folder, 1)[0])
    return redirect(url_for("desk.rules", saved=rules_history.changes(folder, 1)[0].number), 303)
