"""The stored articles in an archive's folder."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArchiveNotFoundError
from indexer.store import Store


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

    def last_removal(self) -> int:
        with self._lock:
            return self._store.last_removal()
