"""The first page of the desk, and finding what to work on."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for

from recommender.audit import kept_report
from web.desk.proposing import articles_like
from web.desk.room import page
from web.desk.words import of_change
from web.desk.work import folder_of, latest_changes, recommender

LATEST = 8
CHANGES = 5


def overview() -> Response:
    """What there is to do."""
    of = recommender()
    folder = folder_of(of)
    return page(
        "overview.html",
        latest=of.engine.latest(LATEST, hidden=True),
        report=kept_report.load(folder),
        changes=[(change, of_change(change, of.engine)) for change in latest_changes(folder, CHANGES)],
        typed="",
        found=[],
    )


def find() -> Any:
    """Articles by their headlines, and the searches that what was typed may be."""
    typed = request.args.get("q", "").strip()[:300]
    if not typed:
        return redirect(url_for("desk.overview"), 303)
    engine = recommender().engine
    if typed in engine.seqs([typed]):
        return redirect(url_for("desk.block", id=engine.article(typed).id), 303)
    return page("find.html", typed=typed, found=articles_like(engine, typed))
