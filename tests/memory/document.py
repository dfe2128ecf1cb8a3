"""An article as the archive in memory looks at it: its index terms and the values of its columns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import Any

from indexer.article.article import Article
from indexer.article.typed_values import typed_or_none
from indexer.schema import Schema
from indexer.segment.columns import NO_DATE
from indexer.text.analyzer import analyzer_for
from indexer.text.words import word_forms


@dataclass(frozen=True)
class Document:
    """One version of an article."""

    seq: int
    article: Article
    default_language: str
    schema: Schema

    @property
    def language(self) -> str:
        """The article's own language, or else the archive's."""
        return self.article.language or self.default_language

    @cached_property
    def words(self) -> dict[str, list[str]]:
        """By text field its index terms in order, stop words left out."""
        analyzer = analyzer_for(self.language)
        return {field: analyzer.terms(self._written(field) or "") for field in self.schema.text}

    @cached_property
    def forms(self) -> Counter[str]:
        """How often it has each of its words as they are written."""
        texts = [self._written(field) or "" for field in self.schema.text]
        words = [word for text in texts for word in analyzer_for(self.language).words_of(word_forms(text))]
        return Counter(word for word in words if word)

    @cached_property
    def tf(self) -> dict[str, Counter[str]]:
        """By text field how often it has each of its index terms."""
        return {field: Counter(words) for field, words in self.words.items()}

    def terms(self, field: str = "") -> set[str]:
        """The index terms in a text field, or in any."""
        return set().union(*(words for name, words in self.words.items() if field in ("", name)))

    def counts(self, title_tf: float) -> dict[str, float]:
        """How often it has each of its terms, ascending, one of the title counting so many times."""
        weights = {field: title_tf if field == "title" else 1.0 for field in self.words}
        terms = sorted(self.terms(), key=str.encode)
        return {term: sum(weight * self.tf[field][term] for field, weight in weights.items()) for term in terms}

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """By column of texts its values, as the article writes them."""
        written = {field: self._written(field) or () for field in self.schema.values}
        lists = {field: [value] if isinstance(value, str) else value for field, value in written.items()}
        return {field: [value for value in values if value] for field, values in lists.items()}

    @property
    def date(self) -> int:
        """Seconds since 1970, or NO_DATE."""
        return NO_DATE if self.article.date is None else int(self.article.date.timestamp())

    def number(self, field: str) -> float | None:
        """Its number in a numeric field, None where it has none. Dates are seconds since 1970."""
        if self.schema.fields[field].is_declared:
            number: float | None = self._written(field)
            return number
        if field == "words":
            return len(self.words["body"])
        if self.article.date is None:
            return None
        return self.date if field == "date" else self.article.date.astimezone(UTC).year

    def _written(self, name: str) -> Any:
        """What the article has in a field."""
        field = self.schema.fields[name]
        if field.is_declared:
            return typed_or_none(field, self.article.fields)
        value: Any = self.article
        for part in field.path:
            value = getattr(value, part)
        return value
