"""The report made in the background: in a process of its own, at the lowest priority, one at a time."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable

from filelock import FileLock, Timeout

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from indexer.base.processes import end_with_parent
from recommender.audit import kept_report
from recommender.related import Recommender

LIMIT = 200  # entries of each list
_log = logging.getLogger("readmore.desk")


def is_being_made(folder: ArchiveFolder) -> bool:
    """Whether a report is being made, by this process or another."""
    lock = folder.lock("report")
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a folder that cannot be written to: nothing is being made there
        return False


def start_making(recommender: Recommender) -> bool:
    """Has a report made and kept; False where one is being made already."""
    folder = recommender.engine.folder
    if folder is None or is_being_made(folder):
        return False
    process = multiprocessing.get_context("spawn").Process(
        target=make, args=(folder, recommender.reopen), name="report", daemon=True
    )
    process.start()
    threading.Thread(target=process.join, name="report", daemon=True).start()  # so that it is no zombie afterwards
    return True


def make(folder: ArchiveFolder, reopen: Callable[[], Recommender]) -> None:
    """What the process does: makes the report and keeps it. What is wrong is said in the log."""
    end_with_parent()
    os.nice(19)
    try:
        with reopen() as recommender:
            keep_report(folder, recommender)
    except ReadmoreError as error:
        _log.error("the report could not be made: %s", error)


def keep_report(folder: ArchiveFolder, recommender: Recommender) -> bool:
    """Makes the report and keeps it; False where another process is making it. Raises ReadmoreError."""
    from recommender.audit.report import make_report

    try:
        with FileLock(folder.lock("report"), timeout=0):
            kept_report.save(folder, make_report(recommender, limit=LIMIT, workers=1))
    except Timeout:
        return False
    return True
