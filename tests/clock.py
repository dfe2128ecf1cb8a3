"""A clock that tests set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Clock:
    """Says the time that it is set to, in seconds since 1970."""

    now: float

    def __call__(self) -> float:
        return self.now
