"""What the service needs of an archive, and the backend that has it from `search` and `recommender`.

Everything the service shows comes through `Backend`, so a test gives it a list of articles, and an archive
that moves to another engine changes one class here.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from flask import current_app

from indexer.base.errors import ReadmoreError
from indexer.base.file_stamp import stamp

if TYPE_CHECKING:
    from indexer.article.article import Article
    from indexer.base.archive_folder import ArchiveFolder
    from indexer.schema import Schema
    from recommender.related import Recommender
    from recommender.request.options import RelatedOptions
    from recommender.request.seeds import Seed
    from recommender.results import Block, RelatedResult
    from search.curation.rules import EditorRules
    from search.filters.reading import Filters
    from search.results import SearchResult, Suggestions
    from search.usage.event_log import EventLog
    from search.usage.events import Click, EventSums
    from web.writing.changes import Changed
    from web.writing.writer import ArchiveWriter

_EXTENSION = "readmore"
_SUBJECTS_OF = 200  # of the newest articles
MAX_SUBJECTS = 20


class Backend(Protocol):
    """An archive as the service sees it. Several threads call it at once.

    Raises
    ------
    ArticleNotFoundError, QueryError, ArchiveNotFoundError, IndexDamagedError
        which the service turns into 404, 400 and 503.
    """

    def search(
        self,
        query: str,
        *,
        limit: int,
        offset: int,
        filters: Filters,
        sort: str = "",
        facets: Sequence[str] = (),
        recency: str = "",
        typos: bool = True,
        fold: str = "",
        explain: bool = False,
    ) -> SearchResult:
        """The hits from `offset` on, `limit` of them at most; for the query ``*`` all articles, newest first. `sort` is
        a field to sort by, with a minus before it for the highest first; `fold` puts ``copies`` or ``stories`` under
        the best hit of them; the others are as of `Engine.search`."""

    def suggest(self, text: str, limit: int, filters: Filters | None = None) -> Suggestions:
        """What is offered while somebody types `text`, of the articles that satisfy `filters`."""

    def schema(self) -> Schema:
        """The fields of articles, among them those to filter by. Cheap."""

    def related(self, seed: Seed, options: RelatedOptions) -> RelatedResult:
        """What to read after an article, a draft or a session, best first."""

    def block(self, seed: Seed, options: RelatedOptions) -> Block:
        """The related block for the end of an article or a draft, or after a session."""

    def unknown(self, ids: Sequence[str]) -> Sequence[str]:
        """Those of the ids that are of no article here. Cheap."""

    def click(self, click: Click) -> None:
        """Counts what a reader chose."""

    def count_view(self, article_id: str) -> None:
        """Counts that somebody read an article."""

    def count_searches(self, made: Sequence[tuple[str, int, float]]) -> None:
        """Counts what readers searched for: each a query, how many articles it found, and when that was, in seconds
        since 1970."""

    def event_sums(self, days: int, limit: int) -> EventSums:
        """What readers did on the last days, `limit` entries of each list at most."""

    def related_report(self) -> dict[str, Any] | None:
        """The report on related articles that was kept last, None where none was."""

    def change(self, articles: Sequence[Article], withdrawn: Sequence[str]) -> Changed:
        """Adds and replaces articles, and takes out those with the ids `withdrawn`. When it returns the change is on
        the disk, and the next answer has it. Raises BusyError where others are changing the archive."""

    def rules(self) -> tuple[str, EditorRules]:
        """The editors' rules, as they are written and as they are read, with what is wrong with them."""

    def replace_rules(
        self, entries: str | Sequence[Mapping[str, Any]], tag: str | None, by: str = ""
    ) -> tuple[str, EditorRules]:
        """Puts other rules in the place of the editors': a text as it stands in the file, or entries. All of them, or
        none: raises RulesRefusedError if one is wrong, RulesChangedError if `tag` is not that of the rules in force.
        The history keeps that `by` did."""

    def recommender(self) -> Recommender:
        """What makes the answers, for the editors' desk, which looks behind them. Raises ReadmoreError where there is
        none."""

    def article(self, id_or_url: str) -> Article:
        """The article as stored."""

    def translations(self, article_id: str) -> Sequence[Article]:
        """The copies of an article in other languages."""

    def latest(self, limit: int) -> Sequence[Article]:
        """The newest articles, newest first."""

    def subjects(self, limit: int) -> Sequence[str]:
        """What the newest articles are about, in names that a reader might search for: at most `limit`, and
        `MAX_SUBJECTS`. Cheap from the second time on."""

    def status(self) -> dict[str, Any]:
        """What the archive holds, in figures."""

    def generation(self) -> int:
        """The ``generation`` of `status`: another number after every change, and never ahead of what the other
        methods answer from. Asked for with every request, so it must be cheap."""

    def edition(self) -> str:
        """Another text whenever answers may change for another reason than a new generation: other rules of the
        editors, other learned weights, a model that is loaded by now, an article that was taken out or whose time has
        come. Asked for with every request, so it must be cheap."""

    def count(self) -> int:
        """The number of articles."""


