"""An article as the archive in memory looks at it: its index terms and the values of its columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import Any

from indexer.article.article import Article
from indexer.article.typed_values import typed_or_none
from indexer.schema import BASE, Schema
from indexer.segment.columns import NO_DATE
from indexer.text.analyzer import analyzer_for


@dataclass(frozen=True)
class Document:
    """One version of an article."""

    seq: int
    article: Article
    default_language: str
    schema: Schema = BASE

    @property
    def language(self) -> str:
        """The article's own language, or else the archive's."""
        return self.article.language or self.default_language

    @cached_property
    def words(self) -> dict[str, list[str]]:
        """By text field its index terms in order, stop words left out."""
        texts = {"title": self.article.title, "body": self.article.body} | self._declared(self.schema.text, "")
        return {field: analyzer_for(self.language).terms(text) for field, text in texts.items()}

    def _declared(self, names: Iterable[str], without: Any) -> dict[str, Any]:
        """Of the fields named, the values in those that are declared; `without` is for what has none."""
        fields = [self.schema.fields[name] for name in names if self.schema.fields[name].is_declared]
        values = {field.name: typed_or_none(field, self.article.fields) for field in fields}
        return {name: without if value is None else value for name, value in values.items()}

    @cached_property
    def tf(self) -> dict[str, Counter[str]]:
        """By text field how often it has each of its index terms."""
        return {field: Counter(words) for field, words in self.words.items()}

    def terms(self, field: str = "") -> set[str]:
        """The index terms in a text field, or in any."""
        return set().union(*(self.words[name] for name in self.words if field in ("", name)))

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """By column of names its values, as the article writes them."""
        article = self.article
        columns = {
            "section": [article.section],
            "site": [article.site],
            "author": article.authors,
            "tag": article.tags,
            "language": [article.language],
            "place": [article.dateline.place],
            "agency": [article.dateline.agency],
            **self._declared(self.schema.values, ()),
        }
        return {field: [value for value in values if value] for field, values in columns.items()}

    @property
    def date(self) -> int:
        """Seconds since 1970, or NO_DATE."""
        return NO_DATE if self.article.date is None else int(self.article.date.timestamp())

    def number(self, field: str) -> float | None:
        """Its number in a numeric field, None where it has none."""
        if field not in BASE.fields:
            declared: float | None = self._declared([field], None)[field]
            return declared
        if field == "words":
            return len(self.words["body"])
        if self.article.date is None:
            return None
        return self.date if field == "date" else self.article.date.astimezone(UTC).year
