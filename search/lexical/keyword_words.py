"""The words in a value of a column, and how else these may be spelled.

They are the words that a text has, folded, but for their endings and their apostrophes: a name is found as it is
written. "Jean-Luc O'Neill" has the words "jean", "luc" and "oneill", and is also found by "jeanluc". What is written
without blanks, "夏目漱石", has its letters for words, so that a part of it finds it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from indexer.text.words import MARKS, WORD, normalize, strip_accents

_MOST_AS_ONE = 48  # letters of words that are also one
_FEW_WORDS = 4  # of a value that is also one word as a whole
_APOSTROPHE = "'"
_WRITTEN_AS_ONE = re.compile(rf"\w[\w{MARKS}'./-]*")  # a stretch of words with signs between them, or nothing


@lru_cache(maxsize=1 << 16)
def keyword_words(text: str) -> tuple[str, ...]:
    """The words of a value in order, as they are compared: lower case, without accents and apostrophes."""
    return tuple([word.replace(_APOSTROPHE, "") for word in _words(_plain(text))])


def as_one(words: Sequence[str]) -> str:
    """Words as the one that they may be written as; empty where they are too long for one."""
    together = "".join(words)
    return together if len(together) <= _MOST_AS_ONE else ""


def spellings(value: str) -> set[str]:
    """The words of a value, and those that it may be found by: neighbours as one word, and all of a short one."""
    words = keyword_words(value)
    found = set(words)
    if len(words) > 1:
        found.update(map(as_one, pairwise(words)), _stretches(_plain(value)))
        if len(words) <= _FEW_WORDS:
            found.add(as_one(words))
    found.discard("")
    return found


@lru_cache(maxsize=1 << 16)  # a query may ask for many beginnings of words, each of them of every value
def written_words(value: str) -> frozenset[str]:
    """The words of a value as they are written, folded, with their apostrophes; and those with signs between them, or
    without blanks, as one."""
    plain = _plain(value)
    words = set(_words(plain))
    words.update(_stretches(plain) if len(words) > 1 or _APOSTROPHE in plain else ())
    return frozenset(words - {""})


def _plain(text: str) -> str:
    return normalize(text).lower()


def _words(plain: str) -> list[str]:
    return [strip_accents(word) for word in WORD.findall(plain)]


def _stretches(plain: str) -> set[str]:
    """Words without a blank between them as one, and without their apostrophes."""
    return {as_one(_words(stretch)).replace(_APOSTROPHE, "") for stretch in _WRITTEN_AS_ONE.findall(plain)}
