"""The forms of a segment: its words as they are written, beside the terms that are made of them.

Terms say which articles a word finds, and are cut for that: "satelliti" is no word. What is shown to readers, and what
their spelling is compared with, are the forms.

About half of all forms are their own terms. Those of the archive's own language are not stored: how often such a form
occurs is how often its term does, less its other forms.

Which form each word of the articles is stands beside its position, as the *number* of the form: 0 for one that is not
stored, and from 1 on for those of a term that are, in their order. Words of terms that have one form only need none.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.segment.stretches import all_from
from indexer.segment.term_dictionary import Terms
from indexer.text.markers import FIRST_WORD
from indexer.text.spellings import is_pair
from indexer.text.words import folded

_WRITTEN = b"\0"  # between the key of an entry and its written form, where that is another; in no word, and before all
_LANGUAGE = b"\0\0"  # before the language, where entries are compared with it


@dataclass(frozen=True, slots=True)
class FormTable:
    """Forms on their way into a segment, but for those that are their own terms in the first of the languages. They
    ascend by key, then as written, then by language."""

    entries: Terms  # `entry_of` each form; twice where two languages have it
    terms: NDArray[np.integer[Any]]  # (n_forms,) the number of its term in the segment; n_terms for one that has none
    counts: NDArray[np.integer[Any]]  # (n_forms,) how often it occurs
    languages: NDArray[np.integer[Any]]  # (n_forms,) places in `codes`
    codes: list[str]  # languages, first the one whose forms are not here where they are their own terms
    # (n,) the numbers of the forms of all words whose terms have several, in the order of their positions; None where
    # an older version did not keep them
    of_words: NDArray[np.integer[Any]] | None = None

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is stored beside the packed entries."""
        arrays = {
            "form_term": self.terms,
            "form_count": self.counts,
            "form_language": self.languages,
            "form_languages": np.frombuffer(json.dumps(self.codes).encode(), np.uint8),
        }
        return arrays if self.of_words is None else arrays | {"form_of_word": self.of_words}

    def with_words(self, numbers: NDArray[np.integer[Any]], words: NDArray[np.int64]) -> FormTable:
        """The same with the numbers of the forms of all words, given by term; `words` has how many each term has."""
        several = has_several(self.terms, self.counts, words)
        return replace(self, of_words=numbers[np.repeat(several, words)])


