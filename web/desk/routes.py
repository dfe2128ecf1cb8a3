"""All pages of the desk. Each is imported when it is first asked for: the service starts without what they need."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from web.desk.room import desk

# path, endpoint, module:view, method
_PAGES = (
    ("", "overview", "overview:overview", "GET"),
    ("/find", "find", "overview:find", "GET"),
    ("/sign-in", "sign_in", "signing:sign_in", "GET"),
    ("/sign-in", "enter", "signing:enter", "POST"),
    ("/sign-out", "sign_out", "signing:sign_out", "POST"),
    ("/article/<id>", "block", "blocks:block", "GET"),
    ("/article/<id>", "change_block", "blocks:change_block", "POST"),
    ("/search", "results", "results:results", "GET"),
    ("/search", "change_results", "results:change_results", "POST"),
    ("/missed", "missed", "reports:missed", "GET"),
    ("/missed", "approve", "reports:approve", "POST"),
    ("/reports", "reports", "reports:reports", "GET"),
    ("/reports", "make_report", "reports:make_report", "POST"),
    ("/judge", "next_to_judge", "judging:next_to_judge", "GET"),
    ("/judge/<id>", "judge", "judging:judge", "GET"),
    ("/judge/<id>", "grade", "judging:grade", "POST"),
    ("/grades", "graded", "judging:graded", "GET"),
    ("/changes", "changes", "changes:changes", "GET"),
    ("/changes", "take_back", "changes:take_back", "POST"),
    ("/rules", "rules", "changes:rules", "GET"),
    ("/rules", "change_rules", "changes:change_rules", "POST"),
)


def _view(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")

    def view(**path: str) -> Any:
        return getattr(import_module(f"web.desk.{module}"), name)(**path)

    return view


for _path, _endpoint, _place, _method in _PAGES:
    desk.add_url_rule(_path, _endpoint, _view(_place), methods=[_method])

__all__ = ["desk"]
