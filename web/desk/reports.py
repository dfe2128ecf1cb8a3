"""What editors should know: orphans, sections in doubt, stories, links to nothing, searches that fail."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, redirect, request, url_for

from indexer.article.article import Article
from recommender.audit import kept_report
from recommender.audit.searches import report_searches
from search.curation.rules import NeverOffered, parse_rules
from search.curation.rules_file import text_of
from search.curation.rules_text import Step, edited, readable
from search.curation.search_rules import Synonyms
from web.desk.forms import action_of
from web.desk.making_report import is_being_made, start_making
from web.desk.proposing import articles_like
from web.desk.results import checked_rule, word_of
from web.desk.room import current_form, page
from web.desk.work import check_writable, folder_of, log, recommender, save

MOST_MISSED = 30
STARTING = 60  # seconds that a process may take to begin
EFFECT = 3  # articles that a synonym would find, named


def reports() -> Response:
    """The report that was made last."""
    folder = folder_of(recommender())
    report = kept_report.load(folder)
    rules = readable(text_of(folder)).rules
    return page(
        "reports.html",
        report=report,
        being_made=is_being_made(folder) or _is_beginning(report),
        taken_out={rule.article for rule in rules if isinstance(rule, NeverOffered)},
    )


def _is_beginning(report: dict[str, Any] | None) -> bool:
    """Whether a report was asked for a moment ago, so that the process that makes it may not have begun yet."""
    since = request.args.get("since", "")
    if not (since.isascii() and since.isdigit() and len(since) < 12 and time.time() - int(since) < STARTING):
        return False
    return report is None or datetime.fromisoformat(report["archive"]["at"]).timestamp() < int(since)


def make_report() -> Any:
    """Has a new report made in the background."""
    of = recommender()
    check_writable(folder_of(of))
    if start_making(of):
        log("has a report made")
    return redirect(url_for("desk.reports", since=int(time.time())), 303)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a search would find with a synonym."""

    total: int
    first: tuple[Article, ...]


def missed() -> Response:
    """The searches that found nothing or little."""
    return _missed()


def approve() -> Response:
    """Approves a synonym, and shows what the search finds now."""
    form = current_form()
    of = recommender()
    check_writable(folder_of(of))
    query = word_of(form, "query", 300)
    if action_of(form)[0] == "find":
        return _missed(typed=form.get("instead", ""), asked=query)
    words = word_of(form, "typed"), word_of(form, "instead")
    rule = checked_rule(Synonyms(words, one_way=True))
    number = save([Step(rule)])
    found = recommender().engine.search(query, limit=EFFECT)
    return _missed(
        approved={
            "query": query,
            "words": words,
            "effect": Effect(found.total, tuple(hit.article for hit in found.hits)),
            "number": number,
        }
    )


def _missed(approved: dict[str, Any] | None = None, typed: str = "", asked: str = "") -> Response:
    of = recommender()
    report = report_searches(of, MOST_MISSED)
    found = articles_like(of.engine, typed) if typed else []
    rows = [(one, _effect(one) if one["synonym"] else None) for one in report["missed"]]
    return page("missed.html", report=report, rows=rows, approved=approved, typed=typed, asked=asked, found=found)


def _effect(missed: dict[str, Any]) -> Effect:
    """What a search would find if the synonym that is proposed for it were approved."""
    of = recommender()
    folder = folder_of(of)
    words = missed["synonym"]["typed"], missed["synonym"]["instead"]
    text = edited(text_of(folder), [Step(Synonyms(words, one_way=True))], folder.rules.name)
    result = of.engine.under(parse_rules(text)).search(missed["query"], limit=EFFECT)
    return Effect(result.total, tuple(hit.article for hit in result.hits))
