"""Webhooks: what a content system tells of an article when it changes, signed by it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from flask import Blueprint, Response, request

from indexer.article.urls import LooseUrl, canonical_url
from indexer.base.errors import ArticleError, ArticleNotFoundError
from indexer.sources.formats.ghost import id_of, record_of
from web.access.guard import current_guard
from web.access.keys import WRITE, Key
from web.access.signatures import (
    GHOST_SIGNATURE,
    ID,
    SIGNATURE,
    TIMESTAMP,
    check_ghost,
    check_headers,
    check_signature,
    ghost_signature,
)
from web.api import answers, sent
from web.api.articles import ARTICLE_SCHEMA, carry_out, change_answer, declared_fields, json_object
from web.api.operation import Body, admit, operation
from web.api.parameters import Parameters
from web.api.sent import Sent
from web.http.backend import current_backend
from web.http.bodies import MAX_ONE, body_of, too_large
from web.http.caching import never_kept
from web.http.refused import RefusedError

_GONE = ("deleted", "unpublished", "trashed", "removed", "archived", "private")
"""How the type of a webhook's event ends when the article is to be taken out."""

webhooks = Blueprint("webhooks", __name__)
webhooks.before_request(admit)
never_kept(webhooks)

_EVENT = Body(
    {
        "application/json": {
            "type": "object",
            "required": ["type", "data"],
            "properties": {"type": {"type": "string"}, "data": ARTICLE_SCHEMA},
        }
    },
    f"what happened to which article; a `type` that ends in one of {', '.join(_GONE)} takes it out",
)
_SIGNED = [
    {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": about}
    for name, about in (
        (ID, "another text for every message, the same when it is sent again"),
        (TIMESTAMP, "seconds since 1970"),
        (SIGNATURE, "`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64"),
    )
]
_GHOST_EVENT = Body(
    {"application/json": {"type": "object", "properties": {kind: {"type": "object"} for kind in ("post", "page")}}},
    "what Ghost sends of a post or a page",
)
_GHOST_SIGNED = [
    {
        "name": GHOST_SIGNATURE,
        "in": "header",
        "required": True,
        "schema": {"type": "string"},
        "description": "`sha256=`, HMAC-SHA256 of body and time in hexadecimal, `, t=` and the time in milliseconds",
    }
]


@webhooks.post("/webhook")
@operation(answer=answers.ChangeAnswer, scope=None, body=_EVENT, headers=_SIGNED, refusals=(408,), tag="write")
def webhook(asked: Parameters) -> Response:
    """What a content system tells of an article: published, changed, taken back.

    The message is signed as the Standard Webhooks specification says, with a secret of `readmore keys add --webhook`. A
    message that is sent again is carried out once, and one that comes after a newer one about its article changes
    nothing.
    """
    headers = request.headers
    with _refusing():
        message_id, timestamp = check_headers(headers, time.time())
        content = body_of(MAX_ONE, too_large(MAX_ONE))
        key = check_signature(_keys(), headers, message_id, timestamp, content)
    return _once(f"{key.id} {message_id}", timestamp * 1000, lambda: _event(content))


@webhooks.post("/webhook/ghost")
@operation(
    answer=answers.ChangeAnswer, scope=None, body=_GHOST_EVENT, headers=_GHOST_SIGNED, refusals=(408,), tag="write"
)
def ghost_webhook(asked: Parameters) -> Response:
    """What Ghost tells of a post or a page, by a webhook of a custom integration.

    It is signed as Ghost does, with a secret of `readmore keys add --webhook`, which is typed into Ghost as it is.
    """
    with _refusing():
        digest, timestamp = ghost_signature(request.headers, time.time())
        content = body_of(MAX_ONE, too_large(MAX_ONE))
        key = check_ghost(_keys(), digest, timestamp, content)
    return _once(f"{key.id} {digest}", timestamp, lambda: _ghost_event(content))


def _keys() -> list[Key]:
    return [key for key in current_guard().keys().webhooks if key.allows(WRITE)]


@contextmanager
def _refusing() -> Iterator[None]:
    """Counts what is forged as a failure of the address that it came from."""
    try:
        yield
    except RefusedError as refusal:
        raise (current_guard().failed(refusal) if refusal.status == 401 else refusal) from None


@dataclass(slots=True)
class _Event:
    """What a message asks for; `gone` is what it calls an article that it takes out, whether that is there or not."""

    what: Sent
    gone: tuple[str, ...] = ()

    def names(self) -> set[str]:
        """What the article is called in what is remembered of the message."""
        return {*self.what.articles, *self.what.withdrawn, *self.gone}

    def urls(self) -> set[str]:
        """What a message is remembered by that took it out by its address alone."""
        return {_name_of_url(article.url) for article in self.what.articles.values() if article.url}


def _once(message: str, signed: int, read: Callable[[], _Event]) -> Response:
    """Carries a message out, unless it was, or a newer one about the same article. `signed` is in milliseconds."""
    known = current_guard().carried_out()
    with known.turn():
        if known.has(message):
            return change_answer(Sent(), {})
        event = read()
        if known.has_newer(event.names() | event.urls(), signed):
            return change_answer(Sent(), {})
        answer = carry_out(event.what)
        known.add(message, event.names(), signed)
    return answer


def _name_of_url(url: str) -> str:
    """The name of an article that is known by its address only; no id is like it."""
    with suppress(ArticleError):
        parts = LooseUrl.of(canonical_url(url))
        return f"{parts.host}{parts.path}?{'&'.join(sorted(parts.parameters))}"
    return url


def _event(content: bytes) -> _Event:
    record = json_object(content)
    kind, data = record.get("type"), record.get("data")
    if not isinstance(kind, str) or not isinstance(data, dict):
        raise RefusedError("bad_body", "a message has a 'type', a text, and 'data', the article")
    what = Sent()
    if not kind.lower().endswith(_GONE):
        what.take(sent.read_many(sent.record_document(data), "application/json"), declared_fields())
        return _Event(what)
    names = [data.get(name) for name in ("id", "url")]
    known = [name for name in names if isinstance(name, str) and name]
    if not known:
        raise RefusedError("bad_body", "'data' must have the 'id' or the 'url' of the article")
    for name in known:
        try:
            what.withdraw(current_backend().article(name).id)
            break
        except ArticleNotFoundError:
            continue
    # Its publication may come later, of which no more is known by then than what is said here.
    return _Event(what, (known[0] if known[0] == data.get("id") else _name_of_url(known[0]),))


def _ghost_event(content: bytes) -> _Event:
    record = json_object(content)
    told = next((record[kind] for kind in ("post", "page") if isinstance(record.get(kind), dict)), None)
    if told is None:
        raise RefusedError("bad_body", "Ghost's message has a 'post' or a 'page'; other webhooks are not for readmore")
    post = told.get("current")
    what = Sent()
    if isinstance(post, dict) and post.get("id"):
        what.take(sent.read_many(sent.record_document(record_of(post)), "application/json"), declared_fields())
        return _Event(what)
    before = told.get("previous")
    if not (isinstance(before, dict) and before.get("id")):
        raise RefusedError("bad_body", "Ghost's message says neither what is now nor what was before")
    what.withdraw(id_of(before["id"]))
    return _Event(what)
