"""Inversion of a batch of articles in memory: words in, postings sorted by term and article out.

Sort-based inversion (Witten, Moffat and Bell, Managing Gigabytes, ch. 5) done by numpy: every kept word becomes one
unsigned 64-bit key `term | doc | position`, and one sort of the keys is the inverted index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import analyzer_for, word_forms
from indexer.bulk import WordTable
from indexer.errors import ReadmoreError

TEXT_FIELDS = ("title", "body")
FIELD_GAP = 128  # positions between two fields of an article, so that no phrase reaches from one into the next
_DROPPED = 0  # term id of stop words


@dataclass(frozen=True, slots=True)
class Postings:
    """An inverted batch. Terms are sorted; the postings of a term are sorted by doc, their positions ascend.

    `tf` has one row per field of `TEXT_FIELDS` and one column per posting, `dl` one row per field
    and one column per doc. Positions count the
    kept words of an article through all its fields, `FIELD_GAP` between fields.
    """

    terms: list[bytes]  # UTF-8, ascending
    post_start: NDArray[np.int64]  # (n_terms + 1,) into docs and tf
    pos_start: NDArray[np.int64]  # (n_terms + 1,) into positions
    docs: NDArray[np.uint32]  # (n_postings,)
    tf: NDArray[np.unsignedinteger[Any]]  # (n_fields, n_postings)
    positions: NDArray[np.unsignedinteger[Any]]  # (n_words,)
    dl: NDArray[np.unsignedinteger[Any]]  # (n_fields, n_docs)


class _TermIds(dict[str, int]):
    """Form to term id in one language, filled as forms turn up; ids are shared between languages."""

    def __init__(self, language: str, ids: dict[str, int]) -> None:
        self._analyzer = analyzer_for(language)
        self._ids = ids

    def __missing__(self, form: str) -> int:
        term = self._analyzer.term(form)
        number = self._ids.setdefault(term, len(self._ids))
        self[form] = number
        return number


class _Language:
    """What an inverter knows of one language."""

    def __init__(self, language: str, ids: dict[str, int]) -> None:
        self.by_form = _TermIds(language, ids)
        self.in_bulk = WordTable(self.by_form.__getitem__)

    def words(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The term ids of the words of all texts, one text after the other, and how many words each text has."""
        if all(map(str.isascii, texts)):
            return self.in_bulk.ids(texts)
        plain = [text for text in texts if text.isascii()]
        bulk, bulk_counts = self.in_bulk.ids(plain) if plain else (np.zeros(0, np.int64), np.zeros(0, np.int64))
        cut = np.split(bulk, np.cumsum(bulk_counts)[:-1]) if plain else []
        ready = iter(cut)
        parts = [next(ready) if text.isascii() else self._one(text) for text in texts]
        return np.concatenate(parts), np.fromiter(map(len, parts), np.int64, len(parts))

    def _one(self, text: str) -> NDArray[np.int64]:
        return np.array(list(map(self.by_form.__getitem__, word_forms(text))), np.int64)


