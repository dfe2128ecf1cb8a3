"""Inversion of a batch of articles in memory: words in, postings sorted by term and article out.

Sort-based inversion (Witten, Moffat and Bell, Managing Gigabytes, ch. 5) done by numpy: words come in the order of
their docs and positions, so one stable sort by term, by radix, is the inverted index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.schema import TEXT_FIELDS
from indexer.segment.batch_words import LanguageWords, Texts
from indexer.segment.form_table import FormTable
from indexer.segment.term_dictionary import Terms
from indexer.segment.vocabulary import DROPPED, Vocabulary

FIELD_GAP = 128  # positions between two fields of an article, so that no phrase reaches from one into the next
_RUN = 5  # so many stop words in a row are likely to be meant: "to be or not to be"


@dataclass(frozen=True, slots=True)
class Postings:
    """An inverted batch. Terms are sorted; the postings of a term are sorted by doc, their positions ascend.

    `tf` has one row per text field and one column per posting, `dl` one row per text field and one column per doc: the
    first two are title and body. Positions count the kept words of an article through all its fields, `FIELD_GAP`
    between fields: field f begins at ``dl[:f].sum() + f * FIELD_GAP``.
    """

    terms: Terms
    post_start: NDArray[np.int64]  # (n_terms + 1,) into docs and tf
    pos_start: NDArray[np.int64]  # (n_terms + 1,) into positions
    docs: NDArray[np.uint32]  # (n_postings,)
    tf: NDArray[np.unsignedinteger[Any]]  # (n_fields, n_postings)
    positions: NDArray[np.unsignedinteger[Any]]  # (n_words,)
    dl: NDArray[np.unsignedinteger[Any]]  # (n_fields, num_docs)
    # the words of which the terms were made, and those that are no terms; None where an older version did not keep them
    forms: FormTable | None = None


class Inverter:
    """Inverts batches of articles. One inverter serves many batches: it remembers the forms it has met."""

    def __init__(self, default_language: str) -> None:
        self._default_language = default_language
        self._vocabulary = Vocabulary(default_language)
        self._by_language: dict[str, LanguageWords] = {}

    @property
    def n_forms(self) -> int:
        """How many forms are remembered."""
        return sum(map(len, self._by_language.values()))

    def invert(self, articles: Sequence[tuple[Sequence[str], str]]) -> Postings:
        """The postings of a batch, doc 0 being its first article. An article is the texts of its fields, title and body
        and as many others as all the articles have, and its language, empty for the default."""
        n_fields = len(articles[0][0]) if articles else len(TEXT_FIELDS)
        languages = [language or self._default_language for _, language in articles]
        texts = self._words([text for texts, _ in articles for text in texts], languages)
        vocabulary = self._vocabulary
        codes = texts.codes.astype(np.intp)  # or each look-up would convert them
        term_of, common_of = vocabulary.terms_of_codes()
        kept = (term_of != DROPPED)[codes]
        others = self._others(texts._replace(codes=codes), common_of, n_fields)
        counts = vocabulary.counts(codes)
        met = np.zeros(len(vocabulary.terms), bool)
        met[term_of[counts > 0]] = met[others.terms] = True
        met[DROPPED] = False
        used = vocabulary.terms.used(met)
        rank = np.zeros(len(met), np.uint32)
        rank[used] = np.arange(len(used), dtype=np.uint32)
        table, numbers = vocabulary.table(counts, rank, len(used))
        ranked = others._replace(terms=rank[others.terms])
        before = np.concatenate([[0], np.cumsum(kept)])
        ends = np.cumsum(texts.sizes)
        dl = (before[ends] - before[ends - texts.sizes]).reshape(-1, n_fields)
        terms = vocabulary.terms.packed(used)
        placed = _at_words(ranked, before, ends - texts.sizes)
        codes = codes[kept]
        postings, in_order = _invert(rank[term_of][codes], numbers[codes], dl, placed, terms)
        return replace(postings, forms=table.with_words(in_order, np.diff(postings.pos_start)))

    def _words(self, texts: Sequence[str], languages: Sequence[str]) -> Texts:
        """The words of all texts; as many texts belong to each of the `languages` as there are fields."""
        used, n_fields = list(dict.fromkeys(languages)), len(texts) // max(1, len(languages))
        for language in used:
            if language not in self._by_language:
                self._by_language[language] = LanguageWords(language, self._vocabulary)
        if len(used) == 1:
            return self._by_language[used[0]].words(texts)
        slots = {language: [n for n in range(len(texts)) if languages[n // n_fields] == language] for language in used}
        return Texts.of([(of, self._by_language[code].words([texts[n] for n in of])) for code, of in slots.items()])

    def _others(self, texts: Texts, common_of: NDArray[np.int32], n_fields: int) -> _Others:
        """The terms of a batch that are not its words' own. `common_of` has the terms of stop words by code, else 0."""
        is_common = (common_of != DROPPED)[texts.codes]
        meant = _long_runs(is_common)
        meant[texts.named] = True
        meant |= np.repeat(np.arange(len(texts.sizes)) % n_fields == 0, texts.sizes)  # in a title every one is
        stops = np.flatnonzero(meant & is_common)
        at_forms, of_forms = self._vocabulary.others(texts.codes)
        places = np.concatenate([stops, at_forms, texts.others[0]])
        terms = np.concatenate([common_of[texts.codes[stops]], of_forms, texts.others[1]])
        is_stop = np.zeros(len(places), bool)
        is_stop[: len(stops)] = True
        return _Others(places, terms, is_stop)


