"""Phrases: the docs of a segment in which terms follow each other, found in the positions of its postings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.inverter import FIELD_GAP, TEXT_FIELDS
from indexer.segment import Segment

_MANY = 2048  # docs
_CLOSE = 16  # a list is searched doc by doc if it is more than this many times as long


def docs_with_all(segment: Segment, numbers: Sequence[int]) -> tuple[NDArray[np.uint32], list[NDArray[np.int64]]]:
    """The docs that have all of the terms, ascending, and for each term the places of these docs in its postings; no
    places where no doc has all."""
    lists = [segment.docs[segment.postings(number)] for number in numbers]
    order = sorted(range(len(numbers)), key=lambda n: len(lists[n]))
    docs = lists[order[0]]
    places: dict[int, NDArray[np.int64]] = {order[0]: np.arange(len(docs))}
    for word in order[1:]:
        at, hit = _find(docs, lists[word], segment.n_docs)
        if not hit.all():
            docs, at = docs[hit], at[hit]
            if not len(docs):
                return docs, []
            places = {done: where[hit] for done, where in places.items()}
        places[word] = at
    return docs, [places[word] for word in range(len(numbers))]


def _find(
    docs: NDArray[np.uint32], among: NDArray[np.uint32], n_docs: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each of `docs` is in `among`, both ascending, and whether it is there at all."""
    if len(docs) > _MANY and len(docs) * _CLOSE > len(among):  # a table of all docs beats as many binary searches
        place = np.full(n_docs, -1, np.int64)
        place[among.astype(np.intp)] = np.arange(len(among))
        at = place[docs.astype(np.intp)]
        return at, at >= 0
    at = among.searchsorted(docs)
    np.minimum(at, len(among) - 1, out=at)
    return at, among[at] == docs


def docs_with_phrase(
    segment: Segment, numbers: Sequence[int], slop: int, field: str | None
) -> tuple[NDArray[np.uint32], list[NDArray[np.int64]]]:
    """The docs in which each term follows the one before at most `slop` positions later, in any text field or in the
    one named, ascending; and for each term the places of these docs in its postings."""
    docs, places = docs_with_all(segment, numbers)
    if not len(docs):
        return docs, []
    ends = _positions(segment, numbers[0], docs, places[0], field)
    for number, where in zip(numbers[1:], places[1:], strict=True):
        starts = _positions(segment, number, docs, where, field)
        ends = _followers(ends, starts, min(slop, FIELD_GAP - 1))
        if not len(ends):
            return docs[:0], []
    found = ends >> 32  # places in docs, ascending
    found = found[np.concatenate([[True], found[1:] != found[:-1]])]
    return docs[found], [where[found] for where in places]


def _followers(ends: NDArray[np.int64], starts: NDArray[np.int64], slop: int) -> NDArray[np.int64]:
    """Those of the ascending `starts` that have one of the ascending `ends` at most `slop` before them."""
    if not len(ends) or not len(starts):
        return starts[:0]
    before = ends.searchsorted(starts) - 1  # the last end before each start
    near = starts - ends[np.maximum(before, 0)] <= slop
    return starts[near & (before >= 0)]


def _positions(
    segment: Segment, number: int, docs: NDArray[np.uint32], where: NDArray[np.int64], field: str | None
) -> NDArray[np.int64]:
    """``place in docs << 32 | position`` of a term in the given docs, `where` being their places in its postings."""
    tf = segment.tf[:, segment.postings(number)]
    words = tf[0].astype(np.uint32)
    for row in tf[1:]:  # many times as fast as a sum over the short axis
        words += row
    last, counts = words.cumsum(dtype=np.int64)[where], words[where].astype(np.int64)
    owners = np.arange(len(docs)).repeat(counts)
    steps = np.arange(len(owners)) - (counts.cumsum() - counts).repeat(counts)
    first = segment.first_position(number) + last - counts
    positions = segment.positions[first.repeat(counts) + steps].astype(np.int64)
    if field is not None:
        number_of = TEXT_FIELDS.index(field)
        begin = segment.dl[:number_of, docs].sum(axis=0, dtype=np.int64) + number_of * FIELD_GAP
        begin, length = begin[owners], segment.dl[number_of, docs].astype(np.int64)[owners]
        inside = (positions >= begin) & (positions < begin + length)
        owners, positions = owners[inside], positions[inside]
    keys: NDArray[np.int64] = owners << 32 | positions
    return keys
