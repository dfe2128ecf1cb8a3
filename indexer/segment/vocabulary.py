"""The words that an inverter has met, numbered, and the terms that were made of them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from indexer.segment.form_table import FormTable, entry_of, with_language
from indexer.text.analyzer import Analyzer
from indexer.text.markers import COMMON

DROPPED = 0  # the number of what is no term: stop words, the end of a text
_BEGINNING = "S8"  # of a text, which tells nearly all apart


class Numbered:
    """Different texts met so far, numbered in the order in which they turned up; 0 is none."""

    def __init__(self) -> None:
        self.utf8: list[bytes] = [b""]
        self._numbers: dict[bytes, int] = {b"": DROPPED}
        self._in_order = np.zeros(0, np.int32)
        self._beginnings = np.zeros(0, np.uint64)  # of the texts in order: what they begin with, as numbers

    def number(self, texts: Iterable[bytes]) -> list[int]:
        """The numbers of texts, which are given to those that have none yet."""
        numbers, known = self._numbers, len(self._numbers)
        found = [numbers.setdefault(text, len(numbers)) for text in texts]
        self.utf8 += [*islice(reversed(numbers), len(numbers) - known)][::-1]
        return found

    def in_order(self) -> NDArray[np.int32]:
        """The numbers of all texts, ascending by text."""
        known = len(self._in_order)
        if known + 1 < len(self.utf8):
            new = np.array(self.utf8[known + 1 :], _BEGINNING)
            keys = new.view(">u8").astype(np.uint64)
            # nearly sorted by their beginnings, they are soon sorted altogether
            order = (np.argsort(keys) + known + 1).tolist()
            order.sort(key=self.utf8.__getitem__)
            numbers = np.array(order, np.int32)
            keys = keys[numbers - (known + 1)]
            places = self._places(keys, order)
            self._in_order = np.insert(self._in_order, places, numbers)
            self._beginnings = np.insert(self._beginnings, places, keys)
        return self._in_order

    def _places(self, keys: NDArray[np.uint64], numbers: Sequence[int]) -> NDArray[np.int64]:
        """Where in `_in_order` new texts belong, given their beginnings and their numbers."""
        text = self.utf8.__getitem__
        first, last = (np.searchsorted(self._beginnings, keys, side=side) for side in ("left", "right"))
        for place in np.flatnonzero(first < last).tolist():
            number = numbers[place]
            first[place] = bisect_left(self._in_order, text(number), int(first[place]), int(last[place]), key=text)
        return first

    def used(self, marked: NDArray[np.bool_]) -> NDArray[np.int32]:
        """The numbers of those that are marked, ascending by text."""
        in_order = self.in_order()
        return in_order[marked[in_order]]


class Vocabulary:
    """The words met so far, in all languages, and the terms that were made of them.

    A word has a code. That of one which is its own term, in the archive's own language, is the number of the term; all
    others are forms that are kept, numbered from 1 on, and their codes are these numbers below 0.
    """

    def __init__(self, own_language: str) -> None:
        self.terms = Numbered()
        self.forms = Numbered()  # as `form_table.with_language` has them
        self.languages: list[str] = [own_language]
        self._entries: list[bytes] = [b""]
        self._term_of = array("i", [DROPPED])  # by the number of a form; numpy copies these at once
        self._language_of = array("i", [0])
        self._common_of = array("i", [DROPPED])
        self._others: list[tuple[int, int]] = []  # of words that have more terms, the code and a term

    @property
    def n_forms(self) -> int:
        """The forms that are kept, and 0."""
        return len(self._entries)

    def language(self, code: str) -> int:
        """The place of a language."""
        if code not in self.languages:
            self.languages.append(code)
        return self.languages.index(code)

    def codes(self, words: Sequence[str], analyzer: Analyzer, language: int) -> list[int]:
        """The codes of words in a language."""
        terms = analyzer.terms_of_words(list(words))
        numbers = self.terms.number(map(str.encode, terms))
        if language:
            kept = [place for place, word in enumerate(words) if word]
        else:
            kept = [place for place, (word, term) in enumerate(zip(words, terms, strict=True)) if word != term]
        self._keep(kept, words, terms, numbers, language)
        if not all(map(str.isascii, words)):
            of_words = zip(words, numbers, strict=True)
            self._others += [(code, other) for word, code in of_words for other in self._other_terms(word, analyzer)]
        return numbers

    def _keep(
        self, places: Sequence[int], words: Sequence[str], terms: Sequence[str], numbers: list[int], language: int
    ) -> None:
        """Keeps words, given by their places among others, as forms, and puts their codes into `numbers`, which has
        those of their terms."""
        entries = [entry_of(words[place]) for place in places]
        of_language = with_language(b"", self.languages[language])
        forms = self.forms.number([entry + of_language for entry in entries])
        known = next_one = len(self._entries)
        for form, place, entry in zip(forms, places, entries, strict=True):
            if form == next_one:
                next_one += 1
                self._entries.append(entry)
                self._term_of.append(numbers[place])
                stop = not terms[place]
                self._common_of.append(self.terms.number([(COMMON + words[place]).encode()])[0] if stop else DROPPED)
            numbers[place] = -form
        self._language_of.extend([language] * (next_one - known))

    def _other_terms(self, word: str, analyzer: Analyzer) -> list[int]:
        return [] if word.isascii() else self.terms.number(map(str.encode, analyzer.other_terms(word)))

    def of_words(self, codes: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """(n_words,) the numbers of the terms of words given by their codes, 0 for none, and of the terms that stop
        words have, 0 for none."""
        n_terms = len(self.terms.utf8)
        # codes below 0 count from the end
        terms = np.concatenate([np.arange(n_terms, dtype=np.int32), np.array(self._term_of)[:0:-1]])
        common = np.concatenate([np.zeros(n_terms, np.int32), np.array(self._common_of)[:0:-1]])
        return terms[codes], common[codes]

    def others(self, codes: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The terms beside their own that words have: the places of words, one for each term, and the numbers of
        terms."""
        if not self._others:
            return np.zeros(0, np.int64), np.zeros(0, np.int32)
        all_of, all_terms = np.array(self._others, np.int64).T
        pairs = np.unique(all_of << 32 | all_terms)  # sorted as one number, in a tenth of the time
        of, terms = pairs >> 32, (pairs & 0xFFFFFFFF).astype(np.int32)
        size = len(self.terms.utf8) + len(self._entries)
        counts, firsts = np.zeros(size, np.int64), np.zeros(size, np.int64)
        np.add.at(counts, of, 1)
        firsts[of[::-1]] = np.arange(len(of))[::-1]
        places = np.flatnonzero(counts[codes])
        n_terms, first = counts[codes[places]], firsts[codes[places]]
        at = np.repeat(first - np.cumsum(n_terms) + n_terms, n_terms) + np.arange(int(n_terms.sum()))
        return np.repeat(places, n_terms), terms[at]

    def table(self, codes: NDArray[np.int32], rank: NDArray[np.uint32], n_terms: int) -> FormTable:
        """The table of the words of a batch. `rank` has the places of terms among its `n_terms`."""
        counts = np.bincount(-codes[codes < 0], minlength=self.n_forms)
        used = self.forms.used(counts > 0)
        terms = np.array(self._term_of)[used]
        places = np.where(terms == DROPPED, n_terms, rank[terms])
        languages = np.array(self._language_of)[used]
        entries = list(map(self._entries.__getitem__, used.tolist()))
        return FormTable(entries, places, counts[used], languages, self.languages.copy())
