"""Repeated passages: what stands in many articles of an archive word for word, and so is what none of them is about.

Footers, licences, a newsletter's greeting, the frame of a notice with other figures in it: each of their words may be
rare enough to tell, since common is the passage and not the word. So runs of `PASSAGE_WIDTH` neighbouring words,
*shingles* (A. Broder, "On the resemblance and containment of documents", 1997), are counted by the articles that have
them, a word with a figure in it counting as any other such word. A word of a body is *repeated* where a shingle that it
is part of is in `PASSAGE_DOCS` articles or more; copies are fewer.

What a segment has in `KEPT_FROM` articles is kept with its forward index, so that a new segment is held against the old
ones without reading them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.segment.inverter import FIELD_GAP
from indexer.segment.segment import Segment
from recommender.corpus.terms import PASSAGE_DOCS, PASSAGE_WIDTH

KEPT_FROM = 3  # articles of a segment from which on a shingle of it is kept
FIGURE = np.uint64(0x9E3779B97F4A7C15)  # stands for every word that has a figure in it
_BLOCK = 1 << 20  # positions that are looked at together
_MOST_BUCKETS = 1 << 26  # of the table in which shingles are counted before those that matter are counted exactly
_FACTOR = np.uint64(0xD6E8FEB86659FD93)
_NOTHING = np.uint64(0)


@dataclass(frozen=True)
class Shingles:
    """The shingles of some articles, and how many of these have each."""

    hashes: NDArray[np.uint64]  # (n,) ascending
    docs: NDArray[np.uint32]  # (n,)


class Texts:
    """The words of the articles of a segment in their order, bodies only: what is before them, and what separates
    fields, stands for no word."""

    def __init__(self, segment: Segment, hashes: NDArray[np.uint64]) -> None:
        """`hashes`, (n_terms,), are those of the segment's terms."""
        self._segment = segment
        has_figure = [any(48 <= letter <= 57 for letter in segment.term(n)) for n in range(segment.n_terms)]
        self._codes = np.where(np.array(has_figure, bool), FIGURE, hashes)
        lengths = segment.dl.sum(axis=0, dtype=np.int64) + FIELD_GAP * (len(segment.dl) - 1)
        self.start = np.concatenate([[0], np.cumsum(lengths + PASSAGE_WIDTH)]).astype(np.int64)  # (max_doc + 1,)
        self._body = segment.dl[0].astype(np.int64) + FIELD_GAP
        self._terms = np.full(int(self.start[-1]) + PASSAGE_WIDTH, -1, np.int32)  # by place, -1 for no word
        for posts, places, numbers in self._postings():
            self._terms[places] = np.repeat(numbers, posts)

    def _postings(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]]:
        """For blocks of postings of words: how many words each posting has, the places of those words, and the number
        of the posting's term."""
        segment = self._segment
        all_posts = segment.word_postings
        at = segment.first_position(segment.first_word)
        for first in range(all_posts.start, all_posts.stop, _BLOCK):
            block = slice(first, min(first + _BLOCK, all_posts.stop))
            counts = segment.tf[:, block].sum(axis=0, dtype=np.int64)
            end = at + int(counts.sum())
            docs = segment.docs[block].astype(np.int64)
            places = segment.positions[at:end] + np.repeat(self.start[docs], counts)
            numbers = segment.post_start.searchsorted(np.arange(block.start, block.stop), side="right") - 1
            yield counts, places, numbers.astype(np.int32)
            at = end

    def shingles(self) -> Iterator[tuple[int, NDArray[np.uint64]]]:
        """For blocks of whole docs the first place, and the hash of the shingle that begins at each, 0 for none."""
        ends = self.start[1:]
        first_doc = 0
        while first_doc < len(ends):
            first = int(self.start[first_doc])
            first_doc = max(first_doc + 1, int(ends.searchsorted(first + _BLOCK, side="right")))
            yield first, self._hashed(first, int(self.start[first_doc]))

    def _hashed(self, first: int, end: int) -> NDArray[np.uint64]:
        if not len(self._codes):  # articles without a word: "..."
            return np.zeros(end - first, np.uint64)
        numbers = self._terms[first : end + PASSAGE_WIDTH - 1]
        codes = np.where(numbers >= 0, self._codes.take(numbers, mode="clip"), _NOTHING)
        size = end - first
        mixed, whole, figures = np.zeros(size, np.uint64), np.ones(size, bool), np.ones(size, bool)
        for shift in range(PASSAGE_WIDTH):
            part = codes[shift : shift + size]
            mixed = (mixed ^ (mixed >> np.uint64(29))) * _FACTOR + part
            whole &= part != _NOTHING
            figures &= part == FIGURE
        there = np.flatnonzero(whole & ~figures)
        bodies = there[self._in_bodies(there + first)]
        shingles = np.zeros(size, np.uint64)
        shingles[bodies] = mixed[bodies]
        return shingles

    def _in_bodies(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        docs = self.docs_of(places)
        return np.asarray(places - self.start[docs] >= self._body[docs])

    def docs_of(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,) the doc that each place is of."""
        return np.asarray(self.start.searchsorted(places, side="right") - 1)

    def counted(self, repeated: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(n_postings,) how many words of each posting of a word are at places that are not `repeated`, and the
        position of the first of them, a high one where there is none."""
        free, first = [], []
        for counts, places, _ in self._postings():
            starts = np.cumsum(counts) - counts
            kept = ~repeated[places]
            docs = self.docs_of(places[starts]) if len(starts) else np.zeros(0, np.int64)
            free.append(np.add.reduceat(kept.astype(np.int64), starts))
            at = np.where(kept, places - np.repeat(self.start[docs], counts), np.int64(1) << 40)
            first.append(np.minimum.reduceat(at, starts))
        nothing = np.zeros(0, np.int64)
        return np.concatenate([nothing, *free]), np.concatenate([nothing, *first])


def count(texts: Texts, least: int = KEPT_FROM) -> Shingles:
    """The shingles that `least` of some articles have or more."""
    size = int(texts.start[-1])
    buckets = 1 << min(max(4 * size, 1024).bit_length(), _MOST_BUCKETS.bit_length() - 1)
    table = np.zeros(buckets, np.uint8)
    for of_block in _by_doc(texts):
        place, number = np.unique(of_block & np.uint64(buckets - 1), return_counts=True)
        table[place] = np.minimum(table[place].astype(np.int64) + number, 255)
    found = [of_block[table[of_block & np.uint64(buckets - 1)] >= least] for of_block in _by_doc(texts)]
    hashes, docs = np.unique(np.concatenate([np.zeros(0, np.uint64), *found]), return_counts=True)
    enough = docs >= least
    return Shingles(hashes[enough], docs[enough].astype(np.uint32))


def _by_doc(texts: Texts) -> Iterator[NDArray[np.uint64]]:
    """Block by block the shingles of bodies, each once for each doc that has it."""
    for first, hashes in texts.shingles():
        there = np.flatnonzero(hashes)
        docs, of_block = texts.docs_of(there + first), hashes[there]
        order = np.lexsort((of_block, docs))
        docs, of_block = docs[order], of_block[order]
        new = np.ones(len(order), bool)
        new[1:] = (docs[1:] != docs[:-1]) | (of_block[1:] != of_block[:-1])
        yield of_block[new]


def repeated(texts: Texts, archive: Sequence[Shingles]) -> NDArray[np.bool_] | None:
    """(n_places,) which words of bodies are part of a passage that `PASSAGE_DOCS` articles have, by the shingles of all
    segments of the archive, those of the articles themselves among them; None where no word is."""
    hashes = np.concatenate([np.zeros(0, np.uint64), *(one.hashes for one in archive)])
    different, inverse = np.unique(hashes, return_inverse=True)
    docs = np.bincount(inverse, np.concatenate([np.zeros(0), *(one.docs for one in archive)]), len(different))
    common = different[docs >= PASSAGE_DOCS]
    if not len(common):
        return None
    marks = np.zeros(int(texts.start[-1]) + PASSAGE_WIDTH, bool)
    for first, of_block in texts.shingles():
        begins = np.flatnonzero(np.isin(of_block, common)) + first
        for shift in range(PASSAGE_WIDTH):
            marks[begins + shift] = True
    return marks if marks.any() else None
