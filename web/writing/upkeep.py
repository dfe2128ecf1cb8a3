"""What is to be done after changes and takes long: merging, fitting, deriving what related articles need.

It is done in a process of its own, at the lowest priority, so that it takes neither the interpreter nor a core from
those who are being answered.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from indexer.base.processes import end_with_parent
from recommender.related import Recommender

PAUSE = 2.0  # seconds after a change: more will come
_log = logging.getLogger("readmore")


class Upkeep:
    """Looks after the archive in a folder some time after it was changed, once however many changes there were.
    `reopen` opens it for recommending, in another process."""

    def __init__(self, folder: ArchiveFolder, reopen: Callable[[], Recommender], pause: float = PAUSE) -> None:
        self._folder, self._reopen, self._pause = folder, reopen, pause
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._due = False
        self._thread: threading.Thread | None = None

    def changed(self) -> None:
        """Tells that there was a change."""
        with self._lock:
            self._due = True
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Ends what is under way; nothing is lost by it."""
        self._closed.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            self._closed.wait(self._pause)
            with self._lock:
                if not self._due or self._closed.is_set():
                    self._thread = None
                    return
                self._due = False
            self._look_after()

    def _look_after(self) -> None:
        process = multiprocessing.get_context("spawn").Process(
            target=look_after, args=(self._folder, self._reopen), name="upkeep", daemon=True
        )
        try:
            process.start()
        except (OSError, ValueError, AssertionError) as error:  # no memory or no permission for another process
            _log.warning("the archive could not be looked after: %s", error)
            return
        while process.is_alive() and not self._closed.is_set():
            process.join(0.2)
        if self._closed.is_set():
            process.terminate()
        process.join()


def look_after(folder: ArchiveFolder, reopen: Callable[[], Recommender]) -> None:
    """Merges and fits what is due, then derives what related articles need of the new generation."""
    from indexer.archive import Archive

    end_with_parent()
    os.nice(19)
    try:
        with Archive.open(folder.path) as archive:
            archive.maintain()
        with reopen() as recommender:
            recommender.prepare()
    except ReadmoreError as error:  # whoever reads the archive is told, too
        _log.warning("the archive could not be looked after: %s", error)


def prepare(recommender: Recommender) -> None:
    """Has a process of its own derive what related articles and suggestions need, and keep it, unless that has been
    done: each of the processes that answer would have to, and hold it in its own memory."""
    if recommender.is_prepared():
        return
    _log.warning("what related articles need is derived first; this is done once and may take a while")
    process = multiprocessing.get_context("spawn").Process(target=_prepare, args=(recommender.reopen,), daemon=True)
    try:
        process.start()
    except (OSError, ValueError, AssertionError) as error:  # no memory or no permission for another process
        _log.warning("it could not be derived: %s", error)
        return
    process.join()


def _prepare(reopen: Callable[[], Recommender]) -> None:
    end_with_parent()
    try:
        with reopen() as recommender:
            recommender.prepare()
    except ReadmoreError as error:  # whoever reads the archive is told, too
        _log.warning("it could not be derived: %s", error)
