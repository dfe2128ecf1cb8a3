"""How often a caller may ask: token buckets, in memory that the processes of a service share.

Libraries for this count in a server of their own (Redis, memcached), or in each process alone, where a caller may ask
as many times as there are processes, or a share of it on one connection.
"""

from __future__ import annotations

import hashlib
import struct
import time
from collections.abc import Callable

from web.http.shared_memory import SharedMemory

SECONDS_AT_ONCE = 4.0
"""So many seconds' worth of requests may come together, where nothing else is said."""
MOST_CALLERS = 20_000
"""Callers that are remembered, the latest ones; one that was forgotten begins with a full bucket again."""
_NAME_BYTES = 16
_BUCKET = struct.Struct(f"<{_NAME_BYTES}sdd")  # whose it is, what is left, since when
_WAYS = 8  # places where a caller's bucket may be; the one that was used longest ago is given to another


class Buckets:
    """Lets every caller through so many times a second in the long run, and so many times at once (a token bucket for
    each). Safe to share between threads, and between processes that are forked later, which need a clock that is the
    same for all; memory is bounded by `most` callers."""

    def __init__(self, most: int = MOST_CALLERS, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rows = max(1, most // _WAYS)
        self._memory = SharedMemory(self._rows * _WAYS * _BUCKET.size)

    def take(self, caller: str, per_second: float, at_once: float = 0.0) -> float:
        """Takes one from the caller's bucket. Returns 0 where there was one, else the seconds until there is."""
        most = max(1.0, at_once or per_second * SECONDS_AT_ONCE)
        name = hashlib.blake2b(caller.encode("utf-8", "surrogatepass"), digest_size=_NAME_BYTES).digest()
        with self._memory.writing():
            now = self._clock()
            place, left, since = self._find(name, most, now)
            left = min(most, left + max(0.0, now - since) * per_second)
            allowed = left >= 1
            _BUCKET.pack_into(self._memory.bytes, place, name, left - 1 if allowed else left, now)
        return 0.0 if allowed else (1 - left) / per_second

    def _find(self, name: bytes, most: float, now: float) -> tuple[int, float, float]:
        """Where a caller's bucket is or goes, what is left in it, and since when."""
        start = int.from_bytes(name[:8], "little") % self._rows * _WAYS * _BUCKET.size
        oldest, oldest_since = start, float("inf")
        for place in range(start, start + _WAYS * _BUCKET.size, _BUCKET.size):
            whose, left, since = _BUCKET.unpack_from(self._memory.bytes, place)
            if whose == name:
                return place, left, since
            if since < oldest_since:
                oldest, oldest_since = place, since
        return oldest, most, now
