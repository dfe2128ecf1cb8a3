"""The archive in a folder of this machine, as `search` needs it: its index and its stored articles."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArchiveNotFoundError
from indexer.base.malloc import keep_freed_memory
from indexer.commit.damage import DamageFinder
from indexer.segment.manifest import Manifest
from indexer.store import Store
from search.reader.snapshot import Snapshot


class LocalIndexSource:
    """The index in an archive's folder, an `IndexSource`; it sees what a writer commits without being reopened.

    `wait` says whether the first query waits for a neural model to be loaded, as a command should that asks once, or
    is answered by the other legs until it is, as a service should. It also says whether an error waits until it is
    known whether it comes of a damaged file.

    With `manifest` it has that generation only, which need not be the current one; its files must stay.
    """

    def __init__(self, folder: ArchiveFolder, *, wait: bool = True, manifest: Manifest | None = None) -> None:
        keep_freed_memory()
        self._folder = folder
        self._wait = wait
        self._damage = DamageFinder(folder.index)
        self._fixed = None if manifest is None else Snapshot(folder.index, manifest, {})
        # one attribute, so that no thread sees the snapshot of one generation with the stamp of another
        self._current: tuple[Snapshot | None, tuple[int, int]] = (None, (0, 0))

    def close(self) -> None:
        self._damage.close()
        self._current, self._fixed = (None, (0, 0)), None

    def current(self) -> Snapshot:
        if self._fixed is not None:
            return self._fixed
        stamp = self._stamp()
        snapshot, known = self._current
        if snapshot is None or stamp != known:
            with self.explaining_damage():
                snapshot = Snapshot.open(self._folder.index, snapshot, wait=self._wait)
            self._current = (snapshot, stamp)
        return snapshot

    def _stamp(self) -> tuple[int, int]:
        """Two numbers, at least one of which differs after a commit."""
        try:
            status = self._folder.manifest.stat()
        except FileNotFoundError:
            return (0, 0)
        return status.st_mtime_ns, status.st_ino

    def explaining_damage(
        self, index: Snapshot | None = None, *, wait: bool | None = None
    ) -> AbstractContextManager[None]:
        manifest = None if index is None else index.manifest
        return self._damage.explaining(manifest, wait=self._wait if wait is None else wait)

    def status(self) -> dict[str, Any]:
        with Archive.open(self._folder.path) as archive:
            return archive.status()


class LocalArticles:
    """The articles in an archive's folder, as `Articles`. Raises ArchiveNotFoundError if there is no archive."""

    def __init__(self, folder: ArchiveFolder) -> None:
        if not folder.articles.is_file():
            raise ArchiveNotFoundError(folder.path)
        self._store = Store(folder.articles)
        self._lock = threading.Lock()

    def close(self) -> None:
        self._store.close()

    def fetch(self, ids: Sequence[str]) -> dict[str, Article]:
        with self._lock:
            return self._store.fetch(ids)

    def versions(self, seqs: Sequence[int]) -> dict[int, Article]:
        with self._lock:
            return self._store.versions(seqs)

    def get_with_seq(self, id_or_url: str) -> tuple[int, Article]:
        with self._lock:
            return self._store.get_with_seq(id_or_url)

    def seqs(self, ids_or_urls: Sequence[str]) -> dict[str, int]:
        with self._lock:
            return self._store.seqs(ids_or_urls)

    def withheld(self, after: int, up_to: int) -> list[tuple[int, float]]:
        with self._lock:
            return self._store.withheld(after, up_to)

    def urls(self) -> list[str]:
        with self._lock:
            return self._store.urls()

    def removed_ids(self) -> set[str]:
        with self._lock:
            return self._store.removed_ids()
