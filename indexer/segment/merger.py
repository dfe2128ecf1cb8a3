"""Merging neighbouring segments into one, leaving out what was deleted.

The docs of a term in the merged segment are its docs in the first segment, then in the second, and so on, so merging
needs no sorting: every slice of postings and positions is copied to the place that is computed for it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, compress, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.article.publicity import may_be_to_come
from indexer.schema import NUMERIC_KINDS, TEXT_FIELDS, VALUE_FIELDS, VALUE_KINDS, Field, Kind
from indexer.segment.columns import Columns, concatenate
from indexer.segment.form_merging import FormSource, MergedForms, merge_forms
from indexer.segment.form_table import StoredForms
from indexer.segment.inverter import FIELD_GAP, Postings
from indexer.segment.manifest import SegmentEntry
from indexer.segment.segment import Segment, SegmentData
from indexer.segment.stretches import all_from
from indexer.segment.term_dictionary import Terms

_BLOCK = 1 << 22  # words moved at a time, so that the memory used beside the result stays small


def merge_segments(segments: Sequence[Segment]) -> SegmentData:
    """The live articles of `segments`, in order, as the content of one segment. It has the declared fields that any of
    them was built with, which must be `mergeable`."""
    entries = [segment.entry for segment in segments]
    fields = merged_fields(entries)
    return SegmentData(
        _merge_postings(segments, fields),
        _merge_columns(segments, fields),
        fields,
        _incomplete(entries, fields),
        _waiting(segments),
    )


def _waiting(segments: Sequence[Segment]) -> tuple[tuple[int, int], ...]:
    """Of the articles that live, those that may not be public yet."""
    now = time.time()
    return tuple(
        (seq, at)
        for segment in segments
        for seq, at in segment.entry.waiting
        if may_be_to_come(at, now) and (doc := segment.doc_of(seq)) >= 0 and segment.live[doc]
    )


def mergeable(entries: Sequence[SegmentEntry]) -> bool:
    """Whether no two segments have different values under one field's name, as after a field was declared otherwise."""
    known: dict[str, Field] = {}
    return all(known.setdefault(f.name, f).same_values(f) for entry in entries for f in entry.fields)


def merged_fields(entries: Sequence[SegmentEntry]) -> tuple[Field, ...]:
    """The declared fields of any of the segments, ascending by name; each as the last segment that has it says."""
    fields = {field.name: field for entry in entries for field in entry.fields}
    return tuple(fields[name] for name in sorted(fields))


def _incomplete(entries: Sequence[SegmentEntry], fields: Sequence[Field]) -> tuple[str, ...]:
    """The names of the fields without which articles of some segment were indexed."""
    complete = [{f.name for f in entry.fields} - set(entry.incomplete) for entry in entries if entry.live_docs]
    return tuple(field.name for field in fields if any(field.name not in names for names in complete))


def _merge_columns(segments: Sequence[Segment], fields: Sequence[Field]) -> Columns:
    ids: list[str] = []
    for segment in segments:
        own = segment.article_ids()
        ids.extend(own if not len(segment.deleted) else [own[doc] for doc in np.flatnonzero(segment.live).tolist()])
    live = [segment.live for segment in segments]
    keywords = {name: concatenate([s.keywords[name] for s in segments], live) for name in VALUE_FIELDS}
    numbers = {}
    for field in fields:
        if field.kind in VALUE_KINDS:
            keywords[field.name] = concatenate([segment.column(field) for segment in segments], live)
        elif field.kind in NUMERIC_KINDS:
            numbers[field.name] = np.concatenate(
                [s.numbers(field)[keep] for s, keep in zip(segments, live, strict=True)]
            )
    return Columns(
        ids=ids,
        seq=np.concatenate([segment.seq[keep] for segment, keep in zip(segments, live, strict=True)]),
        date=np.concatenate([segment.date[keep] for segment, keep in zip(segments, live, strict=True)]),
        keywords=keywords,
        numbers=numbers,
    )


