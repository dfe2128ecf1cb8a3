"""The route that counts clicks on related articles, where the service was started to do so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import orjson
from flask import Blueprint, Response, current_app, request

from recommender.feedback.click_log import Click, ClickError
from web.http.backend import current_backend
from web.http.errors import ClicksOffError, TooManyClicksError
from web.http.params import body_of

PER_SECOND = 50.0  # clicks that are counted in the long run, by a process
AT_ONCE = 200  # clicks that may come together
MAX_BODY = 16_384  # bytes
_NAMES = ("from", "to", "shown")

clicks = Blueprint("clicks", __name__)


class Bucket:
    """Lets through so many a second in the long run, and so many at once (a token bucket). Safe to share between
    threads."""

    def __init__(self, per_second: float, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._most, self._clock = per_second, float(at_once), clock
        self._left, self._at = float(at_once), clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more may go through now."""
        with self._lock:
            now = self._clock()
            self._left = min(self._most, self._left + (now - self._at) * self._rate)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


@clicks.post("/api/click")
def click() -> Response:
    """Counts that a reader of one article chose another that was offered under it."""
    bucket: Bucket | None = current_app.config["CLICKS"]
    if bucket is None:
        raise ClicksOffError("this service does not count clicks; 'readmore serve --clicks' does")
    if not bucket.take():
        raise TooManyClicksError(f"more than {PER_SECOND:.0f} clicks a second; this one was not counted")
    too_large = ClickError(f"a click has {MAX_BODY:,} bytes at most")
    current_backend().click(_click_of(body_of(request, MAX_BODY, too_large)))
    return Response(status=204, headers={"Cache-Control": "no-store"})


def _click_of(body: bytes) -> Click:
    """The click in the body of a request: JSON, whatever type the browser says it has. Raises ClickError."""
    try:
        record = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ClickError("a click is a JSON object with 'from', 'to' and 'shown'") from None
    if not isinstance(record, dict):
        raise ClickError("a click is a JSON object with 'from', 'to' and 'shown'")
    source, target, shown = (record.get(name) for name in _NAMES)
    if not (isinstance(source, str) and isinstance(target, str) and source and target):
        raise ClickError("'from' and 'to' must be the ids of two articles")
    if shown is None:
        return Click(source, target)
    if not (isinstance(shown, list) and all(isinstance(article_id, str) for article_id in shown)):
        raise ClickError("'shown' must be the list of the ids that were offered, in their order")
    return Click(source, target, tuple(shown))
