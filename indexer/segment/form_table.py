"""The forms of a segment: its words as they are written, beside the terms that are made of them.

Terms say which articles a word finds, and are cut for that: "satelliti" is no word. What is shown to readers, and what
their spelling is compared with, are the forms.

About half of all forms are their own terms. Those of the archive's own language are not stored: how often such a form
occurs is how often its term does, less its other forms.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is stored beside the packed entries."""
        return {
            "form_term": self.terms,
            "form_count": self.counts,
            "form_language": self.languages,
            "form_languages": np.frombuffer(json.dumps(self.codes).encode(), np.uint8),
        }


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
        self._segment_terms = terms
        self._pos_start = pos_start

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

    def keyed(
        self, endings: Mapping[str, bytes], *, whole: bool = False
    ) -> tuple[list[bytes], NDArray[np.int64], NDArray[np.int64]]:
        """All entries that are stored, each with the ending of its language, their terms and their counts; if `whole`,
        those that are their own terms, too."""
        keys, ends = self._entries.all(), [endings[code] for code in self.codes]
        if any(ends):
            keys = [entry + ends[place] for entry, place in zip(keys, self.languages.tolist(), strict=True)]
        terms, counts = self.terms.astype(np.int64), self.counts.astype(np.int64)
        if not whole:
            return keys, terms, counts
        own = self._own()
        keys += [self._segment_terms[number] + ends[0] for number in own.tolist()]
        return keys, np.concatenate([terms, own]), np.concatenate([counts, self._own_counts[own]])

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


class FormSource(NamedTuple):
    """The forms of a segment on their way into a merge."""

    forms: StoredForms
    new_term: NDArray[np.int64]  # (n_terms + 1,) the numbers of its terms, and of none, in the merged segment; -1: gone
    kept: NDArray[np.float64]  # (n_terms + 1,) which share of the words of each of its terms is kept


def merge_forms(parts: Sequence[FormSource | None]) -> FormTable | None:
    """The forms of several segments as one table. Forms of terms that are gone are left out; where articles with a term
    were deleted, which of its forms they had is not known: each loses the same share of its count, and none all. None
    where a segment, for which there is a None, has none: forms of some articles only would pass for all."""
    sources = [part for part in parts if part is not None]
    if len(sources) < len(parts) or not sources:
        return None
    own = sources[-1].forms.codes[0]  # whose forms stay out where they are their own terms
    codes = [own, *sorted({code for source in sources for code in source.forms.codes} - {own})]
    endings = {code: with_language(b"", code) for code in codes} if len(codes) > 1 else {own: b""}
    read = []
    for source in sources:
        keys, terms, counts = source.forms.keyed(endings, whole=source.forms.codes[0] != own)
        new = source.new_term[terms]
        left = np.flatnonzero(new >= 0)
        counts = np.ceil(counts[left] * source.kept[terms[left]]).astype(np.int64)
        read.append((keys if len(left) == len(keys) else [keys[n] for n in left.tolist()], new[left], counts))
    merged = list(dict.fromkeys(sorted(chain.from_iterable(keys for keys, _, _ in read))))  # ascending runs, or two
    places = {entry: place for place, entry in enumerate(merged)}
    terms, counts = np.zeros(len(merged), np.int64), np.zeros(len(merged), np.int64)
    for keys, new, part in read:
        to = np.fromiter(map(places.__getitem__, keys), np.int64, len(keys))
        terms[to] = new
        counts[to] += part
    if len(codes) == 1:
        languages, entries = np.zeros(len(merged), np.int64), merged
    else:
        place_of = {code.encode(): place for place, code in enumerate(codes)}
        split = [entry.rpartition(_LANGUAGE) for entry in merged]
        languages = np.array([place_of[language] for _, _, language in split], np.int64)
        entries = [entry for entry, _, _ in split]
    return FormTable(Terms.of(entries), terms, counts, languages, codes)
