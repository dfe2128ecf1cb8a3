"""The names in an article's opening: its headline and first words, where what it is about is named."""

from __future__ import annotations

from typing import NamedTuple

from indexer.article.article import Article
from recommender.names.extraction import names_in

OPENING_CHARS = 300  # of each article's text


class Spelling(NamedTuple):
    """A name as an article writes it."""

    text: str
    terms: tuple[str, ...]  # its index terms; two spellings with the same terms are one name
    is_adjective: bool  # whether it only says where something is from ("Chinese")


def spellings_in(article: Article, language: str) -> tuple[Spelling, ...]:
    """The names in an article's opening, most frequent first; `language` is its own if it names none."""
    names = names_in(article.headline, article.body[:OPENING_CHARS], article.language or language)
    return tuple(Spelling(name.text, name.terms, name.is_adjective) for name in names)
