"""Queries drawn from the articles themselves, so that they ask for what an archive has.

A reader who searches has something in mind that was written: a query's words come from one article, half of them
from its headline. Within headline and text every occurrence is equally likely, so common and rare words mix as they
do in text. Stop words are left out, because some engines index them and others do not; so are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.vocabulary import function_words

Words = list[str]

_TOKEN = re.compile(r"\w+(?:'\w+)?|[^\w\s]+")
_WORD = re.compile(r"[a-z]{3,}\Z")
# What else than the generator's own function words the stop word lists of the compared engines hold.
_MORE_STOP_WORDS = """
about could did doing don hers herself itself just may might must myself ours ourselves shall shan since tbd theirs
though upon us whether would yet yours yourself yourselves mustn needn couldn didn doesn hadn hasn haven isn mightn
shouldn wasn weren won wouldn aren
"""
STOP_WORDS = frozenset(function_words()[0]) | frozenset(_MORE_STOP_WORDS.split())


def term_queries(articles: Sequence[dict[str, Any]], n_queries: int, words: int, seed: int) -> list[Words]:
    """`n_queries` queries of `words` different words each; every one is matched by some article in full.

    Raises ValueError where no article has so many different words.
    """
    rng = np.random.default_rng([seed, words, 0])
    return _draw(rng, articles, n_queries, lambda article: _words_of(rng, article, words))


def phrase_queries(articles: Sequence[dict[str, Any]], n_queries: int, words: int, seed: int) -> list[Words]:
    """`n_queries` phrases of `words` words that stand next to each other in some article, with nothing between."""
    rng = np.random.default_rng([seed, words, 1])
    return _draw(rng, articles, n_queries, lambda article: _phrase_of(rng, article, words))


def prefix_queries(articles: Sequence[dict[str, Any]], n_queries: int, seed: int) -> list[Words]:
    """`n_queries` beginnings, 3 to 6 letters long, of longer words of some article."""
    rng = np.random.default_rng([seed, 2])

    def prefix_of(article: dict[str, Any]) -> Words | None:
        word = _words_of(rng, article, 1)
        length = int(rng.integers(3, 7))
        return [word[0][:length]] if word and len(word[0]) > length else None

    return _draw(rng, articles, n_queries, prefix_of)


def _draw(rng: np.random.Generator, articles: Sequence[dict[str, Any]], n_queries: int, of: Any) -> list[Words]:
    found: list[Words] = []
    for _ in range(200 * n_queries):
        if len(found) == n_queries:
            return found
        query = of(articles[int(rng.integers(len(articles)))])
        if query is not None and query not in found:
            found.append(query)
    if len(found) == n_queries:
        return found
    raise ValueError(f"these {len(articles)} articles have too few words for {n_queries} queries")


def _words_of(rng: np.random.Generator, article: dict[str, Any], words: int) -> Words | None:
    title, text = _usable(article["title"]), _usable(article["text"])
    everything = title + text
    if len(set(everything)) < words:
        return None
    chosen: dict[str, None] = {}
    while len(chosen) < words:
        pool = title if len(set(title) - set(chosen)) and rng.random() < 0.5 else everything
        chosen[pool[int(rng.integers(len(pool)))]] = None
    return list(chosen)


def _phrase_of(rng: np.random.Generator, article: dict[str, Any], words: int) -> Words | None:
    tokens = _TOKEN.findall(article["text"].lower())
    good = [_is_usable(token) for token in tokens]
    starts = [i for i in range(len(tokens) - words + 1) if all(good[i : i + words])]
    if not starts:
        return None
    start = starts[int(rng.integers(len(starts)))]
    return tokens[start : start + words]


def _usable(text: str) -> Words:
    return [token for token in _TOKEN.findall(text.lower()) if _is_usable(token)]


def _is_usable(token: str) -> bool:
    return bool(_WORD.match(token)) and token not in STOP_WORDS
