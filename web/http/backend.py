"""What the service needs of an archive, and the backend that has it from `search` and `recommender`.

Everything the service shows comes through `Backend`, so a test gives it a list of articles, and an archive
that moves to another engine changes one class here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from flask import current_app

if TYPE_CHECKING:
    from indexer.article.article import Article
    from indexer.schema import Schema
    from recommender.feedback.click_log import Click, ClickLog
    from recommender.related import Recommender
    from recommender.request.options import RelatedOptions
    from recommender.request.seeds import Seed
    from recommender.results import Block, RelatedResult
    from search.results import SearchResult

_EXTENSION = "readmore"


class Backend(Protocol):
    """An archive as the service sees it. Several threads call it at once.

    Raises
    ------
    ArticleNotFoundError, QueryError, ArchiveNotFoundError, IndexDamagedError
        which the service turns into 404, 400 and 503.
    """

    def search(self, query: str, *, limit: int, offset: int, filters: Mapping[str, Sequence[str]]) -> SearchResult:
        """The hits from `offset` on, `limit` of them at most; for the query ``*`` all articles, newest first. `filters`
        maps a field (``section``, ``site``) to the values of which an article must have one."""

    def schema(self) -> Schema:
        """The fields of articles, among them those to filter by. Cheap."""

    def related(self, seed: Seed, options: RelatedOptions) -> RelatedResult:
        """What to read after an article, a draft or a session, best first."""

    def block(self, seed: Seed, options: RelatedOptions) -> Block:
        """The related block for the end of an article or a draft, or after a session."""

    def click(self, click: Click) -> None:
        """Counts what a reader chose. Raises ClickError for an article that is not there."""

    def article(self, id_or_url: str) -> Article:
        """The article as stored."""

    def latest(self, limit: int) -> Sequence[Article]:
        """The newest articles, newest first."""

    def status(self) -> dict[str, Any]:
        """What the archive holds, in figures."""

    def generation(self) -> int:
        """The ``generation`` of `status`: another number after every change, and never ahead of what the other
        methods answer from. Asked for with every request, so it must be cheap."""

    def edition(self) -> str:
        """Another text whenever answers may change for another reason than a new generation: other rules of the
        editors, other learned weights, a model that is loaded by now, an article that was taken out. Asked for with
        every request, so it must be cheap."""

    def count(self) -> int:
        """The number of articles."""


class ArchiveBackend:
    """An archive, searched by `search.engine` and related by `recommender.related`. Closing it closes both."""

    def __init__(self, recommender: Recommender) -> None:
        self._recommender = recommender
        self._engine = recommender.engine
        self._lock = Lock()
        self._clicks: ClickLog | None = None

    def search(self, query: str, *, limit: int, offset: int, filters: Mapping[str, Sequence[str]]) -> SearchResult:
        return self._engine.search(query, limit=limit, offset=offset, filters=filters)

    def schema(self) -> Schema:
        return self._engine.index().schema

    def related(self, seed: Seed, options: RelatedOptions) -> RelatedResult:
        with self._engine.explaining_damage():
            return self._recommender.related(seed, options)

    def block(self, seed: Seed, options: RelatedOptions) -> Block:
        with self._engine.explaining_damage():
            return self._recommender.block(seed, options)

    def click(self, click: Click) -> None:
        from recommender.feedback.click_log import ClickError, ClickLog

        known = self._engine.seqs(click.ids())
        unknown = [article_id for article_id in click.ids() if article_id not in known]
        if unknown:
            raise ClickError(f"no article with the id '{unknown[0]}' in this archive")
        folder = self._engine.folder
        if folder is None:
            raise ClickError("clicks are counted in the archive's folder, and this one is in none")
        with self._lock:
            log = self._clicks = self._clicks or ClickLog(folder)
        log.count(click)

    def article(self, id_or_url: str) -> Article:
        return self._engine.article(id_or_url)

    def latest(self, limit: int) -> Sequence[Article]:
        return self._engine.latest(limit)

    def status(self) -> dict[str, Any]:
        return self._engine.status()

    def generation(self) -> int:
        return self._engine.index().generation  # status() walks the folder

    def edition(self) -> str:
        # what was taken out or replaced is not shown any more, even before the index is told
        removals = self._engine.last_removal()
        return " ".join([str(removals), self._recommender.edition(), *self._engine.loaded_spaces()])

    def count(self) -> int:
        return self._engine.index().num_docs

    def explaining_damage(self) -> AbstractContextManager[None]:
        """Raises an error that comes of a damaged file as an IndexDamagedError that names the file, once the whole
        index has been read to find it: for what is not a request."""
        return self._engine.explaining_damage(wait=True)

    def close(self) -> None:
        """Lets go of the archive's files."""
        if self._clicks is not None:
            self._clicks.close()
        self._engine.close()


class BackendHandle:
    """Opens the backend when a request first needs it. Opening that failed is tried again at the next request, so a
    service started before its archive was there comes up by itself."""

    def __init__(self, open_backend: Callable[[], Backend]) -> None:
        self._open = open_backend
        self._lock = Lock()
        self._backend: Backend | None = None

    def get(self) -> Backend:
        """The backend, opened if it was not."""
        backend = self._backend
        if backend is None:
            with self._lock:
                backend = self._backend = self._backend or self._open()
        return backend

    def install(self) -> None:
        """Makes this the current application's handle."""
        current_app.extensions[_EXTENSION] = self


def current_backend() -> Backend:
    """The backend of the application that is answering."""
    handle: BackendHandle = current_app.extensions[_EXTENSION]
    return handle.get()