class _Rows:
    """Where the text fields of one segment are among those of the merged one, which may have more.

    A segment with title, body and ``summary`` that becomes part of one with title, body, ``kicker`` and ``summary``
    has its rows at 0, 1 and 3. There is one gap more before ``summary``, so its positions move by `FIELD_GAP`.
    """

    def __init__(self, segment: Segment, merged: Sequence[str]) -> None:
        self._rows = [merged.index(name) for name in segment.entry.text_fields]
        self._n_merged = len(merged)
        self._moves = np.array([FIELD_GAP * (row - old) for old, row in enumerate(self._rows)])
        self.same = len(merged) == len(self._rows)

    def spread(self, per_field: NDArray[Any]) -> NDArray[Any]:
        """(n_merged, n) what is (n_fields, n) by the segment's fields; 0 for fields that it has not."""
        if self.same:
            return per_field
        result = np.zeros((self._n_merged, per_field.shape[1]), per_field.dtype)
        result[self._rows] = per_field
        return result

    def moved(self, positions: NDArray[Any], tf: NDArray[Any]) -> NDArray[Any]:
        """(n_words,) the positions of the words of postings in the merged article. `tf`, (n_fields, n_postings), says
        to which fields they belong: a posting's words are in the order of the fields."""
        if not self._moves.any():
            return positions
        return positions + np.tile(self._moves, tf.shape[1]).repeat(tf.T.ravel()).astype(np.uint32)


class _Source:
    """One segment on its way into a merge: how many postings and words of each merged term it brings."""

    def __init__(
        self, segment: Segment, first_doc: int, terms: Sequence[bytes], numbers: dict[bytes, int], rows: _Rows
    ) -> None:
        self.segment = segment
        self._rows = rows
        self.new_doc = (first_doc + np.cumsum(segment.live) - 1).astype(np.uint32)
        self.term = np.fromiter(map(numbers.__getitem__, terms), np.int64, segment.n_terms)
        post_counts = np.diff(segment.post_start)
        word_counts = np.diff(segment.pos_start)
        if len(segment.deleted):
            owner = np.repeat(np.arange(segment.n_terms), post_counts)
            dead = ~segment.live[segment.docs]
            words = segment.tf[:, dead].sum(axis=0)
            post_counts = post_counts - np.bincount(owner[dead], minlength=segment.n_terms)
            word_counts = word_counts - np.bincount(owner[dead], words, segment.n_terms).astype(np.int64)
        self.post_counts, self.word_counts = post_counts, word_counts

    def forms(self, new_term: NDArray[np.int64], no_term: int) -> FormSource | None:
        """Its forms; `new_term` has the number that each term of the vocabulary gets. None where it has none."""
        segment = self.segment
        if segment.forms is None:
            return None
        terms = np.append(new_term[self.term], no_term)
        words = np.append(np.diff(segment.pos_start), segment.max_doc)  # words that are no terms go with their articles
        kept = np.append(self.word_counts, segment.live.sum())
        return FormSource(segment.forms, terms, kept / np.maximum(words, 1), self._live(segment.forms))

    def _live(self, forms: StoredForms) -> NDArray[np.int64] | None:
        """(n_slots,) how many words of live articles each form has; None where that is not known."""
        if not forms.tells_words:
            return None
        if not len(self.segment.deleted):
            return forms.counts_by_slot()
        live = np.zeros(forms.form_numbers.n_slots, np.int64)
        for terms in self.blocks():
            slots = forms.slots_of_words(*terms)[self._live_words(terms)]
            live += np.bincount(slots, minlength=len(live))
        return live

    def _live_words(self, terms: tuple[int, int]) -> NDArray[np.bool_]:
        """Which words of a range of terms are of live articles."""
        segment, (a, b) = self.segment, terms
        posts = slice(segment.post_start[a], segment.post_start[b])
        return np.repeat(segment.live[segment.docs[posts]], segment.tf[:, posts].sum(axis=0, dtype=np.int64))

    def copy_numbers(
        self,
        terms: tuple[int, int],
        word_to: NDArray[np.int64],
        new_number: NDArray[np.int64],
        out: NDArray[np.unsignedinteger[Any]],
    ) -> None:
        """Copies the numbers of the forms of the words of a range of terms. `new_number` has what each is by its slot
        here, `word_to` where the words of each term start in `out`."""
        segment, (a, b) = self.segment, terms
        if segment.forms is None:
            return
        numbers = new_number[segment.forms.slots_of_words(a, b)]
        if len(segment.deleted):
            numbers = numbers[self._live_words(terms)]
        out[all_from(word_to[a:b], self.word_counts[a:b])] = numbers

    def blocks(self) -> list[tuple[int, int]]:
        """Ranges of terms with about `_BLOCK` words each."""
        cuts = np.searchsorted(self.segment.pos_start, np.arange(_BLOCK, self.segment.pos_start[-1], _BLOCK))
        edges = [0, *dict.fromkeys(cuts.tolist()), self.segment.n_terms]
        return [(a, b) for a, b in pairwise(edges) if a < b]

    def copy(
        self, terms: tuple[int, int], post_to: NDArray[np.int64], word_to: NDArray[np.int64], out: Postings
    ) -> None:
        """Copies the postings of a range of terms to where `post_to` and `word_to` say that each term starts."""
        segment, (a, b) = self.segment, terms
        posts = slice(segment.post_start[a], segment.post_start[b])
        words = slice(segment.pos_start[a], segment.pos_start[b])
        docs, tf, positions = segment.docs[posts], segment.tf[:, posts], segment.positions[words]
        if len(segment.deleted):
            keep = segment.live[docs]
            positions = positions[np.repeat(keep, tf.sum(axis=0, dtype=np.int64))]
            docs, tf = docs[keep], tf[:, keep]
        to = all_from(post_to[a:b], self.post_counts[a:b])
        out.docs[to] = self.new_doc[docs]
        out.tf[:, to] = self._rows.spread(tf)
        out.positions[all_from(word_to[a:b], self.word_counts[a:b])] = self._rows.moved(positions, tf)


