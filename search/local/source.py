"""The index in an archive's folder, generation after generation."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from typing import Any

from indexer.archive import Archive
from indexer.article.publicity import Calendar
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.malloc import keep_freed_memory
from indexer.commit.damage import DamageFinder
from indexer.segment.manifest import Manifest
from indexer.settings import SettingsError, load_settings
from search.local.index import LocalIndex
from search.reader.index import Index
from search.reader.snapshot import Snapshot


class LocalIndexSource:
    """The index in an archive's folder, an `IndexSource`; it sees what a writer commits without being reopened.

    `wait` says whether the first query waits for a neural model to be loaded, as a command should that asks once, or
    is answered by the other legs until it is, as a service should. It also says whether an error waits until it is
    known whether it comes of a damaged file.

    It knows the fields that `readmore.toml` declares, which it reads again with every generation. Raises SettingsError
    for a mistake in the file; one that is made later leaves the fields as they were.

    With `manifest` it has that generation only, which need not be the current one; its files must stay. `calendar`
    says what time it is, and is told the publisher's time zone.
    """

    def __init__(
        self,
        folder: ArchiveFolder,
        *,
        wait: bool = True,
        manifest: Manifest | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        keep_freed_memory()
        self._folder = folder
        self._manifest = folder.index.manifest
        self._wait = wait
        self._damage = DamageFinder(folder.index)
        self._calendar = calendar or Calendar()
        self._take_settings()
        self._fixed = (
            None
            if manifest is None
            else LocalIndex(Snapshot(folder.index, manifest, {}, schema=self._schema, calendar=self._calendar))
        )
        # one attribute, so that no thread sees the index of one generation with the stamp of another
        self._current: tuple[LocalIndex | None, tuple[int, int]] = (None, (0, 0))

    def close(self) -> None:
        self._damage.close()
        self._current, self._fixed = (None, (0, 0)), None

    def current(self) -> LocalIndex:
        if self._fixed is not None:
            return self._fixed
        stamp = self._stamp()
        index, known = self._current
        if index is None or stamp != known or (index.waiting and self._calendar.now() >= index.until):
            with self.explaining_damage():
                index = self._renewed(index)
            self._current = (index, stamp)
        return index

    def _renewed(self, index: LocalIndex | None) -> LocalIndex:
        """The current generation: `index` itself if that is it."""
        previous = None if index is None else index.snapshot
        with suppress(SettingsError):  # the settings are those of before until somebody has mended them
            self._take_settings()
        snapshot = Snapshot.open(
            self._folder.index, previous, wait=self._wait, schema=self._schema, calendar=self._calendar
        )
        return index if index is not None and snapshot is previous else LocalIndex(snapshot)

    def _take_settings(self) -> None:
        settings = load_settings(self._folder.settings)
        self._schema, self._calendar.zone = settings.schema, settings.zone

    def _stamp(self) -> tuple[int, int]:
        """Two numbers, at least one of which differs after a commit."""
        try:
            status = self._manifest.stat()
        except OSError:  # which reading it says in words
            return (0, 0)
        return status.st_mtime_ns, status.st_ino

    def explaining_damage(
        self, index: Index | None = None, *, wait: bool | None = None
    ) -> AbstractContextManager[None]:
        manifest = index.snapshot.manifest if isinstance(index, LocalIndex) else None
        return self._damage.explaining(manifest, wait=self._wait if wait is None else wait)

    def status(self) -> dict[str, Any]:
        with Archive.open(self._folder.path) as archive:
            return archive.status(self._calendar)
