"""The stored articles in an archive's folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArchiveNotFoundError, ArticlesDamagedError
from indexer.loss import refuse_without_articles
from indexer.store import Store


class LocalArticles:
    """The articles in an archive's folder, as `Articles`. Raises ArchiveNotFoundError if there is no archive.

    Where another database takes the place of the one that is open, as a restore has it, the next question is asked of
    that one: the other may have what was taken back since.
    """

    def __init__(self, folder: ArchiveFolder) -> None:
        if not folder.articles.is_file():
            refuse_without_articles(folder)
            raise ArchiveNotFoundError(folder.path)
        self._path = folder.articles
        self._store = Store(folder.articles)
        self._lock = threading.Lock()

    @contextmanager
    def _open(self) -> Iterator[Store]:
        """The articles as they are now, for one thread at a time."""
        with self._lock:
            if self._store.is_replaced():
                if not self._path.exists():
                    raise ArticlesDamagedError(self._path, "is missing")
                former, self._store = self._store, Store(self._path)
                former.close()
            yield self._store

    def close(self) -> None:
        self._store.close()

    def fetch(self, ids: Sequence[str]) -> dict[str, Article]:
        with self._open() as store:
            return store.fetch(ids)

    def versions(self, seqs: Sequence[int]) -> dict[int, Article]:
        with self._open() as store:
            return store.versions(seqs)

    def titles(self, after: int) -> list[tuple[int, str]]:
        with self._lock:
            return list(self._store.titles(after))

    def get_with_seq(self, id_or_url: str) -> tuple[int, Article]:
        with self._open() as store:
            return store.get_with_seq(id_or_url)

    def seqs(self, ids_or_urls: Sequence[str]) -> dict[str, int]:
        with self._open() as store:
            return store.seqs(ids_or_urls)

    def withheld(self, after: int, up_to: int) -> list[tuple[int, float]]:
        with self._open() as store:
            return store.withheld(after, up_to)

    def urls(self) -> list[str]:
        with self._open() as store:
            return store.urls()

    def removed_ids(self) -> set[str]:
        with self._open() as store:
            return store.removed_ids()
