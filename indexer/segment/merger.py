"""Merging neighbouring segments into one, leaving out what was deleted.

The docs of a term in the merged segment are its docs in the first segment, then in the second, and so on, so merging
needs no sorting: every slice of postings and positions is copied to the place that is computed for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.segment.columns import KEYWORD_FIELDS, Columns, concatenate
from indexer.segment.inverter import Postings
from indexer.segment.segment import Segment, SegmentData

_BLOCK = 1 << 22  # words moved at a time, so that the memory used beside the result stays small


def merge_segments(segments: Sequence[Segment]) -> SegmentData:
    """The live articles of `segments`, in order, as the content of one segment."""
    return SegmentData(_merge_postings(segments), _merge_columns(segments))


def _merge_columns(segments: Sequence[Segment]) -> Columns:
    ids: list[str] = []
    for segment in segments:
        own = segment.article_ids()
        ids.extend(own if not len(segment.deleted) else [own[doc] for doc in np.flatnonzero(segment.live).tolist()])
    live = [segment.live for segment in segments]
    return Columns(
        ids=ids,
        seq=np.concatenate([segment.seq[keep] for segment, keep in zip(segments, live, strict=True)]),
        date=np.concatenate([segment.date[keep] for segment, keep in zip(segments, live, strict=True)]),
        keywords={name: concatenate([s.keywords[name] for s in segments], live) for name in KEYWORD_FIELDS},
    )


class _Source:
    """One segment on its way into a merge: how many postings and words of each merged term it brings."""

    def __init__(self, segment: Segment, first_doc: int, terms: Sequence[bytes], numbers: dict[bytes, int]) -> None:
        self.segment = segment
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
        to = _spread(post_to[a:b], self.post_counts[a:b])
        out.docs[to] = self.new_doc[docs]
        out.tf[:, to] = tf
        out.positions[_spread(word_to[a:b], self.word_counts[a:b])] = positions


def _merge_postings(segments: Sequence[Segment]) -> Postings:
    terms = [segment.terms() for segment in segments]
    vocabulary = sorted(set().union(*terms))
    numbers = {term: number for number, term in enumerate(vocabulary)}
    first_docs = np.cumsum([0, *(int(segment.live.sum()) for segment in segments)]).tolist()
    sources = [_Source(s, first, own, numbers) for s, first, own in zip(segments, first_docs, terms, strict=False)]
    post_counts = _add_up(len(vocabulary), [(source.term, source.post_counts) for source in sources])
    word_counts = _add_up(len(vocabulary), [(source.term, source.word_counts) for source in sources])
    post_start, pos_start = _starts(post_counts), _starts(word_counts)
    out = Postings(
        terms=[term for term, count in zip(vocabulary, post_counts.tolist(), strict=True) if count],
        post_start=post_start[np.append(post_counts > 0, True)],
        pos_start=pos_start[np.append(post_counts > 0, True)],
        docs=np.empty(post_start[-1], np.uint32),
        tf=np.empty((segments[0].tf.shape[0], post_start[-1]), _widest([s.tf for s in segments])),
        positions=np.empty(pos_start[-1], _widest([s.positions for s in segments])),
        dl=np.concatenate([segment.dl[:, segment.live] for segment in segments], axis=1),
    )
    post_next, word_next = post_start[:-1].copy(), pos_start[:-1].copy()
    for source in sources:
        post_to, word_to = post_next[source.term], word_next[source.term]
        for block in source.blocks():
            source.copy(block, post_to, word_to, out)
        post_next[source.term] += source.post_counts
        word_next[source.term] += source.word_counts
    return out


def _spread(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """``start, start + 1, ...`` for each start, as many as its count says, one after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _add_up(n_terms: int, parts: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]) -> NDArray[np.int64]:
    total = np.zeros(n_terms, np.int64)
    for terms, counts in parts:
        total[terms] += counts
    return total


def _widest(arrays: Sequence[NDArray[Any]]) -> np.dtype[Any]:
    return max((array.dtype for array in arrays), key=lambda dtype: dtype.itemsize)
