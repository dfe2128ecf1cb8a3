"""Whether two headlines name other things: a company, a person or a place of which the other text knows nothing.

Reports from one template are as near each other as steps of one event, and are told apart by that: the shareholders of
two companies have the same rights, and are different news.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.text.words import normalize
from recommender.names.commonplace import is_commonplace
from recommender.names.whole import NameWords
from recommender.presentation.headline_phrases import HEADLINE_CHARS, TEXT_CHARS, TOKEN
from recommender.presentation.normalized import normalized

_INITIALS = re.compile(r"(?<!\w)(?:[A-Z]\.){2,}")  # "U.K."


class _Text:
    """An article as it is searched for the names of others."""

    def __init__(self, article: Article) -> None:
        self.headline = normalize(article.headline[:HEADLINE_CHARS])
        self.body = normalized(article.body)
        self.folded = f"{self.headline} {self.body}".casefold()

    def names_missing_in(self, other: _Text, known: NameWords, language: str) -> bool:
        """Whether the headline has a name or place that the other text has not at all."""
        missing = [
            word
            for word in TOKEN.findall(self.headline)
            if len(word) > 1 and word[0].isupper() and word.casefold().removesuffix("'s") not in other.folded
        ]
        if any(word in known or is_commonplace(word, language) or _is_capitalised(word, self.body) for word in missing):
            return True
        return any(name.casefold() not in other.folded for name in _INITIALS.findall(self.headline))


def names_of_their_own(source: Article, items: Sequence[Article], known: NameWords, language: str) -> NDArray[np.int8]:
    """(n_items,) how many of the two headlines, an item's and the article's, have a name or place that the other text
    has not at all: 0, 1 or 2."""
    mine = _Text(source)
    theirs = [_Text(item) for item in items]
    counts = [
        mine.names_missing_in(other, known, language) + other.names_missing_in(mine, known, language)
        for other in theirs
    ]
    return np.array(counts, np.int8)


def _is_capitalised(word: str, text: str) -> bool:
    """Whether a text has a word, and in small letters never: a company that every sentence begins with."""
    text, word = text[:TEXT_CHARS], word.casefold().removesuffix("'s")
    folded = text.casefold()
    if len(folded) != len(text):
        return False  # places in the one are not those in the other
    at, is_there = folded.find(word), False
    while at >= 0:
        if not folded[max(0, at - 1) : at].isalnum() and not folded[at + len(word) : at + len(word) + 1].isalnum():
            if text[at : at + len(word)].islower():
                return False
            is_there = True
        at = folded.find(word, at + 1)
    return is_there
