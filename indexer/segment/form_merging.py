"""The forms of several segments as one table, for a merge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.segment.form_table import FormNumbers, FormTable, StoredForms, with_language, without_language
from indexer.segment.term_dictionary import Terms


class FormSource(NamedTuple):
    """The forms of a segment on their way into a merge."""

    forms: StoredForms
    new_term: NDArray[np.int64]  # (n_terms + 1,) the numbers of its terms, and of none, in the merged segment; -1: gone
    kept: NDArray[np.float64]  # (n_terms + 1,) which share of the words of each of its terms is kept
    live: NDArray[np.int64] | None  # (n_slots,) how many words of each form are kept; None where that is not known


class MergedForms(NamedTuple):
    """The forms of several segments as one table, to which the forms of their words are still to be added."""

    table: FormTable
    numbers: list[NDArray[np.int64]] | None  # of each segment, by its slots, the new numbers of forms; None: not known


def merge_forms(parts: Sequence[FormSource | None]) -> MergedForms | None:
    """The forms of several segments as one table. Forms that are gone are left out. Where it is not known which form
    each word is, and articles with a term were deleted, each of its forms loses the same share of its count, and none
    all. None where a segment, for which there is a None, has none: forms of some articles only would pass for all."""
    sources = [part for part in parts if part is not None]
    if len(sources) < len(parts) or not sources:
        return None
    own = sources[-1].forms.codes[0]  # whose forms stay out where they are their own terms
    codes = [own, *sorted({code for source in sources for code in source.forms.codes} - {own})]
    endings = {code: with_language(b"", code) for code in codes} if len(codes) > 1 else {own: b""}
    read = [_left(source, endings, own) for source in sources]
    merged = list(dict.fromkeys(sorted(chain.from_iterable(part.keys for part in read))))  # ascending runs, or two
    places = {entry: place for place, entry in enumerate(merged)}
    terms, counts = np.zeros(len(merged), np.int64), np.zeros(len(merged), np.int64)
    moved = [np.fromiter(map(places.__getitem__, part.keys), np.int64, len(part.keys)) for part in read]
    for part, to in zip(read, moved, strict=True):
        terms[to] = part.terms
        counts[to] += part.counts
    if len(codes) == 1:
        languages, entries = np.zeros(len(merged), np.int64), merged
    else:
        place_of = {code.encode(): place for place, code in enumerate(codes)}
        split = [without_language(entry) for entry in merged]
        languages = np.array([place_of[language] for _, language in split], np.int64)
        entries = [entry for entry, _ in split]
    numbers = None
    if all(source.live is not None for source in sources):
        new = FormNumbers(terms, int(terms.max(initial=0))).numbers
        numbers = [np.zeros(source.forms.form_numbers.n_slots, np.int64) for source in sources]
        for by_slot, part, to in zip(numbers, read, moved, strict=True):
            by_slot[part.slots] = new[to]
    return MergedForms(FormTable(Terms.of(entries), terms, counts, languages, codes), numbers)


class _Left(NamedTuple):
    """The forms of a segment that go into a merge."""

    keys: list[bytes]  # their entries with their languages
    terms: NDArray[np.int64]  # the numbers of their terms in the merged segment
    counts: NDArray[np.int64]
    slots: NDArray[np.int64]  # in the segment they come from


def _left(source: FormSource, endings: Mapping[str, bytes], own: str) -> _Left:
    keys, terms, counts, slots = source.forms.keyed(endings, whole=source.forms.codes[0] != own)
    new = source.new_term[terms]
    counts = np.ceil(counts * source.kept[terms]).astype(np.int64)
    if source.live is not None:
        counts = np.where(terms < len(source.kept) - 1, source.live[slots], counts)
    left = np.flatnonzero((new >= 0) & (counts > 0))
    return _Left(
        keys if len(left) == len(keys) else [keys[n] for n in left.tolist()], new[left], counts[left], slots[left]
    )
