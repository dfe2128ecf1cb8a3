"""The stored articles in an archive's folder."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from indexer.article.article import Article
from indexer.article.publicity import Calendar
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArchiveNotFoundError, ArticleNotFoundError, ArticlesDamagedError, ReadmoreError
from indexer.loss import refuse_without_articles
from indexer.store import Store, open_store

_Answer = TypeVar("_Answer")
_Key = TypeVar("_Key", str, int)


class LocalArticles:
    """The articles in an archive's folder, as `Articles`; those of the file that is there now, also where it took the
    place of another, as a restored copy does. The `calendar` says whose time has come. Raises ArchiveNotFoundError if
    there is no archive."""

    def __init__(self, folder: ArchiveFolder, calendar: Calendar | None = None) -> None:
        if not folder.articles.is_file():
            refuse_without_articles(folder)
            raise ArchiveNotFoundError(folder.path)
        self._path = folder.articles
        self._store = open_store(self._path)
        self._lock = threading.Lock()
        self._calendar = calendar or Calendar()

    def close(self) -> None:
        self._store.close()

    def fetch(self, ids: Sequence[str]) -> dict[str, Article]:
        return self._public(self._ask(lambda store: store.fetch(ids)))

    def versions(self, seqs: Sequence[int]) -> dict[int, Article]:
        return self._public(self._ask(lambda store: store.versions(seqs)))

    def titles(self, after: int, up_to: int) -> list[tuple[int, str]]:
        return self._ask(lambda store: list(store.titles(after, up_to)))

    def contents(self, seqs: Sequence[int]) -> list[tuple[int, str, str]]:
        return self._ask(lambda store: list(store.contents(seqs)))

    def get_with_seq(self, id_or_url: str) -> tuple[int, Article]:
        seq, article = self._ask(lambda store: store.get_with_seq(id_or_url))
        if self._calendar.is_to_come(article):
            raise ArticleNotFoundError(id_or_url)
        return seq, article

    def seqs(self, ids_or_urls: Sequence[str]) -> dict[str, int]:
        return self._ask(lambda store: store.seqs(ids_or_urls))

    def withheld(self, after: int, up_to: int) -> list[tuple[int, float]]:
        return self._ask(lambda store: store.withheld(after, up_to))

    def translated(self, after: int, up_to: int) -> list[tuple[int, str, str, str, tuple[str, ...]]]:
        return self._ask(lambda store: store.translated(after, up_to))

    def urls(self, without: Collection[int] = ()) -> list[str]:
        return self._ask(lambda store: store.urls(without))

    def removed_ids(self) -> set[str]:
        return self._ask(Store.removed_ids)

    def last_removal(self) -> int:
        return self._ask(Store.last_removal)

    def _public(self, found: dict[_Key, Article]) -> dict[_Key, Article]:
        """Those of some articles whose time has come."""
        is_to_come = self._calendar.is_to_come
        return {key: article for key, article in found.items() if not is_to_come(article)}

    def _ask(self, question: Callable[[Store], _Answer]) -> _Answer:
        """What the store answers, for one thread at a time; one that somebody has replaced, or changed where the folder
        cannot be written to, is opened anew."""
        with self._lock:
            while True:
                if self._store.is_replaced() or self._store.is_outdated():
                    self._reopen()
                try:
                    answer = question(self._store)
                except (sqlite3.DatabaseError, ReadmoreError):
                    if not self._store.is_outdated():
                        raise
                else:
                    if not self._store.is_outdated():
                        return answer

    def _reopen(self) -> None:
        if not self._path.exists():
            raise ArticlesDamagedError(self._path, "is missing")
        former, self._store = self._store, open_store(self._path)
        former.close()
