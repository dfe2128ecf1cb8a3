"""Inversion of a batch of articles in memory: words in, postings sorted by term and article out.

Sort-based inversion (Witten, Moffat and Bell, Managing Gigabytes, ch. 5) done by numpy: every kept word becomes one
unsigned 64-bit key `term | doc | position`, and one sort of the keys is the inverted index.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import analyzer_for, word_forms

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


class Inverter:
    """Collects articles and inverts them. One inverter serves many batches: it remembers the forms it has met."""

    def __init__(self, default_language: str) -> None:
        self._default_language = default_language
        self._ids: dict[str, int] = {"": _DROPPED}
        self._by_language: dict[str, _TermIds] = {}
        self._words = array("q")  # term ids of all words of all articles
        self._ends = array("q", [0])  # where in them each field of each article ends

    @property
    def n_forms(self) -> int:
        """How many forms are remembered."""
        return sum(map(len, self._by_language.values()))

    def add(self, texts: Sequence[str], language: str = "") -> None:
        """Adds an article by the texts of its fields, in the order of `TEXT_FIELDS`."""
        language = language or self._default_language
        ids = self._by_language.get(language)
        if ids is None:
            ids = self._by_language[language] = _TermIds(language, self._ids)
        words = self._words
        for text in texts:
            words.extend(map(ids.__getitem__, word_forms(text)))
            self._ends.append(len(words))

    def invert(self) -> Postings:
        """The postings of the articles added since the last call, doc 0 being the first of them."""
        words, sizes = np.array(self._words, np.int64), np.diff(np.array(self._ends, np.int64))
        self._words, self._ends = array("q"), array("q", [0])
        kept = words != _DROPPED
        slot = np.repeat(np.arange(len(sizes)), sizes)[kept]  # doc * n_fields + field, per kept word
        words = words[kept]
        dl = np.bincount(slot, minlength=len(sizes)).reshape(-1, len(TEXT_FIELDS))
        names = list(self._ids)
        used = np.flatnonzero(np.bincount(words, minlength=len(names)))
        vocabulary = sorted((names[number].encode(), number) for number in used.tolist())
        rank = np.zeros(len(names), np.int64)
        rank[[number for _, number in vocabulary]] = np.arange(len(vocabulary))
        return _sort(rank[words], slot, dl, [name for name, _ in vocabulary])


def _sort(ranks: NDArray[np.int64], slot: NDArray[np.int64], dl: NDArray[np.int64], terms: list[bytes]) -> Postings:
    n_docs, n_fields = dl.shape
    base = np.zeros_like(dl)  # position of the first word of each field
    base[:, 1:] = np.cumsum(dl + FIELD_GAP, axis=1)[:, :-1]
    ends = np.cumsum(dl.reshape(-1))
    positions = np.arange(len(ranks)) + (base.reshape(-1) - ends + dl.reshape(-1))[slot]
    docs = slot // n_fields
    pos_bits = int(positions.max(initial=0)).bit_length()
    doc_bits = max(n_docs - 1, 0).bit_length()
    if len(terms).bit_length() + doc_bits + pos_bits <= 64:
        keys = (ranks.astype(np.uint64) << np.uint64(doc_bits) | docs.astype(np.uint64)) << np.uint64(pos_bits)
        keys |= positions.astype(np.uint64)
        keys.sort()
        positions = (keys & np.uint64((1 << pos_bits) - 1)).astype(np.uint32)
        keys >>= np.uint64(pos_bits)
        docs = (keys & np.uint64((1 << doc_bits) - 1)).astype(np.uint32)
        ranks = (keys >> np.uint64(doc_bits)).astype(np.int64)
    else:
        order = np.lexsort((positions, docs, ranks))
        ranks, docs, positions = ranks[order], docs[order].astype(np.uint32), positions[order].astype(np.uint32)
    return _runs(ranks, docs, positions, base, dl, terms)


def _runs(
    ranks: NDArray[np.int64],
    docs: NDArray[np.uint32],
    positions: NDArray[np.uint32],
    base: NDArray[np.int64],
    dl: NDArray[np.int64],
    terms: list[bytes],
) -> Postings:
    """Cuts the sorted words into postings: a posting starts where the term or the doc changes."""
    new: NDArray[np.bool_] = np.ones(len(ranks), bool)
    new[1:] = (ranks[1:] != ranks[:-1]) | (docs[1:] != docs[:-1])
    starts = np.flatnonzero(new)
    tf = np.zeros((dl.shape[1], len(starts)), np.uint32)
    remaining = np.diff(np.append(starts, len(ranks)))
    for number in range(dl.shape[1] - 1, 0, -1):
        if len(starts):
            in_field_or_later = np.add.reduceat(positions >= base[docs, number], starts, dtype=np.uint32)
            tf[number] = in_field_or_later - tf[number + 1 :].sum(axis=0)
            remaining = remaining - tf[number]
    tf[0] = remaining
    terms_range = np.arange(len(terms) + 1)
    return Postings(
        terms=terms,
        post_start=np.searchsorted(ranks[starts], terms_range).astype(np.int64),
        pos_start=np.searchsorted(ranks, terms_range).astype(np.int64),
        docs=docs[starts],
        tf=tf,
        positions=positions,
        dl=dl.T.astype(np.uint32),
    )
