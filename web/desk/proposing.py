"""What all pages that change rules have in common: changes are proposed, looked at, saved or thrown away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from flask import Response, redirect, request

from indexer.article.article import Article
from search.curation import rules_history
from search.curation.rules import Rule
from search.curation.rules_file import RulesChangedError
from search.curation.rules_text import Step, as_entry
from search.engine import Engine
from web.desk.forms import Form, action_of, draft_of, steps_of
from web.desk.room import current_form
from web.desk.words import told
from web.desk.work import Work, changed_meanwhile, check_writable, save

FOUND = 8  # articles that are offered to pin
_NOT_SURE = "Tick the box that says you are sure, then save again."

Show = Callable[..., Response]
"""Makes the page of some `Work`; takes what to tell the editor as `notice`, and what was typed as `form`."""
Act = Callable[[Work, str, str, Form], Sequence[Step]]
"""The changes that an action makes: of what is proposed, by its verb, to an article or a rule, as a form has it."""


def proposed(show: Show, act: Act, address: str) -> Any:
    """Answers a form of a page: with what it proposes shown, or saved and the page at the address as it is then."""
    form = current_form()
    steps = steps_of(form)
    verb, what = action_of(form)
    if verb == "discard":
        return redirect(address, 303)
    work = Work.of(steps)
    if verb == "save":
        return _saved(work, show, form, address)
    if verb == "back":
        new = [step for step in work.steps if key_of(step.rule) != what]
    else:
        new = [*work.steps, *act(work, verb, what, form)]
    if new != list(work.steps):
        work = Work.of(new)
    stale = form.get("tag", work.tag) != work.tag
    return show(work, notice=changed_meanwhile(work.folder) if stale else "", form=form)


def _saved(work: Work, show: Show, form: Form, address: str) -> Any:
    check_writable(work.folder)
    if work.is_broad and not form.get("sure"):
        return _refused(show(work, notice=_NOT_SURE, form=form), 400)
    try:
        number = save(work.steps, form.get("tag", ""))
    except RulesChangedError:
        return _refused(show(work, notice=changed_meanwhile(work.folder), form=form), 409)
    return redirect(f"{address}{'&' if '?' in address else '?'}saved={number}", 303)


def _refused(response: Response, status: int) -> Response:
    response.status_code = status
    return response


def common(work: Work, notice: str, form: Form | None, here: str = "") -> dict[str, Any]:
    """What every such page shows; `here` as for `words.told`."""
    return {
        "work": work,
        "draft": draft_of(work.steps),
        "told": [(key_of(step.rule), said) for step, said in zip(work.steps, work.told(here), strict=True)],
        "notice": notice,
        "saved": _just_saved(work) if form is None else None,
    }


def _just_saved(work: Work) -> int | None:
    """The number of the change that led here, while it is the last one and can be taken back."""
    given = request.args.get("saved", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        return None
    last = rules_history.changes(work.folder, 1)
    return int(given) if int(given) == 0 or (last and last[0].number == int(given)) else None


def key_of(rule: Rule) -> str:
    """A short text that tells a rule from others."""
    return blake2b(as_entry(rule).encode("utf-8", "replace"), digest_size=8).hexdigest()


def dropped(work: Work, key: str) -> list[Step]:
    """The change that takes out the rule with this key."""
    return [Step(rule, drop=True) for rule in work.rules.rules if key_of(rule) == key][:1]


def listed(rules: Sequence[Rule], titles: dict[str, str], here: str = "") -> list[tuple[str, str]]:
    """Rules in words, behind their keys; `here` as for `words.told`."""
    return [(key_of(rule), told(rule, titles, here)) for rule in rules]


def typed_in(form: Form | None) -> str:
    """What is looked for to be pinned."""
    return form.get("find", "") if form is not None and action_of(form)[0] == "find" else ""


def articles_like(engine: Engine, text: str, without: frozenset[str] = frozenset()) -> list[Article]:
    """The articles whose headlines are like a text, then those that a search for it finds."""
    if not text.strip():
        return []
    found = {one.article.id: one.article for one in engine.suggest(text, FOUND).articles}
    if len(found) < FOUND and any(map(str.isalnum, text)):
        hits = engine.search(" ".join(letters(text).split()) or "*", limit=FOUND).hits
        found |= {hit.article.id: hit.article for hit in hits if hit.article.id not in found}
    return [article for key, article in found.items() if key not in without][:FOUND]


def letters(text: str) -> str:
    """A text without the signs that a query understands: a headline is no query."""
    return "".join(each if each.isalnum() or each in "'’-" else " " for each in text[:300])


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
