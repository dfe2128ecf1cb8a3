"""What queries need to know of a word: how many articles have it, and its postings in every segment.

A word is looked up in the dictionaries once per snapshot; what was worked out of its postings stays with them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.segment.impacts import SCALE
from indexer.segment.segment import Segment
from search.reader.bm25 import OTHER_TERM, idf, word_idf

_CACHE_BYTES = 64 << 20
_MANY = 256  # docs that are found by bits in a list that has them
_DENSE = 64  # a list with more than one doc in so many is kept as bits once they were needed


class ArrayCache:
    """Arrays that were worked out of posting lists and may be needed again: those used last, up to so many bytes."""

    def __init__(self, most_bytes: int = _CACHE_BYTES) -> None:
        self._arrays: OrderedDict[object, NDArray[Any]] = OrderedDict()
        self._bytes_left = most_bytes
        self._lock = threading.Lock()

    def get(self, key: object, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """The array kept under `key`, made where there is none."""
        with self._lock:
            array = self._arrays.get(key)
            if array is not None:
                self._arrays.move_to_end(key)
                return array
        array = make()
        with self._lock:
            if key not in self._arrays:
                self._arrays[key] = array
                self._bytes_left -= array.nbytes
                while self._bytes_left < 0:
                    self._bytes_left += self._arrays.popitem(last=False)[1].nbytes
        return array

    def kept(self, key: object) -> NDArray[Any] | None:
        """The array kept under `key`, None where there is none."""
        with self._lock:
            return self._arrays.get(key)


class PostingList:
    """The postings of a term in one segment: `docs`, ascending, and their `impacts`, views of the segment's arrays."""

    __slots__ = ("_cache", "_highest", "docs", "impacts", "number", "segment", "start", "stop")

    def __init__(self, segment: Segment, number: int, cache: ArrayCache) -> None:
        posts = segment.postings(number)
        self.segment = segment
        self._cache = cache
        self.number = number
        self.start: int = posts.start  # the place of the first posting in the segment's arrays
        self.stop: int = posts.stop
        self.docs: NDArray[np.uint32] = segment.docs[posts]
        self.impacts: NDArray[np.uint16] = segment.impacts[posts]
        self._highest = -1.0

    def __len__(self) -> int:
        return len(self.docs)

    @property
    def highest(self) -> float:
        """The highest impact, from 0 to 1."""
        if self._highest < 0:
            self._highest = int(self.impacts.max(initial=0)) / SCALE
        return self._highest

    def gains(self, weight: float) -> NDArray[np.float32]:
        """(len,) what the postings add to the scores of their docs where the word weighs `weight`."""
        gained: NDArray[np.float32] = self.impacts.astype(np.float32)
        gained *= np.float32(weight / SCALE)
        return gained

    def gains_at(self, places: NDArray[np.int64], weight: float) -> NDArray[np.float32]:
        """The same of the postings at some places in the list."""
        gained: NDArray[np.float32] = self.impacts.take(places, mode="clip").astype(np.float32)
        gained *= np.float32(weight / SCALE)
        return gained

    def find(self, docs: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Where each of the ascending `docs` is in the list, and whether it is there at all; where it is not, the
        place may be any from -1 to one past the end."""
        if len(docs) > _MANY and self.is_dense:
            # in bits up to a doc's own: there are as many before it in the list, and the doc's own is the highest
            word = docs >> 6
            upto = self.bits().take(word) << (~docs & 63).astype(np.uint64)
            return self._before().take(word) + np.bitwise_count(upto), upto.view(np.int64) < 0
        places = self.docs.searchsorted(docs)
        return places, self.docs.take(places, mode="clip") == docs

    @property
    def is_dense(self) -> bool:
        """Whether the list is so long for its segment that it is worth keeping as bits."""
        return len(self.docs) * _DENSE > self.segment.max_doc

    def word_bounds(self) -> NDArray[np.int64]:
        """(len + 1,) the words of posting n are ``positions[bounds[n]:bounds[n + 1]]`` of the segment."""
        return self._cache.get((id(self.segment), self.number), self._make_word_bounds)

    def words_at(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(n,) for the postings at some ascending places: the word n is ``positions[first[n]:last[n]]``. What
        `word_bounds` has is used where it is known, and not made for a few places, since it is as long as the list."""
        bounds = self._cache.kept((id(self.segment), self.number))
        if bounds is not None:
            return bounds.take(places), bounds.take(places + 1)
        first = np.full(len(places), self.segment.first_position(self.number), np.int64)
        counts = np.zeros(len(places), np.int64)
        for row in self.segment.tf[:, self.start : self.stop] if len(places) else ():
            counts += row.take(places)
            first += _sums_before(row, places)
        return first, first + counts

    def _make_word_bounds(self) -> NDArray[np.int64]:
        bounds = np.empty(len(self) + 1, np.int64)
        bounds[0] = self.segment.first_position(self.number)
        tf = self.segment.tf[:, self.start : self.stop]
        bounds[1:] = tf[0]
        for row in tf[1:]:  # many times as fast as a sum over the short axis
            bounds[1:] += row
        return bounds.cumsum(out=bounds)

    def written(self, key: bytes) -> NDArray[np.bool_]:
        """(len,) whether each doc has the term of a word that is written with a key, see `search.reader.forms`; True
        where that is not known."""
        return self._cache.get(("written", id(self.segment), self.number, key), lambda: self._make_written(key))

    def _make_written(self, key: bytes) -> NDArray[np.bool_]:
        stored = self.segment.forms
        if stored is None or not stored.tells_words:
            return np.ones(len(self), bool)
        fits = stored.numbers_with_key(self.number, key)
        if not stored.several[self.number]:
            return np.full(len(self), fits[-1])
        bounds = self.word_bounds() - self.segment.first_position(self.number)
        fit = np.concatenate([[0], np.cumsum(fits[stored.numbers_of_words(self.number)])])[bounds]
        written: NDArray[np.bool_] = fit[1:] > fit[:-1]
        return written

    def bits(self) -> NDArray[np.uint64]:
        """(ceil(max_doc / 64),) a bit for each doc of the segment, the first doc's lowest, 1 for those in the list."""
        return self._cache.get(
            ("bits", id(self.segment), self.number), lambda: _bits([self.docs], self.segment.max_doc)
        )

    def _before(self) -> NDArray[np.int64]:
        """(ceil(max_doc / 64),) one less than how many docs of the list come before each word of its bits."""
        return self._cache.get(("before", id(self.segment), self.number), self._make_before)

    def _make_before(self) -> NDArray[np.int64]:
        counts = np.bitwise_count(self.bits())
        return counts.cumsum(dtype=np.int64) - counts - 1

    def doc_freq(self, row: int | None) -> int:
        """How many live docs have the term, in the text field of a row of `tf`, -1 for one that the segment has not, or
        in any field where that is None."""
        docs = self.docs
        if row is not None:
            docs = docs[self.segment.tf[row, self.start : self.stop] > 0] if row >= 0 else docs[:0]
        return len(docs) - _count_common(docs, self.segment.deleted)


class Word(NamedTuple):
    """A term as a query meets it."""

    idf: float  # 0 where no live article has it
    doc_freq: int  # live articles
    lists: tuple[PostingList | None, ...]  # one a segment; None where the segment does not have it


def _sums_before(numbers: NDArray[Any], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) the sum of all numbers before each of some distinct ascending places.

    >>> _sums_before(np.array([3, 1, 4, 1, 5]), np.array([0, 2, 4])).tolist()
    [0, 4, 9]
    """
    starts = np.concatenate([[0], places])
    sums = np.add.reduceat(numbers[: starts[-1] + 1], starts, dtype=np.uint32)[:-1]  # twice as fast as of 64 bits
    if starts[1] == 0:  # of nothing reduceat makes the number at the place
        sums[0] = 0
    return sums.cumsum(dtype=np.int64)


def look_up(
    segments: Sequence[Segment],
    rows: Mapping[str, Sequence[int | None]],
    num_docs: int,
    cache: ArrayCache,
    term: bytes,
    field: str = "",
) -> Word:
    """A term in the segments of a snapshot with so many live articles, in the text field named or in any. `rows` has
    the rows of each text field in the segments, None for any field."""
    numbers = [segment.term_number(term) for segment in segments]
    lists = [PostingList(segment, n, cache) if n >= 0 else None for segment, n in zip(segments, numbers, strict=True)]
    df = sum([postings.doc_freq(row) for postings, row in zip(lists, rows[field], strict=True) if postings is not None])
    return Word(idf(num_docs, df) if df else 0.0, df, tuple(lists))


def weigh(
    word: Callable[[bytes, str], Word], num_docs: int, terms: Sequence[str], field: str = ""
) -> tuple[tuple[Word, float], ...]:
    """The terms of one word, looked up by `word`, that live articles have, in the text field named or in any; and what
    each weighs, which is the idf of the word and for all but the first of the terms a little less."""
    found = [(word(term.encode(), field), OTHER_TERM if place else 1.0) for place, term in enumerate(terms)]
    found = [(of, share) for of, share in found if of.doc_freq]
    if not found:
        return ()
    idf_of_all = word_idf(num_docs, [of.doc_freq for of, _ in found])
    return tuple([(of, share * idf_of_all) for of, share in found])


def docs_in_any(segment: Segment, lists: Sequence[PostingList]) -> int:
    """How many live docs of a segment are in any of some lists."""
    if len(lists) == 1:
        return len(lists[0]) - _count_common(lists[0].docs, segment.deleted)
    if not lists:
        return 0
    union = _bits([postings.docs for postings in lists if not postings.is_dense], segment.max_doc)
    for postings in lists:
        if postings.is_dense:
            union |= postings.bits()
    if len(segment.deleted):
        union &= ~_bits([segment.deleted], segment.max_doc)
    return int(np.bitwise_count(union).sum(dtype=np.int64))


def _bits(lists: Sequence[NDArray[np.uint32]], max_doc: int) -> NDArray[np.uint64]:
    """(ceil(max_doc / 64),) a bit for each doc, the first doc's lowest, 1 for those in any of the lists."""
    n_words = -(-max_doc // 64)
    if not lists:
        return np.zeros(n_words, np.uint64)
    marked = np.zeros(64 * n_words, bool)
    marked[np.concatenate(lists, dtype=np.intp)] = True
    return np.packbits(marked, bitorder="little").view("<u8")


def _count_common(docs: NDArray[np.uint32], deleted: NDArray[np.uint32]) -> int:
    """How many of the ascending `deleted` are in the ascending `docs`."""
    if not len(deleted) or not len(docs):
        return 0
    places = np.minimum(np.searchsorted(docs, deleted), len(docs) - 1)
    return int((docs[places] == deleted).sum())
