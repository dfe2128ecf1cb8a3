"""The engine: an archive opened for searching. Nothing above this module touches the index's files."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import QueryError
from indexer.base.malloc import keep_freed_memory
from indexer.commit.damage import DamageFinder
from indexer.segment.manifest import Manifest
from search.excerpt.highlighter import Highlighter
from search.query.parser import ParsedQuery, parse, phrases, prefixes, text_terms
from search.ranking import fusion_settings
from search.ranking.explain import Explanation, explain_hit
from search.ranking.fusion import FusionSettings
from search.ranking.rank import Ranking, rank
from search.ranking.rerank import FIRST, Reranker, reranked
from search.reader.snapshot import Snapshot
from search.results import Hit, SearchResult

MAX_LIMIT = 1000


class Engine:
    """Searches an archive. Safe to use from several threads; sees what a writer commits without being reopened.

    `wait` says whether the first query waits for a neural model to be loaded, as a command should that asks once, or
    is answered by the other legs until it is, as a service should. It also says whether an error waits until it is
    known whether it comes of a damaged file, which takes reading the whole index: see `explaining_damage`.

    With `manifest` it answers from that generation only, which need not be the current one; its files must stay.

    Raises ArchiveNotFoundError if there is no archive at `data`, IndexDamagedError if its index cannot be read.
    """

    def __init__(self, data: Path | str, *, wait: bool = True, manifest: Manifest | None = None) -> None:
        keep_freed_memory()
        self._archive = Archive.open(data)
        self._manifest = self._archive.index.manifest
        self._wait = wait
        self._damage = DamageFinder(self._archive.index)
        self._only = None if manifest is None else Snapshot(self._archive.index, manifest, {})
        self._store_lock = threading.Lock()
        # one attribute, so that no thread sees the snapshot of one generation with the stamp of another
        self._current: tuple[Snapshot | None, tuple[int, int]] = (None, (0, 0))

    def close(self) -> None:
        """Lets go of the archive's files."""
        self._damage.close()
        self._archive.close()
        self._current, self._only = (None, (0, 0)), None

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @property
    def data(self) -> Path:
        """The archive's folder."""
        return self._archive.path

    def snapshot(self) -> Snapshot:
        """The current generation of the index; a consistent view for as long as it is kept."""
        if self._only is not None:
            return self._only
        stamp = self._manifest_stamp()
        snapshot, known = self._current
        if snapshot is None or stamp != known:
            with self.explaining_damage():
                snapshot = Snapshot.open(self._archive.index, snapshot, wait=self._wait)
            self._current = (snapshot, stamp)
        return snapshot

    def explaining_damage(
        self, manifest: Manifest | None = None, *, wait: bool | None = None
    ) -> AbstractContextManager[None]:
        """Raises an error that comes of a damaged file of the index as an IndexDamagedError that names the file; any
        other goes on as it is. `manifest` is the generation that is read meanwhile (default: the current one).

        A generation is verified at most once. If `wait` (default: that of the engine), the first error waits for it;
        else it goes on as it is, and those that come after the verification in another thread are explained.
        """
        return self._damage.explaining(manifest, wait=self._wait if wait is None else wait)

    def fusion_settings(self) -> FusionSettings:
        """How this archive weighs words and vectors."""
        return fusion_settings.load(self.data)

    def _manifest_stamp(self) -> tuple[int, int]:
        try:
            status = self._manifest.stat()
        except FileNotFoundError:
            return (0, 0)
        return status.st_mtime_ns, status.st_ino

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        filters: Mapping[str, Sequence[str]] | None = None,
        reranker: Reranker | None = None,
    ) -> SearchResult:
        """The articles that answer a query, best first, from `offset` on.

        `filters` maps a column (section, site, author, tag, language, place, agency) to the values allowed.
        A `reranker` orders the first `rerank.FIRST` articles for plain words. The hits' scores stay those of the
        fusion; the reranker's are among their legs.

        Raises QueryError for an empty query and for one that cannot be answered as asked.
        """
        started = time.perf_counter()
        if not query.strip():
            raise QueryError("the query is empty: give a word to search for, or * for everything")
        if not 0 <= limit <= MAX_LIMIT or offset < 0:
            raise QueryError(f"limit must lie between 0 and {MAX_LIMIT} and offset must not be negative")
        snapshot = self.snapshot()
        with self.explaining_damage(snapshot.manifest):
            parsed = parse(query, snapshot.languages())
            depth = offset + limit
            reads = reranker is not None and parsed.is_plain and bool(text_terms(parsed.tree))
            ranking = rank(
                snapshot, parsed, max(depth, FIRST) if reads else depth, filters, settings=self.fusion_settings()
            )
            if reranker is not None and reads:
                ranking = self._rerank(snapshot, parsed, ranking, reranker).best(depth)
            hits = self._hits(snapshot, parsed, ranking, offset)
        notes = ranking.notes
        if reranker is not None and not parsed.is_plain:
            notes = (*notes, "only queries of plain words are reranked; this one has operators, fields or phrases")
        if not ranking.total and parsed.is_plain and not text_terms(parsed.tree):
            notes = (*notes, "these words are too common to search for; add a rarer one")
        return SearchResult(query, ranking.total, (time.perf_counter() - started) * 1000, hits, notes)

    def explain(self, query: str, article_id: str) -> Explanation | None:
        """Why an article has its score for a query: what every leg adds to it, and the numbers behind BM25F's share.
        None if the query does not find it. Raises what `search` raises, and ArticleNotFoundError."""
        seq, _ = self.article_with_seq(article_id)
        snapshot = self.snapshot()
        with self.explaining_damage(snapshot.manifest):
            parsed = parse(query, snapshot.languages())
            ranking = rank(snapshot, parsed, snapshot.max_doc, settings=self.fusion_settings())
            places = np.flatnonzero(ranking.docs == snapshot.doc_of(seq))
            return explain_hit(snapshot, parsed.tree, ranking, int(places[0])) if len(places) else None

    def _rerank(self, snapshot: Snapshot, parsed: ParsedQuery, ranking: Ranking, reranker: Reranker) -> Ranking:
        ids = [snapshot.article_id(doc) for doc in ranking.docs[:FIRST].tolist()]
        articles = self.articles(ids)
        scores = reranker.scores(parsed.text, list(articles.values()))
        return reranked(ranking, ids, dict(zip(articles, scores.tolist(), strict=True)))

    def _hits(self, snapshot: Snapshot, parsed: ParsedQuery, ranking: Ranking, offset: int) -> tuple[Hit, ...]:
        ids = [snapshot.article_id(doc) for doc in ranking.docs[offset:].tolist()]
        articles = self.articles(ids)
        terms = {term: snapshot.idf(term.encode()) for term in text_terms(parsed.tree)}
        highlighter = Highlighter(terms, prefixes(parsed.tree), phrases(parsed.tree))
        hits = []
        for place, article_id in enumerate(ids, offset):
            article = articles.get(article_id)
            if article is None:  # removed since the snapshot was taken
                continue
            language = article.language or snapshot.manifest.language
            hits.append(
                Hit(
                    article,
                    float(ranking.scores[place]),
                    highlighter.title(article.headline, language),
                    highlighter.excerpt(article.body or article.excerpt, language=language),
                    {n: score for n, of in ranking.legs.items() if not math.isnan(score := float(of[place]))},
                )
            )
        return tuple(hits)

    def articles(self, ids: Sequence[str]) -> dict[str, Article]:
        """The stored articles with these ids; ids that are not there are left out."""
        with self._store_lock:
            return self._archive.store.fetch(ids)

    def versions(self, seqs: Sequence[int]) -> dict[int, Article]:
        """The stored articles with these store sequence numbers; those that are gone are left out."""
        with self._store_lock:
            return self._archive.store.versions(seqs)

    def article(self, id_or_url: str) -> Article:
        """The stored article with this id or URL. Raises ArticleNotFoundError."""
        return self.article_with_seq(id_or_url)[1]

    def article_with_seq(self, id_or_url: str) -> tuple[int, Article]:
        """The stored article with this id or URL behind its store sequence number. Raises ArticleNotFoundError."""
        with self._store_lock:
            return self._archive.store.get_with_seq(id_or_url)

    def seqs(self, ids_or_urls: Sequence[str]) -> dict[str, int]:
        """The store sequence numbers of the articles with these ids or URLs; those not there are left out."""
        with self._store_lock:
            return self._archive.store.seqs(ids_or_urls)

    def withheld(self, after: int, up_to: int) -> list[tuple[int, float]]:
        """See `Store.withheld`."""
        with self._store_lock:
            return self._archive.store.withheld(after, up_to)

    def urls(self) -> list[str]:
        """The URLs of all articles that have one."""
        with self._store_lock:
            return self._archive.store.urls()

    def removed_ids(self) -> set[str]:
        """The ids of articles that were here once and are not any more."""
        with self._store_lock:
            return self._archive.store.removed_ids()

    def latest(self, limit: int) -> list[Article]:
        """The newest articles by date."""
        snapshot = self.snapshot()
        with self.explaining_damage(snapshot.manifest):
            ranking = rank(snapshot, parse("*"), limit)
            ids = [snapshot.article_id(doc) for doc in ranking.docs.tolist()]
        articles = self.articles(ids)
        return [articles[i] for i in ids if i in articles]

    def loaded_spaces(self) -> tuple[str, ...]:
        """The vector spaces that can encode a query by now; the others take no part in searches yet."""
        return tuple(name for name, space in self.snapshot().spaces.items() if space.loaded)

    def status(self) -> dict[str, Any]:
        """What the archive holds, in figures."""
        return self._archive.status()
