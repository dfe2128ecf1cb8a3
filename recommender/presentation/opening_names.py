"""The names in the openings of articles: looked up where the corpus keeps them, else found in the text."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.article.article import Article
from recommender.corpus.corpus import Corpus
from recommender.names.spellings import Spelling, spellings_in


def names_in_openings(
    corpus: Corpus, docs: Sequence[int], articles: Sequence[Article], language: str
) -> list[tuple[Spelling, ...]]:
    """The names in the openings of articles, which are these docs. `language` is that of the article they are shown
    under, which those that do not name theirs are taken to be in too."""
    return [
        names
        if names is not None and (article.language or language == corpus.language)
        else spellings_in(article, language)
        for names, article in zip(corpus.opening_names(docs), articles, strict=True)
    ]
