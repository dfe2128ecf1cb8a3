"""The forms of a segment: its words as they are written, beside the terms that are made of them.

Terms say which articles a word finds, and are cut for that: "satelliti" is no word. What is shown to readers, and what
their spelling is compared with, are the forms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.segment.term_dictionary import Terms
from indexer.text.words import folded

_WRITTEN = b"\0"  # between the key of an entry and its written form, where that is another; in no word, and before all
_LANGUAGE = b"\0\0"  # before the language, where entries are compared with it


@dataclass(frozen=True, slots=True)
class FormTable:
    """Forms on their way into a segment. They ascend by key, then as written, then by language."""

    entries: list[bytes]  # `entry_of` each form; twice where two languages have it
    terms: NDArray[np.integer[Any]]  # (n_forms,) the number of its term in the segment; n_terms for one that has none
    counts: NDArray[np.integer[Any]]  # (n_forms,) how often it occurs
    languages: NDArray[np.integer[Any]]  # (n_forms,) places in `codes`
    codes: list[str]  # languages

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is stored beside the packed entries."""
        return {
            "form_term": self.terms,
            "form_count": self.counts,
            "form_language": self.languages,
            "form_languages": np.frombuffer(json.dumps(self.codes).encode(), np.uint8),
        }


NO_FORMS = FormTable([], np.zeros(0, np.uint8), np.zeros(0, np.uint8), np.zeros(0, np.uint8), [])


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
    key, utf8 = folded(written).encode(), written.encode()
    return key if key == utf8 else key + _WRITTEN + utf8


def with_language(entry: bytes, language: str) -> bytes:
    """An entry of one language: what sorts before another entry does so with any languages."""
    return entry + _LANGUAGE + language.encode()


class StoredForms:
    """The forms of a segment where they lie, memory-mapped."""

    def __init__(self, blob: NDArray[Any], start: NDArray[Any], arrays: dict[str, NDArray[Any]]) -> None:
        self._entries = Terms(blob, start)
        self.terms: NDArray[np.integer[Any]] = arrays["form_term"]
        self.counts: NDArray[np.integer[Any]] = arrays["form_count"]
        self.languages: NDArray[np.integer[Any]] = arrays["form_language"]
        self._codes = arrays["form_languages"]

    def __len__(self) -> int:
        return len(self._entries)

    @cached_property
    def codes(self) -> list[str]:
        """The languages that `languages` has places in."""
        codes: list[str] = json.loads(bytes(self._codes))
        return codes

    def entries(self) -> list[bytes]:
        """All entries, ascending."""
        return self._entries.all()

    def keys(self) -> list[bytes]:
        """The keys of all, ascending."""
        return [entry.partition(_WRITTEN)[0] for entry in self._entries.all()]

    def with_prefix(self, prefix: str) -> range:
        """The numbers of the forms whose keys begin with a prefix that is folded."""
        utf8 = prefix.encode()
        return range(self._entries.place(utf8), self._entries.place(utf8 + b"\xff"))

    def with_key(self, key: str) -> range:
        """The numbers of the forms with a key."""
        utf8 = key.encode()
        return range(self._entries.place(utf8), self._entries.place(utf8 + b"\1"))

    def of_term(self, term: int) -> Sequence[int]:
        """The numbers of the forms of the term with this number."""
        numbers: list[int] = np.flatnonzero(self.terms == term).tolist()
        return numbers

    def __getitem__(self, number: int) -> FormEntry:
        key, _, written = self._entries[number].partition(_WRITTEN)
        return FormEntry(
            key.decode(),
            (written or key).decode(),
            self.codes[self.languages[number]],
            int(self.terms[number]),
            int(self.counts[number]),
        )

    def __iter__(self) -> Iterator[FormEntry]:
        return map(self.__getitem__, range(len(self)))


class FormSource(NamedTuple):
    """The forms of a segment on their way into a merge."""

    forms: StoredForms
    new_term: NDArray[np.int64]  # (n_terms + 1,) the numbers of its terms, and of none, in the merged segment; -1: gone
    kept: NDArray[np.float64]  # (n_terms + 1,) which share of the words of each of its terms is kept


def merge_forms(sources: Sequence[FormSource]) -> FormTable:
    """The forms of several segments as one table. Forms of terms that are gone are left out; where articles with a term
    were deleted, which of its forms they had is not known: each loses the same share of its count, and none all."""
    codes = sorted({code for source in sources for code in source.forms.codes})
    keyed: list[list[bytes]] = []
    kept_of: list[NDArray[np.intp]] = []
    for source in sources:
        kept = np.flatnonzero(source.new_term[source.forms.terms] >= 0)
        entries, languages = source.forms.entries(), source.forms.languages.tolist()
        keyed.append([with_language(entries[n], source.forms.codes[languages[n]]) for n in kept.tolist()])
        kept_of.append(kept)
    merged = sorted(set().union(*keyed))
    places = {entry: place for place, entry in enumerate(merged)}
    terms, counts = np.zeros(len(merged), np.int64), np.zeros(len(merged), np.int64)
    for source, keys, kept in zip(sources, keyed, kept_of, strict=True):
        to = np.fromiter(map(places.__getitem__, keys), np.int64, len(keys))
        own = source.forms.terms[kept]
        terms[to] = source.new_term[own]
        counts[to] += np.ceil(source.forms.counts[kept] * source.kept[own]).astype(np.int64)
    split = [entry.rpartition(_LANGUAGE) for entry in merged]
    place_of = {code: place for place, code in enumerate(codes)}
    languages = np.array([place_of[language.decode()] for _, _, language in split], np.int64)
    return FormTable([entry for entry, _, _ in split], terms, counts, languages, codes)
