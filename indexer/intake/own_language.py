"""The language of articles that do not say theirs: told from their texts, or else the archive's."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.text.analyzer import DEFAULT_LANGUAGE
from indexer.text.detection import LOOKED_AT, detected_language


@dataclass(frozen=True, slots=True)
class OwnLanguage:
    """Says the language of articles that are in another one than the `ordinary`, which goes without saying."""

    ordinary: str = DEFAULT_LANGUAGE

    @classmethod
    def of(cls, archive: Archive) -> OwnLanguage:
        """As the archive's settings have it, or else its index."""
        return cls(archive.settings().language or archive.manifest().language)

    def said_of(self, article: Article) -> Article:
        """The article, with its language if that is not the ordinary one and clear from its text."""
        if article.language:
            return article
        found = detected_language(f"{article.title}\n{article.body[: 2 * LOOKED_AT] or article.excerpt}", self.ordinary)
        return article if found in ("", self.ordinary) else replace(article, language=found)