class Inverter:
    """Inverts batches of articles. One inverter serves many batches: it remembers the forms it has met."""

    def __init__(self, default_language: str) -> None:
        self._default_language = default_language
        self._ids: dict[str, int] = {"": _DROPPED}
        self._by_language: dict[str, _Language] = {}

    @property
    def n_forms(self) -> int:
        """How many forms are remembered."""
        return sum(len(known.by_form) for known in self._by_language.values())

    def invert(self, articles: Sequence[tuple[Sequence[str], str]]) -> Postings:
        """The postings of a batch, doc 0 being its first article. An article is the texts of its fields, in the order
        of `TEXT_FIELDS`, and its language, empty for the default."""
        languages = [language or self._default_language for _, language in articles]
        words, sizes = self._words([texts for texts, _ in articles], languages)
        kept = words != _DROPPED
        dl = np.diff(np.concatenate([[0], np.cumsum(kept)])[np.cumsum(sizes)], prepend=0)  # per field of each doc
        words = words[kept]
        names = list(self._ids)
        used = np.flatnonzero(np.bincount(words, minlength=len(names)))
        terms = sorted(map(names.__getitem__, used.tolist()))  # by code point, which is the order of UTF-8 too
        rank = np.zeros(len(names), np.uint64)
        rank[list(map(self._ids.__getitem__, terms))] = np.arange(len(terms), dtype=np.uint64)
        return _invert(words, rank, dl.reshape(-1, len(TEXT_FIELDS)), [term.encode() for term in terms])

    def _words(
        self, texts: Sequence[Sequence[str]], languages: Sequence[str]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The term ids of all words in order, and how many words each field of each article has."""
        used = list(dict.fromkeys(languages))
        for language in used:
            if language not in self._by_language:
                self._by_language[language] = _Language(language, self._ids)
        if len(used) == 1:
            return self._by_language[used[0]].words([text for fields in texts for text in fields])
        parts: list[NDArray[np.int64]] = [np.zeros(0, np.int64)] * (len(texts) * len(TEXT_FIELDS))
        for language in used:
            mine = [number for number, name in enumerate(languages) if name == language]
            words, counts = self._by_language[language].words([text for number in mine for text in texts[number]])
            slots = [number * len(TEXT_FIELDS) + field for number in mine for field in range(len(TEXT_FIELDS))]
            for slot, part in zip(slots, np.split(words, np.cumsum(counts)[:-1]), strict=True):
                parts[slot] = part
        return np.concatenate(parts), np.fromiter(map(len, parts), np.int64, len(parts))


def _invert(words: NDArray[np.int64], rank: NDArray[np.uint64], dl: NDArray[np.int64], terms: list[bytes]) -> Postings:
    """Sorts the kept words of all docs, `dl` (n_docs, n_fields) of them in each field, into postings. `rank` has the
    place of each term id among the `terms`."""
    n_docs, n_fields = dl.shape
    base = np.zeros_like(dl)  # position of the first word of each field
    base[:, 1:] = np.cumsum(dl + FIELD_GAP, axis=1)[:, :-1]
    pos_bits = int((base + dl).max(initial=0)).bit_length()
    field_bits, doc_bits = (n_fields - 1).bit_length(), max(n_docs - 1, 0).bit_length()
    low_bits = doc_bits + field_bits + pos_bits
    if low_bits + len(terms).bit_length() > 64:
        raise ReadmoreError(f"articles too long to index together: {n_docs} of them, up to 2**{pos_bits} words")
    ends = np.cumsum(dl.reshape(-1))
    place = np.arange(n_docs)[:, None] << field_bits | np.arange(n_fields)
    constant = (place << pos_bits).reshape(-1) + base.reshape(-1) - ends + dl.reshape(-1)
    keys = (rank << np.uint64(low_bits))[words]
    keys += np.repeat(constant, dl.reshape(-1)).view(np.uint64)
    keys += np.arange(len(keys), dtype=np.uint64)
    keys.sort()
    return _postings(keys, (doc_bits, field_bits, pos_bits), dl, terms)


def _postings(
    keys: NDArray[np.uint64], bits: tuple[int, int, int], dl: NDArray[np.int64], terms: list[bytes]
) -> Postings:
    """Cuts sorted keys into postings: one starts wherever the term or the doc changes."""
    doc_bits, field_bits, pos_bits = bits
    positions = (keys & np.uint64((1 << pos_bits) - 1)).astype(np.uint32)
    fields = (keys >> np.uint64(pos_bits)).astype(np.uint8) & np.uint8((1 << field_bits) - 1)
    keys >>= np.uint64(field_bits + pos_bits)
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
    keys = keys[starts]
    tf = np.zeros((dl.shape[1], len(starts)), np.uint32)
    if len(starts):
        for field in range(dl.shape[1]):
            np.add.reduceat(fields == field, starts, dtype=np.uint32, out=tf[field])
    post_start = np.searchsorted(keys >> np.uint64(doc_bits), np.arange(len(terms) + 1, dtype=np.uint64))
    return Postings(
        terms=terms,
        post_start=post_start.astype(np.int64),
        pos_start=np.append(starts, len(positions))[post_start].astype(np.int64),
        docs=(keys & np.uint64((1 << doc_bits) - 1)).astype(np.uint32),
        tf=tf,
        positions=positions,
        dl=dl.T.astype(np.uint32),
    )
