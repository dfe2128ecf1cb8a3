"""What readers do, counted where the service was started to do so: no cookie, nothing about anybody."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from flask import Blueprint, Response, current_app

from indexer.base.errors import ReadmoreError, shown
from search.usage.events import Click, ClickError, EventError
from web.access.rates import Buckets
from web.api.operation import Body, admit, operation
from web.api.parameters import Parameters
from web.http.backend import Backend, current_backend
from web.http.bodies import body_of
from web.http.caching import never_kept
from web.http.refused import RefusedError, busy

PER_SECOND = 50.0  # events that are counted in the long run
AT_ONCE = 200  # events that may come together
MAX_BODY = 16_384  # bytes
MAX_QUERY = 1000  # characters
MOST_FOUND = 10**9  # articles; what is said beyond is counted as so many
_NAMES = ("from", "to", "shown")
_ID = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,200}$"}
_PLACES: Mapping[str, Any] = {"from": _ID, "to": _ID, "shown": {"type": "array", "items": _ID, "maxItems": 30}}
_CLICK = {"type": "object", "required": ["from", "to"], "properties": _PLACES}
_SEARCH: Mapping[str, Any] = {
    "type": {"const": "search"},
    "query": {"type": "string", "minLength": 1, "maxLength": MAX_QUERY},
    "total": {"type": "integer", "minimum": 0},
}
_EVENT = {
    "oneOf": [
        {"type": "object", "required": ["type", "from", "to"], "properties": {"type": {"const": "click"}, **_PLACES}},
        {"type": "object", "required": ["type", "id"], "properties": {"type": {"const": "view"}, "id": _ID}},
        {"type": "object", "required": list(_SEARCH), "properties": _SEARCH},
    ]
}
_SENT_CLICK = Body({"application/json": _CLICK}, "a click")
_SENT_EVENT = Body({"application/json": _EVENT}, "an event")

clicks = Blueprint("clicks", __name__)
clicks.before_request(admit)
never_kept(clicks)
events = Blueprint("events", __name__)
events.before_request(admit)
never_kept(events)

Count = Callable[[Backend, Mapping[str, Any]], None]


@clicks.post("/click")
@operation(status=204, body=_SENT_CLICK, refusals=(408,), tag="events")
def click(asked: Parameters) -> Response:
    """Count that a reader of one article chose another that was offered under it."""
    _check_counting()
    too_large = ClickError(f"a click has {MAX_BODY:,} bytes at most")
    record = _record(body_of(MAX_BODY, too_large), ClickError("a click is a JSON object with 'from', 'to' and 'shown'"))
    return _counted(_count_click, record)


@events.post("/events")
@operation(status=204, body=_SENT_EVENT, refusals=(408,), tag="events")
def event(asked: Parameters) -> Response:
    """Count a click, a view of an article, or a search."""
    _check_counting()
    too_large = EventError(f"an event has {MAX_BODY:,} bytes at most")
    record = _record(body_of(MAX_BODY, too_large), EventError("an event is a JSON object with a 'type'"))
    count = _KINDS.get(str(record.get("type"))[:20])
    if count is None:
        raise EventError(f"the 'type' of an event is one of {', '.join(_KINDS)}")
    return _counted(count, record)


def _check_counting() -> None:
    if current_app.config["EVENTS"] is None:
        raise RefusedError("clicks_off", "this service does not count clicks; 'readmore serve --clicks' does", 403)


def _counted(count: Count, record: Mapping[str, Any]) -> Response:
    """The answer to an event once it is counted. What is none has been refused by then or is refused in counting, and
    takes no place of those that are."""
    count(current_backend(), record)
    return Response(status=204)


def _check_known(backend: Backend, ids: Sequence[str], otherwise: type[ReadmoreError]) -> None:
    if unknown := backend.unknown(ids):
        raise otherwise(f"no article with the id '{shown(unknown[0])}' in this archive")


def _take_a_place() -> None:
    buckets: Buckets = current_app.config["EVENTS"]
    if wait := buckets.take("all", PER_SECOND, AT_ONCE):
        raise busy(
            "too_many_clicks", f"more than {PER_SECOND:.0f} events a second; this one was not counted", 429, wait
        )


def _record(body: bytes, otherwise: Exception) -> Mapping[str, Any]:
    """The JSON object in a body, whatever type the browser says it has."""
    try:
        record = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise otherwise from None
    if not isinstance(record, dict):
        raise otherwise
    return record


def _count_click(backend: Backend, record: Mapping[str, Any]) -> None:
    found = _click_of(record)
    _check_known(backend, found.ids(), ClickError)
    _take_a_place()
    backend.click(found)


def _count_view(backend: Backend, record: Mapping[str, Any]) -> None:
    article_id = record.get("id")
    if not isinstance(article_id, str) or not 0 < len(article_id) <= 200:
        raise EventError("'id' must be the id of an article")
    _check_known(backend, [article_id], EventError)
    _take_a_place()
    backend.count_view(article_id)


def _count_search(backend: Backend, record: Mapping[str, Any]) -> None:
    query, total = record.get("query"), record.get("total")
    if not isinstance(query, str) or not query.strip() or len(query) > MAX_QUERY:
        raise EventError(f"'query' must be what was searched for, 1 to {MAX_QUERY} characters")
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise EventError("'total' must be the number of articles that were found")
    _take_a_place()
    backend.count_searches([(query, min(total, MOST_FOUND), time.time())])


_KINDS: Mapping[str, Count] = {"click": _count_click, "view": _count_view, "search": _count_search}


def _click_of(record: Mapping[str, Any]) -> Click:
    """The click that a body says. Raises ClickError."""
    source, target, shown = (record.get(name) for name in _NAMES)
    if not (isinstance(source, str) and isinstance(target, str) and source and target):
        raise ClickError("'from' and 'to' must be the ids of two articles")
    if shown is None:
        return Click(source, target)
    if not (isinstance(shown, list) and all(isinstance(article_id, str) for article_id in shown)):
        raise ClickError("'shown' must be the list of the ids that were offered, in their order")
    return Click(source, target, tuple(shown))
