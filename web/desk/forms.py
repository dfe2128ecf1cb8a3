"""Forms that the desk's pages send: read within bounds, and what is proposed in them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from flask import request
from werkzeug.datastructures import MultiDict

from search.curation.rules import to_fields
from search.curation.rules_replacement import RulesRefusedError, checked
from search.curation.rules_text import Step
from web.http.bodies import body_of, too_large
from web.http.refused import RefusedError

MAX_FORM = 1_500_000  # bytes, of a text of rules for instance
MOST_FIELDS = 200
MOST_STEPS = 200

Form = MultiDict[str, str]


def read_form() -> Form:
    """The form that the current request sent. Raises RefusedError for one too large, or that is none."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise RefusedError("bad_form", "the desk takes forms as its own pages send them", 415)
    content = body_of(MAX_FORM, too_large(MAX_FORM))
    try:
        return MultiDict(parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise RefusedError("bad_form", f"the form cannot be read ({error})") from None


def action_of(form: Form) -> tuple[str, str]:
    """What is to be done, and to which article or line: ``up moon-1``."""
    verb, _, what = form.get("do", "").partition(" ")
    return verb, what


def steps_of(form: Form) -> list[Step]:
    """What the form proposes. Raises RefusedError for what are no changes of rules."""
    try:
        records = json.loads(form.get("draft") or "[]")
        if not isinstance(records, list) or len(records) > MOST_STEPS:
            raise ValueError(f"more than {MOST_STEPS} changes at once")
        return [_step(record) for record in records]
    except (ValueError, TypeError, LookupError, RecursionError, RulesRefusedError) as error:
        raise RefusedError("bad_draft", f"what was proposed cannot be read ({error}); open the page again") from None


def _step(record: dict[str, Any]) -> Step:
    _, rules = checked([record["rule"]])
    if len(rules.rules) != 1:
        raise ValueError("no rule")
    return Step(rules.rules[0], drop=record["drop"] is True)


def draft_of(steps: Iterable[Step]) -> str:
    """What is proposed, for a hidden field."""
    return json.dumps([{"rule": to_fields(step.rule), "drop": step.drop} for step in steps], ensure_ascii=False)
