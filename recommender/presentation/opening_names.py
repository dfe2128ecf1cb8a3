"""The names in the openings of articles, out of what is kept of an archive where it is kept."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.article.article import Article
from recommender.corpus import forward_index
from recommender.corpus.view import View
from recommender.names import opening_cache
from recommender.names.opening_cache import Openings, Spelling, spellings_in
from search.engine import Engine


class OpeningNames:
    """Follows what is kept on the disk as it changes. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._openings: Openings | None = None

    def complete(self, view: View) -> Openings | None:
        """The openings of all articles of a view, if those on the disk are not all; else None."""
        stored = self._stored(view)
        self._openings = opening_cache.complete(self._engine, view.snapshot, stored)
        return None if self._openings is stored else self._openings

    def of(
        self, view: View, docs: Sequence[int], articles: Sequence[Article], language: str
    ) -> list[tuple[Spelling, ...]]:
        """The names in the openings of articles, which are these docs. `language` is that of the article they are
        shown under, which those that do not name theirs are taken to be in too."""
        openings = self._openings = self._stored(view)
        stored = openings.of([view.snapshot.seq_of(doc) for doc in docs])
        return [
            names
            if names is not None and (article.language or language == view.language)
            else spellings_in(article, language)
            for names, article in zip(stored, articles, strict=True)
        ]

    def _stored(self, view: View) -> Openings:
        return opening_cache.load(self._engine.data / forward_index.FOLDER, view.language, self._openings)
