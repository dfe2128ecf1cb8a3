"""The stored articles in an archive's folder."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArchiveNotFoundError, ReadmoreError
from indexer.store import Store, open_store

_Answer = TypeVar("_Answer")


class LocalArticles:
    """The articles in an archive's folder, as `Articles`. Raises ArchiveNotFoundError if there is no archive."""

    def __init__(self, folder: ArchiveFolder) -> None:
        if not folder.articles.is_file():
            raise ArchiveNotFoundError(folder.path)
        self._path = folder.articles
        self._store = open_store(self._path)
        self._lock = threading.Lock()

    def close(self) -> None:
        self._store.close()

    def fetch(self, ids: Sequence[str]) -> dict[str, Article]:
        return self._ask(lambda store: store.fetch(ids))

    def versions(self, seqs: Sequence[int]) -> dict[int, Article]:
        return self._ask(lambda store: store.versions(seqs))

    def get_with_seq(self, id_or_url: str) -> tuple[int, Article]:
        return self._ask(lambda store: store.get_with_seq(id_or_url))

    def seqs(self, ids_or_urls: Sequence[str]) -> dict[str, int]:
        return self._ask(lambda store: store.seqs(ids_or_urls))

    def withheld(self, after: int, up_to: int) -> list[tuple[int, float]]:
        return self._ask(lambda store: store.withheld(after, up_to))

    def urls(self) -> list[str]:
        return self._ask(Store.urls)

    def removed_ids(self) -> set[str]:
        return self._ask(Store.removed_ids)

    def last_removal(self) -> int:
        return self._ask(Store.last_removal)

    def _ask(self, question: Callable[[Store], _Answer]) -> _Answer:
        """What the store answers; where the folder cannot be written to, a store that is opened anew if somebody has
        changed it meanwhile."""
        with self._lock:
            while True:
                try:
                    answer = question(self._store)
                except (sqlite3.DatabaseError, ReadmoreError):
                    if not self._store.is_outdated():
                        raise
                else:
                    if not self._store.is_outdated():
                        return answer
                self._store.close()
                self._store = open_store(self._path)
