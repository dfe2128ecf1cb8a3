"""The forms of a snapshot, `search.reader.forms.Forms`, over the dictionaries of its segments."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from weakref import WeakKeyDictionary

import numpy as np

from indexer.segment.form_table import FormEntry, StoredForms
from indexer.segment.segment import Segment
from indexer.segment.stretches import all_from
from indexer.text.spellings import is_pair
from indexer.text.words import folded
from search.reader.forms import Form, Vocabulary


class LocalForms:
    """The forms of some segments as one dictionary."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._parts = [(segment, forms) for segment in segments if (forms := segment.forms) is not None]
        self._all = len(self._parts) == len(segments)

    @property
    def complete(self) -> bool:
        return self._all

    def with_prefix(self, prefix: str) -> Iterator[Form]:
        key = folded(prefix)
        return _merged([_read(segment, forms.with_prefix(key)) for segment, forms in self._parts])

    def spelled(self, word: str) -> Sequence[Form]:
        key = folded(word)
        return list(_merged([_read(segment, forms.with_key(key)) for segment, forms in self._parts]))

    def of_term(self, term: str) -> Sequence[Form]:
        found = []
        for segment, forms in self._parts:
            number = segment.term_number(term.encode())
            if number >= 0:
                found.append(_read(segment, forms.of_term(number)))
        return sorted(_merged(found), key=lambda form: -form.count)

    def vocabulary(self) -> Vocabulary:
        return self._vocabulary

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        """That of the largest segment, which goes from generation to generation, with what the others have."""
        parts = sorted(self._parts, key=lambda part: -part[0].n_terms)
        whole = _whole(parts[0][1]) if parts else Vocabulary.of_utf8({})
        counts: dict[bytes, int] = {}
        for _, forms in parts[1:]:
            for key, count in forms.key_counts():
                counts[key] = counts.get(key, 0) + count
        for segment, forms in parts:
            for key, count in _of_hidden(segment, forms) if len(segment.hidden) else ():
                counts[key] = counts.get(key, 0) - count
        return whole.with_more(counts) if counts else whole


_of_segment: WeakKeyDictionary[StoredForms, Vocabulary] = WeakKeyDictionary()


def _whole(forms: StoredForms) -> Vocabulary:
    """All keys of a segment, those of deleted articles included: made once as long as it is open, whatever is deleted
    from it meanwhile."""
    known = _of_segment.get(forms)
    if known is None:
        counts: dict[bytes, int] = {}
        for key, count in forms.key_counts():
            counts[key] = counts.get(key, 0) + count
        _of_segment[forms] = known = Vocabulary.of_utf8(counts)
    return known


def _of_hidden(segment: Segment, forms: StoredForms) -> Iterator[tuple[bytes, int]]:
    """How often articles that are hidden have keys, which may come several times. Of a segment that an older version
    wrote only those that no other article has."""
    if not forms.tells_words:
        for form in (form for term in segment.hidden_terms for form in forms.of_term(term)):
            yield form.key.encode(), form.count
        return
    places, numbers = segment.hidden_postings
    terms, firsts = np.unique(numbers, return_index=True)
    for term, here in zip(terms.tolist(), np.split(places, firsts[1:]), strict=True):
        if term < segment.first_word:
            continue
        posts, keys = segment.postings(term), forms.keys_of_term(term)
        if is_pair(keys[0].decode()):  # of letters, which are no words
            continue
        words = segment.tf[:, posts].sum(axis=0, dtype=np.int64)  # (n_postings,) of each
        here = here - posts.start
        if not forms.several[term]:
            yield keys[-1], int(words[here].sum())
            continue
        told = forms.numbers_of_words(term)[all_from((words.cumsum() - words)[here], words[here])]
        yield from zip(keys, np.bincount(told, minlength=len(keys)).tolist(), strict=True)


def _read(segment: Segment, entries: Iterator[FormEntry]) -> Iterator[Form]:
    hidden = segment.hidden_terms
    for entry in entries:
        if entry.term in hidden:
            continue
        term = segment.term(entry.term).decode() if entry.term < segment.n_terms else ""
        yield Form(entry.written, entry.key, term, entry.language, entry.count)


def _order(form: Form) -> tuple[str, str, str]:
    return form.key, form.written, form.language


def _merged(parts: Sequence[Iterator[Form]]) -> Iterator[Form]:
    """What several segments have, each in order, as if one had all."""
    if len(parts) == 1:
        yield from parts[0]
        return
    for (key, written, language), same in groupby(heapq.merge(*parts, key=_order), key=_order):
        forms = list(same)
        yield Form(written, key, forms[0].term, language, sum(form.count for form in forms))
