"""The editors' rules: read, and replaced as a whole."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request

from search.curation.rules import EditorRules, to_fields
from search.curation.rules_file import RulesChangedError, tag_of
from search.curation.rules_replacement import RulesRefusedError
from search.curation.yaml_entries import FileError
from web.access.guard import caller_name
from web.access.keys import EDIT
from web.api import answers
from web.api.articles import json_object
from web.api.operation import Body, admit, operation
from web.api.parameters import Parameters
from web.http.backend import current_backend
from web.http.bodies import body_of, too_large
from web.http.caching import never_kept
from web.http.refused import RefusedError

MAX_BODY = 1_000_000
YAML = "application/yaml"
_YAML_TYPES = (YAML, "text/yaml", "application/x-yaml", "text/x-yaml")
_BODY = Body(
    {
        "application/json": {
            "type": "object",
            "required": ["rules"],
            "properties": {"rules": {"type": "array", "items": {"type": "object"}}},
        },
        YAML: {"type": "string"},
    },
    "all rules, as objects or as they stand in rules.yaml",
)
_IF_MATCH = [
    {"name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"},
     "description": "the `tag` of the rules that are to be replaced"}
]  # fmt: skip

editing = Blueprint("editing", __name__)
editing.before_request(admit)
never_kept(editing)


@editing.get("/rules")
@operation(answer=answers.RulesAnswer, scope=EDIT, tag="edit")
def rules(asked: Parameters) -> Response:
    """The rules in force.

    As JSON, or with `Accept: application/yaml` as they stand in rules.yaml, comments and all.
    """
    try:
        text, found = current_backend().rules()
    except FileError as error:
        raise RefusedError("rules_unreadable", str(error), 503) from None
    accepted = request.accept_mimetypes
    if accepted[YAML] > accepted["application/json"]:
        response = make_response(text)
        response.mimetype = YAML
        response.set_etag(tag_of(text))
        return response
    return _answer(text, found)


@editing.put("/rules")
@operation(answer=answers.RulesAnswer, scope=EDIT, body=_BODY, headers=_IF_MATCH, refusals=(408, 412), tag="edit")
def replace_rules(asked: Parameters) -> Response:
    """Put other rules in the place of those in force, all of them or none."""
    content = body_of(MAX_BODY, too_large(MAX_BODY))
    tag = request.headers.get("If-Match", "").removeprefix("W/").strip('" ') or None
    try:
        return _answer(*current_backend().replace_rules(_entries(content), None if tag == "*" else tag, caller_name()))
    except RulesRefusedError as error:
        raise RefusedError("bad_rules", str(error), parameter="rules") from None
    except RulesChangedError as error:
        raise RefusedError("rules_changed", str(error), 412, parameter="If-Match") from None


def _entries(content: bytes) -> Any:
    if request.mimetype not in _YAML_TYPES:
        entries = json_object(content).get("rules")
        if not isinstance(entries, list):
            raise RefusedError("bad_rules", "'rules' must be the list of all rules", parameter="rules")
        return entries
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError("bad_body", f"the body is not UTF-8 text at byte {error.start}") from None


def _answer(text: str, rules: EditorRules) -> Response:
    response = jsonify(
        rules=[{"line": rule.line, **to_fields(rule)} for rule in rules.rules],
        problems=[problem.to_dict() for problem in rules.problems],
        tag=tag_of(text),
    )
    response.set_etag(tag_of(text))
    return response
