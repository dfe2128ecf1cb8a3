"""The words that an inverter has met, numbered, and the terms that were made of them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.segment.form_table import FormNumbers, FormTable, entry_of, with_language
from indexer.segment.term_dictionary import Terms
from indexer.text.analyzer import Analyzer
from indexer.text.markers import COMMON

DROPPED = 0  # the number of what is no term: stop words, the end of a text
_BEGINNING = "S8"  # of a text, which tells nearly all apart


class Numbered:
    """Different texts met so far, numbered in the order in which they turned up; 0 is none."""

    def __init__(self) -> None:
        self.utf8: list[bytes] = [b""]
        self._numbers = defaultdict(count(1).__next__, {b"": DROPPED})
        self._packed = Terms.of(self.utf8)
        self._in_order = np.zeros(0, np.int32)
        self._beginnings = np.zeros(0, np.uint64)  # of the texts in order: what they begin with, as numbers

    def __len__(self) -> int:
        """How many there are, the empty text included."""
        return len(self.utf8)

    def number(self, texts: Iterable[bytes]) -> list[int]:
        """The numbers of texts, which are given to those that have none yet."""
        numbers = self._numbers
        found = list(map(numbers.__getitem__, texts))
        self.utf8 += [*islice(reversed(numbers), len(numbers) - len(self.utf8))][::-1]
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

    def packed(self, numbers: NDArray[np.int32], without: NDArray[np.int64] | int = 0) -> Terms:
        """The texts with these numbers, each without so many bytes at its end."""
        known = self._packed
        if len(known) < len(self.utf8):
            new = Terms.of(self.utf8[len(known) :])
            starts = np.concatenate([known.start, new.start[1:] + known.start[-1]])
            known = self._packed = Terms(np.concatenate([known.blob, new.blob]), starts)
        first = known.start[numbers]
        lengths = known.start[numbers + 1] - first - without
        ends = np.cumsum(lengths)
        at = np.repeat(first - ends + lengths, lengths) + np.arange(int(lengths.sum()))
        return Terms(known.blob[at], np.concatenate([[0], ends]))

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
        self._term_of = array("i", [DROPPED])  # by the number of a form; numpy copies these at once
        self._language_of = array("i", [0])
        self._common_of = array("i", [DROPPED])
        self._others = array("q")  # of words that have more terms, the code and a term in one number

    @property
    def n_forms(self) -> int:
        """The forms that are kept, and 0."""
        return len(self.forms)

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
        forms = self._keep([words[place] for place in kept], [numbers[place] for place in kept], language)
        for place, form in zip(kept, forms, strict=True):
            numbers[place] = -form
        if not all(map(str.isascii, words)):
            of_words = zip(words, numbers, strict=True)
            self._others.extend(
                code << 32 | other for word, code in of_words for other in self._other_terms(word, analyzer)
            )
        return numbers

    def _keep(self, words: list[str], terms: list[int], language: int) -> list[int]:
        """The numbers of words as forms that are kept, given the numbers of their terms."""
        known = len(self.forms)
        ending = with_language(b"", self.languages[language])
        forms = self.forms.number([entry + ending for entry in map(entry_of, words)])
        if len(self.forms) - known < len(forms):  # some are there already, or here twice
            first = dict(zip(reversed(forms), reversed(range(len(forms))), strict=True))
            new = [first[form] for form in range(known, len(self.forms))]
            words, terms = [words[place] for place in new], [terms[place] for place in new]
        self._term_of.extend(terms)
        self._language_of.extend([language] * len(terms))
        commons = [DROPPED if term else self._common(word) for word, term in zip(words, terms, strict=True)]
        self._common_of.extend(commons)
        return forms

    def _common(self, stop_word: str) -> int:
        return self.terms.number([(COMMON + stop_word).encode()])[0]

    def _other_terms(self, word: str, analyzer: Analyzer) -> list[int]:
        return [] if word.isascii() else self.terms.number(map(str.encode, analyzer.other_terms(word)))

    def terms_of_codes(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """(n_codes,) by the codes of words, of which those below 0 count from the end: the numbers of their terms, 0
        for none, and of the terms that stop words have, 0 for none."""
        n_terms = len(self.terms)
        terms = np.concatenate([np.arange(n_terms, dtype=np.int32), np.array(self._term_of)[:0:-1]])
        common = np.concatenate([np.zeros(n_terms, np.int32), np.array(self._common_of)[:0:-1]])
        return terms, common

    def counts(self, codes: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
        """(n_codes,) how often each code occurs."""
        below = self.n_forms - 1
        return np.roll(np.bincount(codes + below, minlength=len(self.terms) + below), -below)

    def others(self, codes: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The terms beside their own that words have: the places of words, one for each term, and the numbers of
        terms."""
        if not self._others:
            return np.zeros(0, np.int64), np.zeros(0, np.int32)
        pairs = np.sort(np.array(self._others))
        pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])]  # np.unique loads masked arrays, in 10 ms
        of, terms = pairs >> 32, (pairs & 0xFFFFFFFF).astype(np.int32)
        size = len(self.terms) + len(self.forms)
        counts, firsts = np.zeros(size, np.int64), np.zeros(size, np.int64)
        np.add.at(counts, of, 1)
        firsts[of[::-1]] = np.arange(len(of))[::-1]
        places = np.flatnonzero(counts[codes])
        n_terms, first = counts[codes[places]], firsts[codes[places]]
        at = np.repeat(first - np.cumsum(n_terms) + n_terms, n_terms) + np.arange(int(n_terms.sum()))
        return np.repeat(places, n_terms), terms[at]

    def table(
        self, counts: NDArray[np.intp], rank: NDArray[np.uint32], n_terms: int
    ) -> tuple[FormTable, NDArray[np.unsignedinteger[Any]]]:
        """The table of the words of a batch, given the `counts` of their codes, and (n_codes,) the numbers of their
        forms in it. `rank` has the places of terms among its `n_terms`."""
        of_forms = np.zeros(self.n_forms, np.intp)
        of_forms[1:] = counts[: -self.n_forms : -1]
        used = self.forms.used(of_forms > 0)
        terms = np.array(self._term_of)[used]
        places = np.where(terms == DROPPED, n_terms, rank[terms])
        languages = np.array(self._language_of)[used]
        endings = np.array([len(with_language(b"", code)) for code in self.languages])
        entries = self.forms.packed(used, endings[languages])
        of_used = FormNumbers(places, n_terms).numbers
        numbers = np.zeros(len(counts), np.min_scalar_type(int(of_used.max(initial=0))))
        numbers[-used] = of_used
        return FormTable(entries, places, of_forms[used], languages, self.languages.copy()), numbers
