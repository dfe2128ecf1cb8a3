"""What some articles are about, in names that a reader might search for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from indexer.article.article import Article
from recommender.names.extraction import Name, names_in
from recommender.names.spelled_out import spelled_out
from recommender.names.vocabulary import name_words
from recommender.names.whole import NameWords, is_weak, whole_names

CHARS = 1500  # of each article's text that are read
IN_HEADLINE, IN_TEXT = 3, 1  # what an article counts that has the name in its headline, or several times in its text
LEAST_TIMES = 2  # in a text
ACRONYM = 0.5  # what one counts of that: fewer readers know it
LEAST_ARTICLES = 2  # that are about a subject, or else a search for it offers nothing to choose
MOST_SHARED = 0.5  # of the articles about a subject that another one, which is offered before it, may have


@dataclass(slots=True)
class _Subject:
    """A name, how it is written, and the places of the articles that are about it."""

    text: str
    weight: float = 0.0
    places: set[int] = field(default_factory=set)


def subjects(articles: Sequence[Article], language: str, limit: int) -> list[str]:
    """The names that most of some articles are about, at most `limit`, those first that are in most headlines. No two
    of them are about the same articles, and none is a place, an office or a date. `language` is that of articles that
    do not say theirs."""
    known = NameWords(name_words(articles))
    found: dict[tuple[str, ...], _Subject] = {}
    for place, article in enumerate(articles):
        body = article.body[:CHARS]
        for name in _about(article, body, known, article.language or language):
            subject = found.setdefault(name.terms, _Subject(spelled_out(name.text, f"{article.title}\n{body}")))
            weight = IN_HEADLINE if _is_in_headline(name, article) else IN_TEXT
            subject.weight += weight * (ACRONYM if name.text.isupper() else 1)
            subject.places.add(place)
    return _different(sorted(found.values(), key=lambda subject: -subject.weight), limit)


def _about(article: Article, body: str, known: NameWords, language: str) -> list[Name]:
    names = whole_names(names_in(article.title, body, language), known, language)
    return [
        name
        for name in names
        if len(name.text) > 2 and not is_weak(name) and (name.count >= LEAST_TIMES or _is_in_headline(name, article))
    ]


def _is_in_headline(name: Name, article: Article) -> bool:
    return name.in_title or name.text.casefold() in article.title.casefold()


def _different(ranked: Iterable[_Subject], limit: int) -> list[str]:
    """Those that are about different articles, and no part of another."""
    chosen: list[_Subject] = []
    for subject in ranked:
        if len(chosen) == limit:
            break
        if len(subject.places) >= LEAST_ARTICLES and not any(_are_alike(subject, other) for other in chosen):
            chosen.append(subject)
    return [subject.text for subject in chosen]


def _are_alike(subject: _Subject, other: _Subject) -> bool:
    shared = len(subject.places & other.places) / min(len(subject.places), len(other.places))
    words, others = set(subject.text.casefold().split()), set(other.text.casefold().split())
    return shared > MOST_SHARED or words <= others or others <= words
