"""How often a caller may ask: token buckets, in the memory of one process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

SECONDS_AT_ONCE = 4.0
"""So many seconds' worth of requests may come together, where nothing else is said."""
MOST_CALLERS = 20_000
"""Callers that are remembered, the latest ones; one that was forgotten begins with a full bucket again."""


class Buckets:
    """Lets every caller through so many times a second in the long run, and so many times at once (a token bucket for
    each). Safe to share between threads; memory is bounded by `most` callers."""

    def __init__(self, most: int = MOST_CALLERS, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # what is left, and since when
        self._lock = threading.Lock()

    def take(self, caller: str, per_second: float, at_once: float = 0.0) -> float:
        """Takes one from the caller's bucket. Returns 0 where there was one, else the seconds until there is."""
        most = max(1.0, at_once or per_second * SECONDS_AT_ONCE)
        with self._lock:
            now = self._clock()
            left, since = self._buckets.pop(caller, (most, now))
            left = min(most, left + (now - since) * per_second)
            allowed = left >= 1
            self._buckets[caller] = (left - 1 if allowed else left, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / per_second
