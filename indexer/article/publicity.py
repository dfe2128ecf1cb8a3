"""From when on an article is for the public: its date, or a later moment that its source says.

A date without a time, which is midnight in UTC, means the beginning of that day where the publisher is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from indexer.article.article import Article

DAY = 24 * 3600
LAST_BEGINNING = 12 * 3600
"""Seconds after midnight in UTC until the day has begun everywhere."""


@dataclass(slots=True)
class Calendar:
    """The time that it is, in seconds since 1970, and the time zone in which days begin. Shared by all that must agree
    on whether an article's time has come."""

    now: Callable[[], float] = time.time
    zone: tzinfo = UTC
    _past: int = 0  # dates in years before this one are past, for time does not go back

    def begins(self, seconds: int) -> float:
        """When what is dated so becomes public: then, or where it is midnight in UTC when that day begins here."""
        if seconds % DAY:
            return float(seconds)
        day = datetime.fromtimestamp(seconds, UTC)
        return day.replace(tzinfo=self.zone).timestamp()

    def is_to_come(self, article: Article) -> bool:
        """Whether the article's time has not come yet."""
        date, held = article.date, article.public_from
        if held is None and (date is None or date.year < self._past):  # nearly all, and asked for with every hit
            return False
        seconds, now = public_seconds(date, held), self.now()
        self._past = datetime.fromtimestamp(now, UTC).year - 1
        return seconds is not None and seconds + LAST_BEGINNING > now and self.begins(seconds) > now


def public_seconds(*dates: datetime | None) -> int | None:
    """The latest of some moments, in seconds since 1970; None where there is none."""
    return max((int(date.timestamp()) for date in dates if date is not None), default=None)


def may_be_to_come(seconds: Any, now: float) -> Any:
    """Whether what is dated so may not be public at a time, whatever the time zone; of an array for each."""
    return seconds > now - LAST_BEGINNING
