"""What tests of the desk put into an archive: a key for an editor, searches that found nothing."""

from __future__ import annotations

import time
from pathlib import Path

from indexer.base.archive_folder import ArchiveFolder
from search.usage.event_log import EventLog
from web.access.keys import EDIT, add_key

ARTICLE = "2024-05-03-change-6-launches"
"""An article of the sample with a block of several items."""
OTHER = "2024-05-15-vineyard-frost"
"""One that has nothing to do with it."""
OTHER_HEADLINE = "Winegrowers read the night"
MISSED = "moonship landing"
"""A search that lacks a word."""


def edit_key(data: Path, name: str = "Anna") -> str:
    """A new key for an editor."""
    return add_key(ArchiveFolder(data), name, [EDIT])[1]


def count_missed(data: Path, query: str = MISSED, times: int = 3) -> None:
    """Has readers search for something in vain."""
    with EventLog(ArchiveFolder(data)) as log:
        log.searches([(query, 0, time.time() - 600 + 60 * number) for number in range(times)])
        log.searched()
