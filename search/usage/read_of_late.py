"""What readers of an archive read of late, for those who ask with every letter: looked up again every few minutes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from search.usage.event_log import RECENT_DAYS, EventLog, is_counting, phase

MOST = 500  # articles, those read most
LEAST = 3  # times that an article was read before it comes before others


class ReadOfLate:
    """How often articles were read in the last `RECENT_DAYS`, by their ids: those that were opened or chosen `LEAST`
    times. Called, it gives the same mapping until it looks again. Safe to use from several threads."""

    def __init__(self, folder: ArchiveFolder, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._known: tuple[int, Mapping[str, int]] = 0, {}

    def __call__(self) -> Mapping[str, int]:
        now = self._clock()
        if (current := phase(self._folder, now)) != self._known[0]:
            self._known = current, self._looked_up(now) if current else {}
        return self._known[1]

    def _looked_up(self, now: float) -> Mapping[str, int]:
        """Nothing where the file cannot be read: what others read is no reason to give no answer."""
        if not is_counting(self._folder):
            return {}
        try:
            with EventLog(self._folder) as log:
                return log.reads(RECENT_DAYS, MOST, LEAST, now=now)
        except (ReadmoreError, sqlite3.Error):
            return {}