def _merge_postings(segments: Sequence[Segment], fields: Sequence[Field]) -> Postings:
    text_fields = (*TEXT_FIELDS, *(field.name for field in fields if field.kind == Kind.TEXT))
    rows = [_Rows(segment, text_fields) for segment in segments]
    terms = [segment.terms() for segment in segments]
    vocabulary = list(dict.fromkeys(sorted(chain.from_iterable(terms))))  # ascending runs, which are soon sorted
    numbers = {term: number for number, term in enumerate(vocabulary)}
    first_docs = np.cumsum([0, *(int(segment.live.sum()) for segment in segments)]).tolist()
    sources = [
        _Source(segment, first, own, numbers, row)
        for segment, first, own, row in zip(segments, first_docs, terms, rows, strict=False)
    ]
    post_counts = _add_up(len(vocabulary), [(source.term, source.post_counts) for source in sources])
    word_counts = _add_up(len(vocabulary), [(source.term, source.word_counts) for source in sources])
    post_start, pos_start = _starts(post_counts), _starts(word_counts)
    new_term = np.where(post_counts > 0, np.cumsum(post_counts > 0) - 1, -1)
    forms = merge_forms([source.forms(new_term, int((post_counts > 0).sum())) for source in sources])
    out = Postings(
        terms=Terms.of(vocabulary if post_counts.all() else [*compress(vocabulary, post_counts.tolist())]),
        post_start=post_start[np.append(post_counts > 0, True)],
        pos_start=pos_start[np.append(post_counts > 0, True)],
        docs=np.empty(post_start[-1], np.uint32),
        tf=np.empty((len(text_fields), post_start[-1]), _widest([s.tf for s in segments])),
        positions=np.empty(
            pos_start[-1], _widest([s.positions for s in segments]) if all(row.same for row in rows) else np.uint32
        ),
        dl=np.concatenate(
            [row.spread(segment.dl[:, segment.live]) for segment, row in zip(segments, rows, strict=True)], axis=1
        ),
        forms=forms.table if forms else None,
    )
    of_words = _words(forms, int(pos_start[-1]))
    post_next, word_next = post_start[:-1].copy(), pos_start[:-1].copy()
    for place, source in enumerate(sources):
        post_to, word_to = post_next[source.term], word_next[source.term]
        for block in source.blocks():
            source.copy(block, post_to, word_to, out)
            if forms and forms.numbers:
                source.copy_numbers(block, word_to, forms.numbers[place], of_words)
        post_next[source.term] += source.post_counts
        word_next[source.term] += source.word_counts
    if forms and forms.numbers:
        return replace(out, forms=forms.table.with_words(of_words, np.diff(out.pos_start)))
    return out


def _words(forms: MergedForms | None, n_words: int) -> NDArray[np.unsignedinteger[Any]]:
    """(n_words,) room for the number of the form of each word; none where that is not known."""
    if forms is None or forms.numbers is None:
        return np.zeros(0, np.uint8)
    top = max((int(numbers.max(initial=0)) for numbers in forms.numbers), default=0)
    return np.empty(n_words, np.min_scalar_type(top))


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _add_up(n_terms: int, parts: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]) -> NDArray[np.int64]:
    total = np.zeros(n_terms, np.int64)
    for terms, counts in parts:
        total[terms] += counts
    return total


def _widest(arrays: Sequence[NDArray[Any]]) -> np.dtype[Any]:
    return max((array.dtype for array in arrays), key=lambda dtype: dtype.itemsize)
