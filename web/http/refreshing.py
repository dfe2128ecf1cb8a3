"""Related articles right after an article was added: those of just before, while new ones are made.

A related block costs as much as several searches, and an archive has thousands that readers ask for; with a new
generation all of them are outdated at once. So for some seconds readers get the one of before, once, and it is computed
anew behind their backs. That is only done if nothing but additions lie between: with an article taken out or changed,
or a rule, none that was kept is shown again.
"""

from __future__ import annotations

import math
import re
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask, current_app, request

_EXTENSION = "readmore-refresher"
_MAY_LAG = re.compile(r"/(?:api/(?:v\d+/)?(?:block|related)|article)(?:/|\Z)")  # paths
_MOST_WAITING = 5000  # requests
_NEEDED = (  # of a request, to make its answer again
    "wsgi.url_scheme",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "HTTP_HOST",
)
_SHARE = 1 / 3  # of the time in which there are requests to answer


class Refresher:
    """The requests whose answers are to be made anew, in one process. `seconds` is how long after a generation came the
    answers of the one before may be given; `answer` makes one anew while its request is the current one."""

    def __init__(
        self, app: Flask, seconds: float, answer: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._answer = answer
        self._seconds = seconds
        self._clock = clock
        self._waiting: deque[dict[str, Any]] = deque(maxlen=_MOST_WAITING)
        self._names: set[tuple[str, str]] = set()
        self._generation, self._since = -1, 0.0
        self._not_before = 0.0

    def may_lag(self, generation: int) -> bool:
        """Whether the answer to the current request may be that of the generation before this one."""
        if generation != self._generation:
            self._generation, self._since = generation, self._clock()
            self._names.clear()
            self._waiting.clear()
        return bool(_MAY_LAG.match(request.path)) and self._clock() < self._since + self._seconds

    def note(self) -> None:
        """Has the answer to the current request made anew."""
        name = request.root_path + request.path, request.query_string.decode("latin-1")
        if name not in self._names:
            self._names.add(name)
            environ = {name: value for name in _NEEDED if (value := request.environ.get(name)) is not None}
            self._waiting.append(environ | {"REQUEST_METHOD": "GET"})

    def due_in(self) -> float:
        """Seconds until there is something to do; infinity where there is nothing. While readers ask it takes a third
        of the time."""
        return max(0.0, self._not_before - self._clock()) if self._waiting else math.inf

    def run_one(self, *, idle: bool) -> None:
        """Makes one answer anew. `idle` says that nobody waits for another."""
        if not self._waiting:
            return
        began = self._clock()
        # an error is the reader's who asks next; whatever it was, it is in the log then
        with suppress(Exception), self._app.request_context(self._waiting.popleft()):
            self._answer()
        ended = self._clock()
        self._not_before = ended if idle else ended + (ended - began) * (1 / _SHARE - 1)


def install(app: Flask, refresher: Refresher) -> None:
    """Has `app` give related articles of the generation before for some seconds."""
    app.extensions[_EXTENSION] = refresher


def current_refresher() -> Refresher | None:
    """What makes answers of the current application anew, None if they never lag."""
    refresher: Refresher | None = current_app.extensions.get(_EXTENSION)
    return refresher
