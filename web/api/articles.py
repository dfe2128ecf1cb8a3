"""Adding, changing and removing articles. What is answered is on the disk, and the next answer has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Blueprint, Response, jsonify, request

from indexer.base.errors import ArticleNotFoundError
from indexer.sources import Refused
from web.access.guard import loggable
from web.access.keys import WRITE
from web.api import answers, sent
from web.api.operation import Body, admit, operation
from web.api.parameters import Parameters
from web.api.sent import Sent
from web.http.backend import current_backend
from web.http.bodies import MAX_BULK, MAX_ONE, body_of, too_large
from web.http.caching import never_kept
from web.http.refused import RefusedError

MAX_IDS = 10_000

articles = Blueprint("articles", __name__)
articles.before_request(admit)
never_kept(articles)

ARTICLE_SCHEMA = {
    "type": "object",
    "description": "an article: `title`, `body`, `url`, `date`, `section`, `tags` and what else docs/sources.md names",
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,200}$"},
        "url": {"type": "string"},
        "title": {"type": "string"},
        "body": {"type": "string"},
        "date": {"type": "string"},
        "section": {"type": "string"},
        "site": {"type": "string"},
        "authors": {"type": "array", "items": {"type": "string"}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "language": {"type": "string"},
    },
}
_TEXT = {"type": "string"}
_MANY = Body(
    {
        "application/json": {"anyOf": [ARTICLE_SCHEMA, {"type": "array", "items": ARTICLE_SCHEMA}]},
        "application/x-ndjson": _TEXT,
        "text/markdown": _TEXT,
    },
    f"JSON Lines of {MAX_BULK:,} bytes at most, or a JSON list or one article of {MAX_ONE:,}",
)
_ONE = Body({"application/json": ARTICLE_SCHEMA, "text/markdown": _TEXT}, "one article")
_IDS = Body(
    {
        "application/json": {
            "type": "object",
            "required": ["ids"],
            "properties": {"ids": {"type": "array", "items": {"type": "string"}, "maxItems": MAX_IDS}},
        }
    },
    "which articles to take out",
)


@articles.post("/articles")
@operation(answer=answers.ChangeAnswer, scope=WRITE, body=_MANY, refusals=(408,), tag="write")
def put_articles(asked: Parameters) -> Response:
    """Add or replace articles.

    An article whose id is there is replaced, one that has not changed is left alone. A draft, or what else is not for
    the public, is withheld, and taken out if it was there. What cannot be taken is named, and the rest goes on.
    """
    what = Sent()
    what.take(sent.read_many(body_of(MAX_BULK, too_large(MAX_BULK)), request.mimetype), declared_fields())
    return carry_out(what)


@articles.put("/article/<id>")
@operation(answer=answers.ChangeAnswer, scope=WRITE, body=_ONE, refusals=(408,), tag="write")
def put_article(asked: Parameters, id: str) -> Response:
    """Add or replace an article."""
    what = Sent()
    what.take([sent.read_one(body_of(MAX_ONE, too_large(MAX_ONE)), request.mimetype, id)], declared_fields())
    return carry_out(what)


@articles.delete("/article/<id>")
@operation(answer=answers.RemovalAnswer, scope=WRITE, tag="write")
def delete_article(asked: Parameters, id: str) -> Response:
    """Take an article out."""
    removed = _remove([id])
    if not removed["removed"]:
        raise ArticleNotFoundError(id)
    return jsonify(removed)


@articles.post("/articles/delete")
@operation(answer=answers.RemovalAnswer, scope=WRITE, body=_IDS, refusals=(408,), tag="write")
def delete_articles(asked: Parameters) -> Response:
    """Take articles out."""
    record = json_object(body_of(MAX_ONE, too_large(MAX_ONE)))
    ids = record.get("ids")
    if not (isinstance(ids, list) and all(isinstance(each, str) for each in ids)):
        raise RefusedError("bad_ids", "'ids' must be a list of ids", parameter="ids")
    if len(ids) > MAX_IDS:
        raise RefusedError("bad_ids", f"'ids' may have {MAX_IDS:,} ids at most", parameter="ids")
    return jsonify(_remove(ids))


def carry_out(what: Sent) -> Response:
    """The answer to what was sent, once it is done. Raises RefusedError if none of it could be taken."""
    if what.refused and not (what.articles or what.withheld):
        first = what.refused[0]
        more = f" (and {len(what.refused) - 1:,} more)" if len(what.refused) > 1 else ""
        raise RefusedError("bad_article", f"{first.where}: {first.reason}{more}")
    if not (what.articles or what.withdrawn):
        return change_answer(what, {})
    changed = current_backend().change(list(what.articles.values()), list(what.withdrawn))
    return change_answer(
        what,
        {
            "added": changed.added,
            "changed": changed.changed,
            "unchanged": changed.unchanged,
            "removed": list(changed.removed),
        },
    )


def change_answer(what: Sent, done: dict[str, Any]) -> Response:
    nothing: dict[str, Any] = {"added": 0, "changed": 0, "unchanged": 0, "removed": []}
    told = {
        "withheld": _told(what.withheld),
        "refused": _told(what.refused),
        "warnings": what.warnings[: sent.MAX_TOLD],
        "generation": current_backend().generation(),
    }
    return jsonify(nothing | done | told)


def _told(items: Sequence[Refused]) -> list[dict[str, str]]:
    return [{"where": item.where, "id": item.id, "reason": item.reason} for item in items[: sent.MAX_TOLD]]


def _remove(ids: Sequence[str]) -> dict[str, Any]:
    removed = list(current_backend().change([], list(dict.fromkeys(ids))).removed)
    unknown = [article_id for article_id in dict.fromkeys(ids) if article_id not in set(removed)]
    return {"removed": removed, "unknown": unknown, "generation": current_backend().generation()}


def declared_fields() -> Sequence[Any]:
    return current_backend().schema().declared


def json_object(content: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises RefusedError."""
    try:
        record = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise RefusedError("bad_body", f"the body is not valid JSON: {loggable(str(error))}") from None
    if not isinstance(record, dict):
        raise RefusedError("bad_body", "the body must be a JSON object")
    return record
