"""The writer of an archive that is being served: adds, replaces and removes articles while readers go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArchiveLockedError
from indexer.intake.own_language import OwnLanguage
from recommender.related import Recommender
from web.writing.changes import Changed
from web.writing.turns import BusyError, Turns
from web.writing.upkeep import Upkeep

WAITING = 16
"""Changes that may wait for their turn in one process."""
PATIENCE = 20.0
"""Seconds that a change waits: for those before it in this process, then for other processes."""


class ArchiveWriter:
    """Changes the archive in a folder, for several threads at once and beside other processes."""

    def __init__(self, folder: ArchiveFolder, reopen: Callable[[], Recommender]) -> None:
        self._folder = folder
        self._turns = Turns(WAITING, PATIENCE)
        self._upkeep = Upkeep(folder, reopen)

    def close(self) -> None:
        """Ends what is done in the background."""
        self._upkeep.close()

    def change(self, articles: Sequence[Article], withdrawn: Sequence[str]) -> Changed:
        """See `Backend.change`."""
        with self._archive() as archive:
            language = OwnLanguage.of(archive)
            report = archive.add(map(language.said_of, articles), workers=1)
            removed = archive.remove(withdrawn)[0] if withdrawn else []
        changed = Changed(report.added, report.changed, report.unchanged, tuple(removed))
        if changed:
            self._upkeep.changed()
        return changed

    @contextmanager
    def _archive(self) -> Iterator[Archive]:
        """The archive, opened for each change: whoever restored it from a backup meanwhile is not written over."""
        with self._turns.taken():
            try:
                with Archive.open(self._folder.path, patience=PATIENCE) as archive:
                    yield archive
            except ArchiveLockedError:
                raise BusyError("another process is changing the archive; send this again", PATIENCE) from None