def has_several(
    terms: NDArray[np.integer[Any]], counts: NDArray[np.integer[Any]], words: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(n_terms,) whether a term has several forms, given the `terms` and `counts` of those that are stored, and how
    many `words` each term has: all of them are its one form otherwise."""
    stored = np.bincount(terms, minlength=len(words) + 1)[:-1]
    in_them = np.bincount(terms, counts, len(words) + 1)[:-1]
    several: NDArray[np.bool_] = (stored > 1) | ((stored == 1) & (in_them < words))
    return several


class FormNumbers:
    """The stored forms of each term, given the `terms` of all forms, `n_terms` for none. A *slot* stands for a term and
    the number of a form of it: each term has one for 0, and then one for each form."""

    def __init__(self, terms: NDArray[np.integer[Any]], n_terms: int) -> None:
        self.counts = np.bincount(terms, minlength=n_terms + 1)  # (n_terms + 1,) of forms, at the end those of no term
        before = np.cumsum(self.counts) - self.counts
        self.first_slot = before + np.arange(n_terms + 1)  # (n_terms + 1,)
        self.n_slots = len(terms) + n_terms + 1
        self._terms = terms
        self._order = np.argsort(terms, kind="stable")
        self.numbers = np.empty(len(terms), np.int64)  # (n_forms,) of each form among those of its term
        self.numbers[self._order] = np.arange(len(terms)) - before[terms[self._order]] + 1

    def forms(self, term: int) -> NDArray[np.int64]:
        """The forms of a term, in their order."""
        first = int(self.first_slot[term]) - term
        return self._order[first : first + self.counts[term]]

    def slots(self, forms: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.int64]:
        """The slots of some forms, or of all."""
        slots: NDArray[np.int64] = self.first_slot[self._terms[forms]] + self.numbers[forms]
        return slots


@dataclass(frozen=True, slots=True)
class FormEntry:
    """A form of a segment."""

    key: str
    written: str
    language: str
    term: int  # its number in the segment; n_terms for none
    count: int


def entry_of(written: str) -> bytes:
    """A form as it is sorted and stored: its key, and itself where that is something else."""
    if written.isascii():
        return written.encode()
    key, utf8 = folded(written).encode(), written.encode()
    return key if key == utf8 else key + _WRITTEN + utf8


def with_language(entry: bytes, language: str) -> bytes:
    """An entry of one language: what sorts before another entry does so with any languages."""
    return entry + _LANGUAGE + language.encode()


def without_language(entry: bytes) -> tuple[bytes, bytes]:
    """What `with_language` was given, the language in UTF-8."""
    entry, _, language = entry.rpartition(_LANGUAGE)
    return entry, language


class StoredForms:
    """The forms of a segment where they lie, memory-mapped: `terms` and `pos_start` are those of the segment."""

    def __init__(
        self, blob: NDArray[Any], start: NDArray[Any], arrays: dict[str, NDArray[Any]], terms: Terms, pos_start: Any
    ) -> None:
        self._entries = Terms(blob, start)
        self.terms: NDArray[np.integer[Any]] = arrays["form_term"]
        self.counts: NDArray[np.integer[Any]] = arrays["form_count"]
        self.languages: NDArray[np.integer[Any]] = arrays["form_language"]
        self._codes = arrays["form_languages"]
        self._of_words: NDArray[np.integer[Any]] | None = arrays.get("form_of_word")
        self._segment_terms = terms
        self._pos_start = pos_start

    @property
    def tells_words(self) -> bool:
        """Whether it is known which form each word is: not of segments that an older version wrote."""
        return self._of_words is not None

    @cached_property
    def codes(self) -> list[str]:
        """The languages that `languages` has places in."""
        codes: list[str] = json.loads(bytes(self._codes))
        return codes

    @cached_property
    def _own_counts(self) -> NDArray[np.int64]:
        """(n_terms,) how often each term occurs as a word that is its own term."""
        counts = np.diff(self._pos_start.astype(np.int64))
        counts -= np.bincount(self.terms, self.counts, len(counts) + 1)[:-1].astype(np.int64)
        counts[: self._segment_terms.place(FIRST_WORD)] = 0
        own: NDArray[np.int64] = np.maximum(counts, 0)
        return own

    @cached_property
    def _words(self) -> NDArray[np.int64]:
        """(n_terms,) how many words each term has."""
        words: NDArray[np.int64] = np.diff(self._pos_start.astype(np.int64))
        return words

    @cached_property
    def form_numbers(self) -> FormNumbers:
        return FormNumbers(self.terms, len(self._words))

    @cached_property
    def several(self) -> NDArray[np.bool_]:
        """(n_terms,) whether a term has several forms."""
        return has_several(self.terms, self.counts, self._words)

    @cached_property
    def _first_told(self) -> NDArray[np.int64]:
        """(n_terms + 1,) where the words of each term begin in `_of_words`, those of terms with several forms."""
        return np.concatenate([[0], np.cumsum(np.where(self.several, self._words, 0))])

    def numbers_of_words(self, term: int) -> NDArray[np.integer[Any]]:
        """(n_words,) the numbers of the forms of the words of a term that has `several`, in the order of positions.
        Raises ValueError unless the segment `tells_words`."""
        if self._of_words is None:
            raise ValueError("it is not known which form each word is")
        return self._of_words[self._first_told[term] : self._first_told[term + 1]]

    def numbers_with_key(self, term: int, key: bytes) -> NDArray[np.bool_]:
        """(n_forms + 1,) whether a form of a term has a key, by the numbers of forms."""
        return np.array([of == key for of in self.keys_of_term(term)])

    def keys_of_term(self, term: int) -> list[bytes]:
        """The keys of the forms of a term, by their numbers: the first is its own, which no word need have."""
        forms = self.form_numbers.forms(term).tolist()
        return [self._segment_terms[term], *(self._entries[form].partition(_WRITTEN)[0] for form in forms)]

    def slots_of_terms(self, terms: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n_words,) the slots of the forms of the words of some terms that have `several`, in the order of the terms
        and of positions. Raises ValueError unless the segment `tells_words`."""
        if self._of_words is None:
            raise ValueError("it is not known which form each word is")
        words = self._words[terms]
        slots: NDArray[np.int64] = np.repeat(self.form_numbers.first_slot[terms], words)
        slots += self._of_words[all_from(self._first_told[terms], words)]
        return slots

    def slots_of_words(self, first: int, last: int) -> NDArray[np.int64]:
        """(n_words,) the slots of the forms of all words of the terms from `first` on, `last` not included. Raises
        ValueError unless the segment `tells_words`."""
        if self._of_words is None:
            raise ValueError("it is not known which form each word is")
        terms, numbers, words = slice(first, last), self.form_numbers, self._words[first:last]
        several = self.several[terms]
        only = np.where(several, 0, np.minimum(numbers.counts[terms], 1))
        slots: NDArray[np.int64] = np.repeat(numbers.first_slot[terms] + only, words)
        told = self._of_words[self._first_told[first] : self._first_told[last]]
        slots[np.repeat(several, words)] += told
        return slots

    def counts_by_slot(self) -> NDArray[np.int64]:
        """(n_slots,) how often the form of each slot occurs."""
        numbers = self.form_numbers
        counts = np.zeros(numbers.n_slots, np.int64)
        counts[numbers.first_slot[:-1]] = self._own_counts
        counts[numbers.slots()] = self.counts
        return counts

    @cached_property
    def keys(self) -> list[str]:
        """The keys of all forms that are stored, in their order. Built on first use: only wildcards and fuzzy words
        need it."""
        return [entry.partition(_WRITTEN)[0].decode() for entry in self._entries.all()]

    def first_from(self, key: bytes) -> int:
        """The number of the first form stored whose key is not below `key`, as many as there are where all are."""
        return self._entries.place(key)

    def keyed(
        self, endings: Mapping[str, bytes], *, whole: bool = False
    ) -> tuple[list[bytes], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """All entries that are stored, each with the ending of its language, their terms, counts and slots; if `whole`,
        those that are their own terms, too."""
        keys, ends = self._entries.all(), [endings[code] for code in self.codes]
        if any(ends):
            keys = [entry + ends[place] for entry, place in zip(keys, self.languages.tolist(), strict=True)]
        numbers = self.form_numbers
        terms, counts, slots = self.terms.astype(np.int64), self.counts.astype(np.int64), numbers.slots()
        if not whole:
            return keys, terms, counts, slots
        own = self._own()
        keys += [self._segment_terms[number] + ends[0] for number in own.tolist()]
        return (
            keys,
            np.concatenate([terms, own]),
            np.concatenate([counts, self._own_counts[own]]),
            np.concatenate([slots, numbers.first_slot[own]]),
        )

    def _own(self) -> NDArray[np.int64]:
        """The numbers of the terms that are words of their own."""
        return np.flatnonzero(self._own_counts)

    def key_counts(self) -> Iterator[tuple[bytes, int]]:
        """The key of every form, and how often the form occurs."""
        for entry, count in zip(self._entries.all(), self.counts.tolist(), strict=True):
            yield entry.partition(_WRITTEN)[0], count
        own = self._own()
        for number, count in zip(own.tolist(), self._own_counts[own].tolist(), strict=True):
            if not is_pair((term := self._segment_terms[number]).decode()):
                yield term, count

    def with_prefix(self, prefix: str) -> Iterator[FormEntry]:
        """The forms whose keys begin with a prefix that is folded, ascending."""
        utf8 = prefix.encode()
        return self._between(utf8, utf8 + b"\xff")

    def with_key(self, key: str) -> Iterator[FormEntry]:
        """The forms with a key, ascending."""
        utf8 = key.encode()
        return self._between(utf8, utf8 + b"\1")

    def of_term(self, term: int) -> Iterator[FormEntry]:
        """The forms of the term with this number, ascending."""
        stored = map(self._stored, np.flatnonzero(self.terms == term).tolist())
        return heapq.merge(stored, self._own_forms(range(term, term + 1)), key=_order)

    def _between(self, first: bytes, last: bytes) -> Iterator[FormEntry]:
        stored = range(self._entries.place(first), self._entries.place(last))
        own = range(self._segment_terms.place(first), self._segment_terms.place(last))
        return heapq.merge(map(self._stored, stored), self._own_forms(own), key=_order)

    def _stored(self, number: int) -> FormEntry:
        key, _, written = self._entries[number].partition(_WRITTEN)
        return FormEntry(
            key.decode(),
            (written or key).decode(),
            self.codes[self.languages[number]],
            int(self.terms[number]),
            int(self.counts[number]),
        )

    def _own_forms(self, numbers: range) -> Iterator[FormEntry]:
        """Those of some terms that are words of their own."""
        for number in numbers:
            if count := int(self._own_counts[number]):
                word = self._segment_terms[number].decode()
                if not is_pair(word):
                    yield FormEntry(word, word, self.codes[0], number, count)


def _order(form: FormEntry) -> tuple[str, str, str]:
    return form.key, form.written, form.language
