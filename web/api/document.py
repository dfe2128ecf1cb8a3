"""The OpenAPI document, made of what the operations say of themselves, and the page on which to try them."""

from __future__ import annotations

import copy
from functools import cache, lru_cache
from importlib.metadata import files
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request, send_from_directory

from indexer.schema import NUMERIC_KINDS, Schema
from web.api.operation import SPEC, Operation, admit
from web.http.backend import current_backend
from web.http.params import MAX_FILTER, MAX_FILTER_VALUES

description = Blueprint("description", __name__)
description.before_request(admit)

_ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js")
# The page's own styles are set by its script; nothing comes from elsewhere all the same.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KEPT = "public, max-age=3600"


@description.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI document of this archive, its own fields among the filters."""
    response = jsonify(_document(current_backend().schema()) | {"servers": [{"url": request.script_root or "/"}]})
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response


@description.get("/docs")
def docs() -> Response:
    """The page on which to read about the operations and to try them."""
    response = Response(render_template("api.html", assets=_ASSETS), mimetype="text/html")
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = _KEPT
    return response


@description.get("/docs/<name>")
def asset(name: str) -> Response:
    """A file of the page."""
    return send_from_directory(_folder(), name if name in _ASSETS else "", max_age=86_400)


@cache
def _folder() -> Path:
    """Where the distribution flask-swagger-ui has the files of Swagger UI; only they are used."""
    found = next(file for file in files("flask-swagger-ui") or () if file.name == _ASSETS[0])
    return Path(str(found.locate())).parent


@lru_cache(maxsize=8)
def _document(schema: Schema) -> dict[str, Any]:
    """The document for archives with these fields."""
    from search.ranking.ordering import NAMED, RELEVANCE  # a service starts without the engine

    document: dict[str, Any] = copy.deepcopy(SPEC.spec)
    filters = [_filter(schema, name) for name in schema.filterable]
    sorting = [RELEVANCE, *NAMED, *(f"{sign}{name}" for name in schema.sortable for sign in ("", "-"))]
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        found: Operation | None = getattr(view, "operation", None)
        path = rule.rule.replace("<", "{").replace(">", "}")
        if found is None or path not in document["paths"]:
            continue
        for method, operation in document["paths"][path].items():
            if method.upper() in (rule.methods or ()):
                _complete(operation, found, filters, sorting)
    return document


def _complete(operation: dict[str, Any], found: Operation, filters: list[dict[str, Any]], sorting: list[str]) -> None:
    """Adds to what SpecTree says of an operation what it does not know: filters, headers, bodies of several types."""
    for parameter in operation["parameters"]:
        if parameter["name"] == "sort":
            parameter["schema"] = {"type": "string", "enum": [*sorting, ""], "default": ""}
    if found.has_filters:
        operation["parameters"] += filters
    operation["parameters"] += found.headers
    if found.body is not None:
        operation["requestBody"] = {
            "required": found.body.required,
            "description": found.body.description,
            "content": {kind: {"schema": schema} for kind, schema in found.body.content.items()},
        }


def _filter(schema: Schema, name: str) -> dict[str, Any]:
    is_range = schema.fields[name].kind in NUMERIC_KINDS
    about = "a value or a range, as in a query: `>300`, `[2024-01 TO 2024-03]`" if is_range else "this value"
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": f"only articles with {about}; several times for one of several",
        "schema": {
            "type": "array",
            "items": {"type": "string", "maxLength": MAX_FILTER},
            "maxItems": MAX_FILTER_VALUES,
        },
    }
