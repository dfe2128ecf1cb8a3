"""A text as the analyzer sees it, and which characters of the one are which of the other.

Normalisation can make one character of two, or many of one: offsets in its outcome are not offsets in the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from indexer.text.words import INVISIBLE, with_plain_apostrophes, without_invisible

# Signs that only separate words. With blanks for them, most prose in Western languages is Latin-1.
_TYPOGRAPHY = "“”„‟«»‹›–—―•…\u00a0\u2009\u202f€→"

_INVISIBLE = frozenset(INVISIBLE)
_FULL_WIDTH = re.compile(r"[！-～…]")  # ASCII as wide as ideographs; and three dots, which say no more than one
_NON_ASCII = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")


class Folded(NamedTuple):
    """A text as the analyzer sees it, normalised and in lower case, and where that moved something.

    `at` and `origin` are the same places in the outcome and in the text it was. Where two neighbours are as far apart
    in both, the characters between them correspond one by one; elsewhere the stretch between them changed as a whole.
    """

    text: str
    at: list[int]
    origin: list[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text as written that became `start` to `end`."""
        i = bisect_right(self.at, start) - 1
        j = bisect_right(self.at, end - 1) - 1
        return (
            self.origin[i] + (start - self.at[i] if self._is_one_by_one(i) else 0),
            self.origin[j] + end - self.at[j] if self._is_one_by_one(j) else self.origin[j + 1],
        )

    def _is_one_by_one(self, i: int) -> bool:
        at, origin = self.at, self.origin
        return i + 1 == len(at) or at[i + 1] - at[i] == origin[i + 1] - origin[i]


def fold(text: str) -> Folded:
    """`text` normalised and in lower case, with the way back to what is written."""
    text = with_plain_apostrophes(text)
    if not unicodedata.is_normalized("NFKC", text):  # first what is frequent, and one for one
        for sign in set(_FULL_WIDTH.findall(text)):
            text = text.replace(sign, chr(ord(sign) - 0xFEE0) if sign != "…" else ".")
    invisible = not _INVISIBLE.isdisjoint(text)
    if not invisible and unicodedata.is_normalized("NFKC", text):
        lower = text.lower()
        if len(lower) == len(text):
            return Folded(lower, [0], [0])
    parts: list[str] = []
    at, origin = [0], [0]
    done = size = 0
    for run in _NON_ASCII.finditer(text):  # with the character before it, which may take an accent from it
        if not invisible and unicodedata.is_normalized("NFKC", run.group()) and "İ" not in run.group():
            continue
        for start, cluster in _clusters(run.group(), run.start()):
            folded = without_invisible(unicodedata.normalize("NFKC", cluster))
            if folded == cluster and "İ" not in cluster:
                continue
            parts += [text[done:start], folded]
            size += start - done
            at.append(size)
            origin.append(start)
            size += len(folded) + folded.count("İ")  # the one letter that is longer in lower case
            done = start + len(cluster)
            at.append(size)
            origin.append(done)
    return Folded("".join([*parts, text[done:]]).lower(), at, origin)


def latin(text: str) -> bytes | None:
    """`text` in Latin-1, a byte for a character and blanks for its typography, if nothing in it needs more."""
    if text.isascii():
        return text.encode("ascii")
    if not _INVISIBLE.isdisjoint(text):
        return None
    text = with_plain_apostrophes(text)
    for sign in _TYPOGRAPHY:
        text = text.replace(sign, " ")
    try:
        return text.encode("latin-1") if unicodedata.is_normalized("NFKC", text) else None
    except UnicodeEncodeError:
        return None


def _clusters(text: str, offset: int) -> Iterator[tuple[int, str]]:
    """The stretches of `text` that are normalised independently of each other, with their offsets."""
    begin = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or not joins(text[i]):
            yield offset + begin, text[begin:i]
            begin = i


@lru_cache(maxsize=8192)
def joins(char: str) -> bool:
    """Whether a character can become one with what is before it: a combining mark, or a later part of a Hangul
    syllable."""
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"
