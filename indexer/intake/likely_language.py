"""The language that a text is likely to be in, by its script, or by how many of its words are among the commonest."""

from __future__ import annotations

import re

from indexer.text.analyzer import analyzer_for
from indexer.text.words import word_forms

_LANGUAGES = "en de fr es it pt nl sv da no fi hu ro ru tr".split()
_SCRIPTS = (("ja", "\u3040-\u30ff"), ("ko", "\uac00-\ud7af"), ("zh", "\u4e00-\u9fff"), ("th", "\u0e01-\u0e5b"),
            ("he", "\u05d0-\u05ea"), ("el", "\u0370-\u03ff"))  # fmt: skip
_OF_LETTERS = 0.2  # share of the letters that must be of a script
_COMMON = 0.2  # share of the words that must be stop words; of running text it is a third and more
_AHEAD = 1.15  # how far the likeliest must be ahead of the next
_FEWEST = 20  # words that tell


def likely_language(text: str) -> str:
    """Two letters; empty where it is not clear."""
    letters = sum(map(str.isalpha, text))
    for language, script in _SCRIPTS:
        if letters and len(re.findall(f"[{script}]", text)) >= _OF_LETTERS * letters:
            return language
    words = word_forms(text)
    if len(words) < _FEWEST:
        return ""
    shares = {language: sum(map(analyzer_for(language).is_stop_word, words)) / len(words) for language in _LANGUAGES}
    first, second = sorted(shares, key=lambda language: -shares[language])[:2]
    return first if shares[first] >= max(_COMMON, _AHEAD * shares[second]) else ""