class ArchiveBackend:
    """An archive, searched by `search.engine` and related by `recommender.related`. Closing it closes both."""

    def __init__(self, recommender: Recommender) -> None:
        self._recommender = recommender
        self._engine = recommender.engine
        folder = self._engine.folder
        # the folder and the name of a file that every request looks at: to join a path takes as long as the look
        self._weights = None if folder is None else (str(folder.path), folder.fusion_weights.name)
        self._lock = Lock()
        self._events: EventLog | None = None
        self._writer: ArchiveWriter | None = None
        self._subjects: tuple[str, Sequence[str]] = "", ()

    def search(
        self,
        query: str,
        *,
        limit: int,
        offset: int,
        filters: Filters,
        sort: str = "",
        facets: Sequence[str] = (),
        recency: str = "",
        typos: bool = True,
        fold: str = "",
        explain: bool = False,
    ) -> SearchResult:
        result = self._engine.search(
            query,
            limit=limit,
            offset=offset,
            filters=filters,
            sort=sort,
            facets=facets,
            recency=recency or "off",
            typos=typos,
            folding=self._recommender.folding(fold) if fold else None,
            explain=explain,
        )
        self._engine.prepare_for_slips()
        return result

    def suggest(self, text: str, limit: int, filters: Filters | None = None) -> Suggestions:
        return self._engine.suggest(text, limit, filters=filters)

    def schema(self) -> Schema:
        return self._engine.index().schema

    def related(self, seed: Seed, options: RelatedOptions) -> RelatedResult:
        with self._engine.explaining_damage():
            return self._recommender.related(seed, options)

    def block(self, seed: Seed, options: RelatedOptions) -> Block:
        with self._engine.explaining_damage():
            return self._recommender.block(seed, options)

    def unknown(self, ids: Sequence[str]) -> Sequence[str]:
        known = self._engine.seqs(ids)
        return [article_id for article_id in ids if article_id not in known]

    def click(self, click: Click) -> None:
        self._event_log().click(click)

    def count_view(self, article_id: str) -> None:
        self._event_log().view(article_id)

    def count_searches(self, made: Sequence[tuple[str, int, float]]) -> None:
        self._event_log().searches(made)

    def event_sums(self, days: int, limit: int) -> EventSums:
        from search.usage.event_log import read_sums

        return read_sums(self._folder(), days, limit)

    def related_report(self) -> dict[str, Any] | None:
        from recommender.audit.kept_report import load

        return load(self._folder())

    def _event_log(self) -> EventLog:
        from search.usage.event_log import EventLog

        folder = self._folder()
        with self._lock:
            log = self._events = self._events or EventLog(folder)
        return log

    def change(self, articles: Sequence[Article], withdrawn: Sequence[str]) -> Changed:
        from web.writing.writer import ArchiveWriter

        folder = self._folder()
        with self._lock:
            writer = self._writer = self._writer or ArchiveWriter(folder, self._recommender.reopen)
        return writer.change(articles, withdrawn)

    def rules(self) -> tuple[str, EditorRules]:
        from search.curation.rules_replacement import rules_and_text

        return rules_and_text(self._folder(), self._engine.seqs)

    def replace_rules(
        self, entries: str | Sequence[Mapping[str, Any]], tag: str | None, by: str = ""
    ) -> tuple[str, EditorRules]:
        from search.curation.rules_replacement import replace_rules

        return replace_rules(self._folder(), entries, tag, self._engine.seqs, by)

    def recommender(self) -> Recommender:
        return self._recommender

    def _folder(self) -> ArchiveFolder:
        """The archive's folder, where all that is written goes. Raises ReadmoreError for an archive in none."""
        folder = self._engine.folder
        if folder is None:
            raise ReadmoreError("this archive is in no folder, and nothing of it can be changed")
        return folder

    def article(self, id_or_url: str) -> Article:
        return self._engine.article(id_or_url)

    def translations(self, article_id: str) -> Sequence[Article]:
        return self._engine.translations(article_id)

    def latest(self, limit: int) -> Sequence[Article]:
        return self._engine.latest(limit)

    def subjects(self, limit: int) -> Sequence[str]:
        state = f"{self.generation()} {self.edition()}"
        if self._subjects[0] != state:
            from recommender.names.subjects import subjects

            latest = self._engine.latest(_SUBJECTS_OF)
            self._subjects = state, tuple(subjects(latest, self._engine.index().language, MAX_SUBJECTS))
        return self._subjects[1][:limit]

    def status(self) -> dict[str, Any]:
        return self._engine.status()

    def generation(self) -> int:
        return self._engine.index().generation  # status() walks the folder

    def edition(self) -> str:
        # what was taken out or replaced is not shown any more, even before the index is told
        parts = [str(self._engine.last_removal()), self._recommender.edition(), *self._engine.loaded_spaces()]
        if (until := self._engine.index().until) < math.inf:  # from then on there is an article more
            parts.append(str(until))
        if self._weights is not None:
            parts.append(str(stamp(*self._weights)))
        return " ".join(parts)

    def count(self) -> int:
        return self._engine.index().num_docs

    def explaining_damage(self) -> AbstractContextManager[None]:
        """Raises an error that comes of a damaged file as an IndexDamagedError that names the file, once the whole
        index has been read to find it: for what is not a request."""
        return self._engine.explaining_damage(wait=True)

    def prepare(self) -> None:
        """Has another process derive what answers need where no process has kept it: after an upgrade, for instance.
        Comes back when that is done, or cannot be."""
        from web.writing.upkeep import prepare

        if self._engine.folder is not None and os.access(self._engine.folder.path, os.W_OK):
            prepare(self._recommender)

    def close(self) -> None:
        """Lets go of the archive's files."""
        if self._writer is not None:
            self._writer.close()
        if self._events is not None:
            self._events.close()
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
