"""Where in a text words are in another spelling than the wanted one: "Wi-Fi" where "wifi" is, "C++".

Their terms are in the index beside those of words (`indexer.text.spellings`). Nearly all of a text has no sign and no
capital inside a word: only what has is looked at, and only if it has the letters that a wanted word begins with.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from indexer.text.analyzer import Analyzer
from indexer.text.markers import SIGNED, SPELLED
from indexer.text.spellings import JOINERS, LONGEST, chunk_terms, chunks, split
from indexer.text.words import APOSTROPHES, HYPHENS, INVISIBLE, plain_text, strip_accents
from search.excerpt.find_words import Match

_SIGNS = re.escape("".join(JOINERS)) + HYPHENS
# one letter or sign first, for which a text is searched quickly
_INSIDE = re.compile(rf"[A-Z{_SIGNS}](?:(?<=[a-z][A-Z])|(?<=\w[{_SIGNS}])(?=\w))")
_ENDING = 2  # letters of a stem that a form may have others for
_LAST_FOLDED = "\u0530"  # letters with accents come before
# what is compared letter by letter, for those letters that stay one
_PLAIN = {
    code: plain
    for code in range(0x80, ord(_LAST_FOLDED))
    if len(plain := strip_accents(chr(code).lower())) == 1 and len(chr(code).lower()) == 1
}


class Spellings:
    """The wanted terms that say more of an article than its words, see `indexer.text.markers`. What is found has the
    key of the word that it is a spelling of."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._spelled = {term: term.removeprefix(SPELLED) for term in wanted if term.startswith(SPELLED)}
        plain = ("".join(filter(str.isalnum, word)) for word in self._spelled.values())  # of 2.7.1 without its signs
        self._beginnings = tuple({word[:-_ENDING] or word for word in plain})
        signed = [term for term in wanted if term.startswith(SIGNED)]
        self._signed = {term.removeprefix(SIGNED): term for term in signed}
        self._signs = re.compile("|".join(map(_bounded, self._signed)), re.IGNORECASE) if signed else None
        self._patterns = {term: (_apart(word), _apart(word[:-_ENDING])) for term, word in self._spelled.items()}
        self._known: dict[tuple[str, str], list[str]] = {}  # by language and what is written its wanted terms

    def __bool__(self) -> bool:
        return bool(self._spelled or self._signed)

    def find(self, text: str, analyzer: Analyzer) -> Iterator[Match]:
        """What of a text is a wanted word in another spelling."""
        if self._signs is not None:
            for sign in self._signs.finditer(text):
                key = self._signed.get(strip_accents(sign[0].lower()))
                if key is not None:
                    yield Match(*sign.span(), key)
        if self._spelled:
            yield from self._find_joined(text, analyzer)

    def _find_joined(self, text: str, analyzer: Analyzer) -> Iterator[Match]:
        done = 0
        for inside in _INSIDE.finditer(text):
            if inside.start() < done:
                continue
            start, done = _around(text, inside.start())
            written = text[start:done]
            plain = _plain(written)
            joined = "".join([sign for sign in plain if sign.isalnum()])
            if not any(beginning in joined for beginning in self._beginnings):
                continue
            for term in self._terms(written, analyzer):
                places = (pattern.search(plain) for pattern in self._patterns[term])
                first, last = next((at.span() for at in places if at), (0, len(written)))
                while last < len(written) and (written[last].isalnum() or written[last] in INVISIBLE):
                    last += 1
                yield Match(start + first, start + last, self._spelled[term])

    def _terms(self, written: str, analyzer: Analyzer) -> list[str]:
        """The wanted terms of what is written without a blank."""
        known = self._known.get((analyzer.language, written))
        if known is None:
            found = {
                term
                for chunk in chunks(*split(plain_text(written)))
                for term, _ in chunk_terms(chunk.written, analyzer)
            }
            known = self._known[analyzer.language, written] = [term for term in self._spelled if term in found]
        return known


def _around(text: str, place: int) -> tuple[int, int]:
    """From where to where a text has no blank around a place; not far in scripts that have none."""
    low, high = max(0, place - LONGEST), min(len(text), place + LONGEST)
    blank, after = text.rfind(" ", low, place), text.find(" ", place, high)
    return blank + 1 if blank >= 0 else low, after if after >= 0 else high


def _plain(written: str) -> str:
    """What is written in lower case and without accents, letter by letter."""
    lower = written.lower()
    return (lower if len(lower) == len(written) else written).translate(_PLAIN)


def _apart(word: str) -> re.Pattern[str]:
    """Matches the letters of a stem, or of its beginning, whatever signs are between them."""
    between = f"[{_SIGNS}'{APOSTROPHES}{INVISIBLE}]*"
    return re.compile(between.join(map(re.escape, word)) or "(?!)")


def _bounded(signed: str) -> str:
    """A pattern for a word with signs that belong to it, not as a part of another."""
    before = r"(?<!\w)" if signed[0].isalnum() else ""
    behind = r"(?!\w)" if signed[-1].isalnum() else ""
    return before + re.escape(signed) + behind