class _Others(NamedTuple):
    """Terms of a batch beside those of its words."""

    places: NDArray[np.int64]  # of the words that they stand at, among all words of the batch
    terms: NDArray[np.integer[Any]]
    in_full: NDArray[np.bool_]  # whether their positions count all words, stop words too


class _Placed(NamedTuple):
    """Terms of a batch beside those of its words, with their positions within their texts."""

    texts: NDArray[np.int64]
    positions: NDArray[np.int64]
    ranks: NDArray[np.uint32]


def _at_words(others: _Others, before: NDArray[np.int64], starts: NDArray[np.int64]) -> _Placed:
    """Where in their texts terms stand. `before` says how many words are kept before each, `starts` with which word
    each text starts."""
    texts = np.searchsorted(starts, others.places, side="right") - 1
    first = starts[texts]
    positions = np.where(others.in_full, others.places - first, before[others.places] - before[first])
    return _Placed(texts, positions, others.terms.astype(np.uint32))


def _long_runs(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where at least `_RUN` marked ones follow each other, a new array."""
    begins = marked.copy()
    for step in range(1, _RUN):
        begins[:-step] &= marked[step:]
        begins[-step:] = False
    runs = begins.copy()
    for step in range(1, _RUN):
        runs[step:] |= begins[:-step]
    return runs


def _invert(
    ranks: NDArray[np.uint32],
    numbers: NDArray[np.unsignedinteger[Any]],
    dl: NDArray[np.int64],
    others: _Placed,
    terms: Terms,
) -> tuple[Postings, NDArray[np.unsignedinteger[Any]]]:
    """Sorts the kept words of all docs, `dl` (num_docs, n_fields) of them in each field, and other terms into postings,
    and the `numbers` of the words' forms with them. `ranks` has the place of each word among the `terms`, each of which
    occurs."""
    num_docs, n_fields = dl.shape
    base = np.zeros_like(dl)  # position of the first word of each field
    base[:, 1:] = np.cumsum(dl + FIELD_GAP, axis=1)[:, :-1]
    other_positions = base.reshape(-1)[others.texts] + others.positions
    pos_bits = max(int((base + dl).max(initial=0)), int(other_positions.max(initial=0))).bit_length()
    field_bits = (n_fields - 1).bit_length()
    # Where a word is: `doc | field | position` in one number.
    small = (max(num_docs - 1, 0) << field_bits + pos_bits).bit_length() <= 32
    place = (np.arange(num_docs)[:, None] << field_bits | np.arange(n_fields)) << pos_bits
    lengths = dl.reshape(-1)
    first = (place + base).reshape(-1) - np.cumsum(lengths) + lengths
    places = np.repeat(first, lengths) + np.arange(len(ranks))
    if len(others.ranks):
        other_places = place.reshape(-1)[others.texts] + other_positions
        in_order = np.argsort(other_places, kind="stable")
        places = np.concatenate([places, other_places[in_order]])
        ranks = np.concatenate([ranks, others.ranks[in_order]])
        numbers = np.concatenate([numbers, np.zeros(len(others.ranks), numbers.dtype)])
    order = _stable_order(ranks)
    in_order_of_terms, numbers = places.astype(np.uint32 if small else np.uint64)[order], numbers[order]
    del order, places  # which are as large as all that is made of them
    counts = np.bincount(ranks, minlength=len(terms))
    return _postings(in_order_of_terms, counts, (field_bits, pos_bits), dl, terms), numbers


def _stable_order(ranks: NDArray[np.uint32]) -> NDArray[np.intp]:
    """The stable order by rank. numpy sorts numbers of 16 bits by radix, in a third of the time of comparing them."""
    order = np.argsort(ranks.astype(np.uint16), kind="stable")
    if int(ranks.max(initial=0)) >> 16:
        order = order[np.argsort((ranks >> np.uint32(16)).astype(np.uint16)[order], kind="stable")]
    return order


def _postings(
    places: NDArray[Any],
    word_counts: NDArray[np.int64],
    bits: tuple[int, int],
    dl: NDArray[np.int64],
    terms: Terms,
) -> Postings:
    """Cuts words, sorted by term and place, into postings: one starts wherever the term or the doc changes."""
    field_bits, pos_bits = bits
    n_fields = dl.shape[1]
    word = places.dtype.type
    positions = (places & word((1 << pos_bits) - 1)).astype(np.uint32, copy=False)
    places >>= word(pos_bits)
    fields = places.astype(np.uint8) & np.uint8((1 << field_bits) - 1)
    places >>= word(field_bits)
    pos_start = np.concatenate([[0], np.cumsum(word_counts)])
    begins = np.ones(len(places), bool)
    np.not_equal(places[1:], places[:-1], out=begins[1:])
    begins[pos_start[:-1]] = True
    starts = np.flatnonzero(begins)
    edges = np.append(starts, len(places))
    tf = np.empty((n_fields, len(starts)), np.uint32)
    tf[-1] = np.diff(edges)
    for field in range(n_fields - 1):
        before = np.concatenate([[0], np.cumsum(fields == field, dtype=np.uint32)])
        tf[field] = np.diff(before[edges])
        tf[-1] -= tf[field]
    return Postings(
        terms=terms,
        post_start=np.searchsorted(edges, pos_start).astype(np.int64, copy=False),
        pos_start=pos_start.astype(np.int64, copy=False),
        docs=places[starts].astype(np.uint32, copy=False),
        tf=tf,
        positions=positions,
        dl=dl.T.astype(np.uint32),
    )
