"""docs/http-api.md keeps its promises: every route and error is in it, its examples have the fields of answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.schema import BASE
from tests.web.fake_backend import LEAD
from web.http import errors, params

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "http-api.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)]


def test_every_route_is_documented(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        path = re.escape(rule.rule)
        assert re.search(rf"(?:GET|POST) {path}(?![\w/<])", DOCS), f"{rule.rule} is not in docs/http-api.md"


def test_every_documented_route_exists(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()}

    assert {path.split("?")[0] for path in re.findall(r"`(?:GET|POST) (/[^`\s]*)", DOCS)} <= rules | {
        f"/api/{name}/2024-03-14-voyager-1-memory-readout" for name in ("related", "block", "article")
    }


def test_every_error_is_documented() -> None:
    codes = {code for _, code, _ in errors.STATUS}
    source = Path(params.__file__).read_text(encoding="utf-8")
    codes |= set(re.findall(r'ParameterError\("(\w+)"', source)) | {"not_found", "method_not_allowed", "internal_error"}
    codes |= {f"bad_{name}" for name in ("limit", "offset", *BASE.filterable)}

    assert {code for code in codes if f"`{code}`" not in DOCS} == set()


def test_the_bounds_in_the_documentation_are_those_in_force() -> None:
    assert f"1 to {params.MAX_QUERY} characters" in DOCS
    assert f"1 to {params.MAX_LIMIT}; {params.DEFAULT_LIMIT} if not given" in DOCS
    assert f"0 to {params.MAX_OFFSET}; 0 if not given" in DOCS
    assert f"up to {params.MAX_FILTER_VALUES}, {params.MAX_FILTER} characters each" in DOCS


def shape(value: Any) -> Any:
    """The names of all fields, in order; of a list, those of its first item."""
    if isinstance(value, dict):
        return [(name, shape(inner)) for name, inner in value.items()]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return shape(value[0])
    return None


@pytest.mark.parametrize(
    ("number", "path"),
    [
        (0, "/api/search?q=crater"),
        (1, f"/api/related/{LEAD.id}"),
        (2, f"/api/block/{LEAD.id}"),
        (3, f"/api/article/{LEAD.id}"),
        (4, "/api/article/nope"),
    ],
)
def test_examples_have_the_fields_that_answers_have(client: FlaskClient, number: int, path: str) -> None:
    assert len(EXAMPLES) == 5
    assert shape(EXAMPLES[number]) == shape(client.get(path).get_json())
