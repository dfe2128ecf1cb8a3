"""An article as the archive in memory looks at it: its index terms and the values of its columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import Any

from indexer.article.article import Article
from indexer.article.typed_values import typed_or_none
from indexer.schema import Schema
from indexer.segment.columns import NO_DATE
from indexer.text.analyzer import analyzer_for
from indexer.text.markers import is_word
from indexer.text.words import folded, word_forms
from tests.words import analysed


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
        return {field: words for field, (words, _) in self.analysed.items()}

    @cached_property
    def analysed(self) -> dict[str, tuple[list[str], list[tuple[str, int]]]]:
        """By text field the index terms of its words, and those that it has beside them with their positions."""
        analyzer = analyzer_for(self.language)
        return {
            field: analysed(self._written(field) or "", analyzer, is_title=field == "title")
            for field in self.schema.text
        }

    def has_phrase(self, field: str, phrase: Sequence[str], slop: int) -> bool:
        """Whether terms follow each other in a text field, each at most `slop` places after the last."""
        words, others = self.analysed[field]
        places = [*((term, place) for place, term in enumerate(words)), *others]
        ends = {place for term, place in places if phrase and term == phrase[0]}
        for wanted in phrase[1:]:
            starts = [place for term, place in places if term == wanted]
            ends = {start for start in starts if any(0 < start - end <= slop for end in ends)}
        return bool(ends)

    def distances(self, term: str, other: str) -> set[int]:
        """How many places the one term may be behind the other, within a text field."""
        found = set()
        for words, others in self.analysed.values():
            places = [*((of, place) for place, of in enumerate(words)), *others]
            found |= {b - a for of, a in places if of == term for to, b in places if to == other}
        return found

    @cached_property
    def forms(self) -> Counter[str]:
        """How often it has each of its words as they are written."""
        texts = [self._written(field) or "" for field in self.schema.text]
        words = [word for text in texts for word in analyzer_for(self.language).words_of(word_forms(text))]
        return Counter(word for word in words if word)

    @cached_property
    def written(self) -> dict[str, set[tuple[str, str]]]:
        """By text field its words as they are written, without accents, and their terms; stop words left out."""
        analyzer, found = analyzer_for(self.language), {}
        for field in self.schema.text:
            forms = analyzer.words_of(word_forms(self._written(field) or ""))
            terms = analyzer.terms_of_words(forms)
            found[field] = {(folded(form), term) for form, term in zip(forms, terms, strict=True) if term}
        return found

    @cached_property
    def tf(self) -> dict[str, Counter[str]]:
        """By text field how often it has each of its index terms."""
        return {
            field: Counter([*words, *(term for term, _ in others)]) for field, (words, others) in self.analysed.items()
        }

    def terms(self, field: str = "") -> set[str]:
        """The index terms in a text field, or in any."""
        return set().union(*(terms for name, terms in self.tf.items() if field in ("", name)))

    def counts(self, title_tf: float) -> dict[str, float]:
        """How often it has each of its terms, ascending, one of the title counting so many times."""
        weights = {field: title_tf if field == "title" else 1.0 for field in self.words}
        terms = sorted(filter(is_word, self.terms()), key=str.encode)
        return {term: sum(weight * self.tf[field][term] for field, weight in weights.items()) for term in terms}

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """By column of texts its values, as the article writes them."""
        written = {field: self._written(field) or () for field in self.schema.values} | {"language": self.language}
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
