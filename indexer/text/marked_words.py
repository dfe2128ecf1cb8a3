"""Which words of many ASCII texts at once are written with signs or capitals, in numpy.

What `indexer.text.spellings` says of one text word by word is told here for the bytes of all texts, of which few are of
any account.
"""

from __future__ import annotations

from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.text.spellings import AFTER, BEFORE, JOINERS, LONGEST, MARK

_UPPER, _LOWER, _DIGIT, _IN_WORD, _JOINER, _BEFORE, _AFTER = (np.uint8(1 << bit) for bit in range(7))
_ALNUM = _UPPER | _LOWER | _DIGIT
_BLANK = 32
_LETTERS = 26


def _kinds() -> bytes:
    """What each byte is, by the bits above."""
    kinds = np.zeros(256, np.uint8)
    for characters, kind in (
        (ascii_uppercase, _UPPER),
        (ascii_lowercase, _LOWER),
        (digits, _DIGIT),
        (ascii_letters + digits + "'" + MARK, _IN_WORD),
        (JOINERS, _JOINER),
        (BEFORE, _BEFORE),
        ((signs[0] for signs in AFTER), _AFTER),
    ):
        kinds[[ord(character) for character in characters]] |= kind
    return kinds.tobytes()


_KINDS = _kinds()


class Runs(NamedTuple):
    """Runs of words that signs stand between, or beside them, or capitals inside."""

    firsts: NDArray[np.int64]  # the places of their first and last words
    lasts: NDArray[np.int64]
    simple: NDArray[np.bool_]  # which are two words with one sign between them, and nothing else


class WrittenWords:
    """The words of texts as they are written: where in `encoded`, which begins and ends in blanks, they start and where
    they end (exclusive)."""

    def __init__(self, encoded: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        self._written = np.frombuffer(encoded, np.uint8)
        self._kinds = np.frombuffer(encoded.translate(_KINDS), np.uint8)
        self._starts, self._ends = starts, ends

    def named(self) -> NDArray[np.int64]:
        """What `indexer.text.spellings.named` gives."""
        written, kinds = self._written, self._kinds
        places = np.flatnonzero(written[self._starts] - np.uint8(ord("A")) < _LETTERS)
        first, end = self._starts[places], self._ends[places]
        long = end - first > 1
        capitals = long & ((kinds[first + 1] & kinds[end - 1] & _UPPER) != 0)
        within = (written[first - 1] == _BLANK) & ((kinds[first - 2] & _ALNUM) != 0)
        within &= long | (written[first] != ord("I"))
        result: NDArray[np.int64] = places[capitals | within]
        return result

    def runs(self) -> Runs:
        """The runs that may be chunks."""
        starts, ends = self._starts, self._ends
        special, aside = np.zeros(len(starts), bool), np.zeros(len(starts), bool)
        special[self._joined()] = True
        aside[self._aside()] = True
        marked = special | aside
        marked[1:] |= special[:-1]
        places = np.flatnonzero(marked)
        if not len(places):
            return Runs(places, places, np.zeros(0, bool))
        begins = np.concatenate([[0], np.flatnonzero((np.diff(places) > 1) | ~special[places[:-1]]) + 1])
        finals = np.append(begins[1:], len(places)) - 1
        firsts, lasts = places[begins], places[finals]
        first, last, behind = starts[places], ends[places] - 1, self._written[ends[places]]
        behind[finals] = _BLANK

        def count(marked: NDArray[np.bool_]) -> NDArray[np.int64]:
            return np.add.reduceat(marked, begins, dtype=np.int64)

        only_figures = count((self._kinds[first] & self._kinds[last] & _DIGIT) == 0) == 0
        # "12.5" and "1,000,000" are nothing but their parts, and many
        beside = count(aside[places]) > 0
        kept = ~only_figures | beside | (count(behind == ord(".")) > 1) | (count(behind == ord("-")) > 1)
        quoted = (self._written[first] == ord("'")) | (self._written[last] == ord("'"))
        plain = (lasts - firsts == 1) & (count(quoted) == 0) & ~beside & ~only_figures
        plain &= (behind[begins] != ord("&")) & (behind[begins] != ord(","))
        simple = plain & (ends[lasts] - starts[firsts] <= LONGEST)
        kept &= simple | ~plain
        return Runs(firsts[kept], lasts[kept], simple[kept])

    def _joined(self) -> NDArray[np.int64]:
        """The places of words with one sign between them and the next."""
        kinds = self._kinds
        joined = (kinds[:-2] & kinds[2:] & _IN_WORD) != 0
        joined &= (kinds[1:-1] & _JOINER) != 0
        return self._words_at(np.flatnonzero(joined))

    def _aside(self) -> NDArray[np.int64]:
        """The places of words that have signs that belong to them, capitals inside, or apostrophes."""
        kinds = self._kinds
        before = (kinds[1:-1] & _BEFORE) != 0
        before &= (kinds[2:] & (_IN_WORD | _DIGIT)) == _IN_WORD
        before &= (kinds[:-2] & _ALNUM) == 0
        within = (kinds[:-1] & _LOWER) != 0
        within &= (kinds[1:] & _UPPER) != 0
        after = (kinds[:-1] & _IN_WORD) != 0
        after &= (kinds[1:] & _AFTER) != 0
        within |= after
        return self._words_at(np.concatenate([np.flatnonzero(before) + 2, np.flatnonzero(within)]))

    def _words_at(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """The words that bytes belong to."""
        found: NDArray[np.int64] = np.searchsorted(self._starts, places, side="right") - 1
        return found
