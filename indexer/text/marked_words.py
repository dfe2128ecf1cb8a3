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
_FIRST_SIGN, _LAST_SIGN = ord("#"), ord("/")  # all signs are between these in ASCII, but for
_OTHER_SIGNS = tuple(ord(sign) for sign in "@_")


def _kinds() -> NDArray[np.uint8]:
    """(256,) what each byte is, by the bits above."""
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
    return kinds


_KINDS = _kinds()


class Runs(NamedTuple):
    """Runs of words that signs stand between, or beside them, or capitals inside."""

    firsts: NDArray[np.int64]  # the places of their first and last words
    lasts: NDArray[np.int64]
    simple: NDArray[np.bool_]  # which are two words with one sign between them, and nothing else


class WrittenWords:
    """The words of texts as they are written: which bytes of `encoded`, which begins and ends in blanks, are in words,
    and where these start and end (exclusive)."""

    def __init__(
        self, encoded: bytes, in_word: NDArray[np.bool_], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> None:
        self._written = np.frombuffer(encoded, np.uint8)
        self._in_word = in_word
        self._starts, self._ends = starts, ends

    def named(self) -> NDArray[np.int64]:
        """What `indexer.text.spellings.named` gives."""
        written = self._written
        places = np.flatnonzero(_is_upper(written[self._starts]))
        first, end = self._starts[places], self._ends[places]
        long = end - first > 1
        capitals = long & _is_upper(written[first + 1]) & _is_upper(written[end - 1])
        within = (written[first - 1] == _BLANK) & (self._kinds(first - 2) & _ALNUM != 0)
        within &= long | (written[first] != ord("I"))
        result: NDArray[np.int64] = places[capitals | within]
        return result

    def runs(self) -> Runs:
        """The runs that may be chunks."""
        starts, ends = self._starts, self._ends
        special, aside = np.zeros(len(starts), bool), np.zeros(len(starts), bool)
        words, words_aside = (np.searchsorted(starts, at, side="right") - 1 for at in self._special())
        aside[words_aside] = True
        special[self._but_for_two_figures(words, aside)] = True
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

        only_figures = count((self._kinds(first) & self._kinds(last) & _DIGIT) == 0) == 0
        # "1,000,000" is nothing but its parts
        beside = count(aside[places]) > 0
        kept = ~only_figures | beside | (count(behind == ord("&")) > 0)
        kept |= (count(behind == ord(".")) > 1) | (count(behind == ord("-")) > 1)
        quoted = (self._written[first] == ord("'")) | (self._written[last] == ord("'"))
        plain = (lasts - firsts == 1) & (count(quoted) == 0) & ~beside & ~only_figures
        plain &= (behind[begins] != ord("&")) & (behind[begins] != ord(","))
        simple = plain & (ends[lasts] - starts[firsts] <= LONGEST)
        kept &= simple | ~plain
        return Runs(firsts[kept], lasts[kept], simple[kept])

    def _but_for_two_figures(self, joined: NDArray[np.int64], aside: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Of words that are joined to the next, ascending, those that are more than the first of two figures, as "12"
        is in "12.5": these are most, and nothing but their parts."""
        follows = np.diff(joined, prepend=-2) == 1
        alone = ~(follows | np.append(follows[1:], False) | aside[joined] | aside[joined + 1])
        starts, ends = self._starts, self._ends
        edges = np.stack([starts[joined], ends[joined] - 1, starts[joined + 1], ends[joined + 1] - 1])
        figures = np.bitwise_and.reduce(self._kinds(edges)) & _DIGIT != 0
        figures &= self._written[ends[joined]] != ord("&")  # "1&1" is a name
        kept: NDArray[np.int64] = joined[~(alone & figures)]
        return kept

    def _kinds(self, places: NDArray[np.int64]) -> NDArray[np.uint8]:
        return _KINDS[self._written[places]]

    def _special(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where in words is what makes more of them: the ends of words with one sign between them and the next; and
        signs before or behind that belong to words, or capitals inside."""
        at = self._of_account()
        before, here, behind = (self._kinds(at + step) for step in (-1, 0, 1))
        joined = (before & behind & _IN_WORD != 0) & (here & _JOINER != 0)
        led = (before & _ALNUM == 0) & (here & _BEFORE != 0) & (behind & (_IN_WORD | _DIGIT) == _IN_WORD)
        within = (before & _LOWER != 0) & (here & _UPPER != 0)
        followed = (before & _IN_WORD != 0) & (here & _AFTER != 0)
        return at[joined] - 1, np.concatenate([at[led] + 1, at[within], at[followed] - 1])

    def _of_account(self) -> NDArray[np.int64]:
        """Where a sign has a word behind it, one of `AFTER` a word before it, or a capital a small letter before it.
        numpy compares whole texts with one byte a good many times before it has looked up once what each byte is."""
        written, in_word = self._written, self._in_word
        found = _is_upper(written)
        found[1:] &= _is_upper(written[:-1] - np.uint8(ord("a") - ord("A")))
        signs = (written - np.uint8(_FIRST_SIGN)) <= np.uint8(_LAST_SIGN - _FIRST_SIGN)
        for sign in _OTHER_SIGNS:
            signs |= written == sign
        found[:-1] |= signs[:-1] & in_word[1:]
        for after in AFTER:
            found[1:] |= (written[1:] == ord(after[0])) & in_word[:-1]
        return np.flatnonzero(found)


def _is_upper(letters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return (letters - np.uint8(ord("A"))) < np.uint8(_LETTERS)
