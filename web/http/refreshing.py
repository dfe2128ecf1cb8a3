"""Answers right after an article was added: those of just before, while new ones are made.

A related block costs as much as several searches, and an archive has thousands that readers ask for; with a new
generation all of them are outdated at once. So for some seconds readers get the one of before, once, and it is computed
anew behind their backs.

Searches are computed anew at once, as long as that takes no more than a tenth of a process's time. Where readers ask
for more, which is seconds' worth of them when hundreds are outdated together, they get the one of before, too, but
never one that has been outdated for longer than `SEARCH_SECONDS`.

That is only done if nothing but additions lie between: with an article taken out or changed, or a rule, no answer that
was kept is shown again.
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

SEARCH_SECONDS = 10.0
"""How long a search may have been outdated that is given while it is made anew, where answers may lag for as long."""
_EXTENSION = "readmore-refresher"
_BLOCKS = re.compile(r"/(?:api/(?:v\d+/)?(?:block|related)|article)(?:/|\Z)")  # paths
_SEARCHES = re.compile(r"/(?:api/(?:v\d+/)?)?search\Z")
_MOST_WAITING = 5000  # requests of each kind
_MOST_GENERATIONS = 100  # of which it is known when they came
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
_AT_ONCE_SHARE = 0.1  # of the time, in which outdated searches are computed while their readers wait

Environ = dict[str, Any]


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
        self._searches: deque[Environ] = deque(maxlen=_MOST_WAITING)  # first of all: they may not lag for long
        self._blocks: deque[Environ] = deque(maxlen=_MOST_WAITING)
        self._names: set[tuple[str, str]] = set()
        self._generation = -1
        self._came: dict[int, float] = {}  # when each generation did
        self._not_before = 0.0
        self._at_once_from = 0.0  # when the next search may be computed while its reader waits

    def may_lag(self, generation: int, age: float, of: int) -> bool:
        """Whether the answer to the current request may be one of an earlier generation, `of`. This generation is so
        many seconds old."""
        if generation != self._generation:
            self._begin(generation, age)
        if _BLOCKS.match(request.path):
            return self._clock() < self._came[generation] + self._seconds
        if not is_search():
            return False
        outdated_from = self._came.get(of + 1, -math.inf)  # one that was not seen to come may have come at any time
        now = self._clock()
        return now < self._at_once_from and now < outdated_from + min(self._seconds, SEARCH_SECONDS)

    def _begin(self, generation: int, age: float) -> None:
        if generation < self._generation:  # after a restore the numbers begin again where the copy was taken
            self._came.clear()
        self._generation = generation
        self._came[generation] = self._clock() - age
        if len(self._came) > _MOST_GENERATIONS:
            del self._came[min(self._came)]
        self._names.clear()
        self._searches.clear()
        self._blocks.clear()

    def computed(self, seconds: float) -> None:
        """Told that an outdated search was computed while its reader waited, which took so long."""
        self._at_once_from = self._clock() + seconds * (1 / _AT_ONCE_SHARE - 1)

    def note(self) -> None:
        """Has the answer to the current request made anew."""
        name = request.root_path + request.path, request.query_string.decode("latin-1")
        if name not in self._names:
            self._names.add(name)
            environ = {name: value for name in _NEEDED if (value := request.environ.get(name)) is not None}
            waiting = self._searches if is_search() else self._blocks
            waiting.append(environ | {"REQUEST_METHOD": "GET"})

    def due_in(self) -> float:
        """Seconds until there is something to do; infinity where there is nothing. While readers ask it takes a third
        of the time."""
        is_waiting = self._searches or self._blocks
        return max(0.0, self._not_before - self._clock()) if is_waiting else math.inf

    def run_one(self, *, idle: bool) -> None:
        """Makes one answer anew. `idle` says that nobody waits for another."""
        waiting = self._searches or self._blocks
        if not waiting:
            return
        began = self._clock()
        # an error is the reader's who asks next; whatever it was, it is in the log then
        with suppress(Exception), self._app.request_context(waiting.popleft()):
            self._answer()
        ended = self._clock()
        self._not_before = ended if idle else ended + (ended - began) * (1 / _SHARE - 1)


def is_search() -> bool:
    """Whether the current request is a search."""
    return _SEARCHES.match(request.path) is not None


def install(app: Flask, refresher: Refresher) -> None:
    """Has `app` give answers of the generation before for some seconds."""
    app.extensions[_EXTENSION] = refresher


def current_refresher() -> Refresher | None:
    """What makes answers of the current application anew, None if they never lag."""
    refresher: Refresher | None = current_app.extensions.get(_EXTENSION)
    return refresher
