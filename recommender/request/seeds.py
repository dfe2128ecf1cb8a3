"""Seeds: what articles are related to. Plain values; `seed_resolution` looks up what they stand for."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.article.article import Article


@dataclass(frozen=True, slots=True)
class ArticleSeed:
    """An article of the archive, by its id or URL."""

    id_or_url: str


@dataclass(frozen=True, slots=True)
class DraftSeed:
    """A text that is not in the archive and does not get there. Its id may be that of an older version in the archive,
    which is then not offered."""

    article: Article


@dataclass(frozen=True, slots=True)
class SessionSeed:
    """Articles that a reader has read, by id or URL, the last one last: it counts most. Unknown ones are passed
    over."""

    ids_or_urls: tuple[str, ...]


Seed = ArticleSeed | DraftSeed | SessionSeed
