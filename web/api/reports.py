"""What editors want to know: why a search finds what it does, what readers did, and how articles are related."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify

from web.access.keys import EDIT
from web.api import answers
from web.api.operation import admit, operation
from web.api.parameters import ExplainParameters, Parameters, ReportParameters
from web.api.searching import search_to_dict, searched
from web.http.backend import current_backend
from web.http.caching import never_kept
from web.http.refused import RefusedError

reports = Blueprint("reports", __name__)
reports.before_request(admit)
never_kept(reports)


@reports.get("/explain")
@operation(answer=answers.SearchAnswer, takes=ExplainParameters, scope=EDIT, filters=True, tag="edit")
def explain(asked: ExplainParameters) -> Response:
    """What a query finds, and why each article has its score."""
    return jsonify(search_to_dict(searched(asked, explain=True)))


@reports.get("/reports/readers")
@operation(answer=answers.ReadersReport, takes=ReportParameters, scope=EDIT, tag="edit")
def readers(asked: ReportParameters) -> Response:
    """What readers searched for, with and without a result, and what they read."""
    sums = current_backend().event_sums(asked.days, asked.limit)
    return jsonify(
        days=asked.days,
        searches=sums.searches,
        views=sums.views,
        top_searches=_counted(sums.top_searches),
        without_result=_counted(sums.without_result),
        top_views=_counted(sums.top_views),
    )


@reports.get("/reports/related")
@operation(answer=answers.RelatedReport, scope=EDIT, tag="edit")
def related(asked: Parameters) -> Response:
    """Who is sent where, as `readmore report --keep` found last."""
    report = current_backend().related_report()
    if report is None:
        raise RefusedError("no_report", "there is no report yet; 'readmore report --keep' makes one", 404)
    return jsonify(report)


def _counted(pairs: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"name": name, "count": count} for name, count in pairs]
