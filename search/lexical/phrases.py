"""Phrases: the docs of a segment in which terms follow each other, found in the positions of its postings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.segment.inverter import FIELD_GAP, TEXT_FIELDS
from search.reader.postings import PostingList

Docs = NDArray[np.uint32]
Places = NDArray[np.int64]

_FEW = 1024  # docs; the positions of all words are read at once, and word by word for more
_POSITION = (1 << 32) - 1


def docs_with_all(lists: Sequence[PostingList]) -> tuple[Docs, list[Places]]:
    """The docs that are in all of the lists of a segment, ascending, and for each list their places in it; no places
    where there is no such doc."""
    distinct = sorted(set(lists), key=lambda one: (len(one.docs), one.number))
    docs = distinct[0].docs
    places: dict[PostingList, Places] = {}
    for one in distinct[1:]:
        at, there = one.find(docs)
        keep = there.nonzero()[0]
        if not len(keep):
            return docs[:0], []
        if not places:
            places[distinct[0]] = keep
        if len(keep) < len(docs):
            if len(places) > 1:
                places = {done: where.take(keep) for done, where in places.items()}
            docs, at = docs.take(keep), at.take(keep)
        places[one] = at
    if not places:
        places[distinct[0]] = np.arange(len(docs))
    return docs, [places[one] for one in lists]


def docs_with_phrase(lists: Sequence[PostingList], slop: int, field: str | None) -> tuple[Docs, list[Places]]:
    """The docs in which each term, given as its postings in a segment, follows the one before at most `slop` positions
    later, in any text field or in the one named, ascending; and for each term the places of these docs in its list."""
    docs, places = docs_with_all(lists)
    if not len(docs) or (len(lists) == 1 and field is None):
        return docs, places
    slop = min(slop, FIELD_GAP - 1)
    if len(docs) <= _FEW:
        ends, *others = _positions(lists, docs, places, field)
        for starts in others:
            ends = _followers(ends, starts, slop)
    else:
        ends = _positions(lists[:1], docs, places[:1], field)[0]
        for word in range(1, len(lists)):
            if not len(ends):
                break
            if len(ends) * 4 < len(docs):
                owners = ends >> 32
                found = _distinct(owners)
                ends -= (owners - found.searchsorted(owners)) << 32
                docs, places = docs.take(found), [where.take(found) for where in places]
            starts = _positions(lists[word : word + 1], docs, places[word : word + 1], field)[0]
            ends = _followers(ends, starts, slop)
    if not len(ends):
        return docs[:0], []
    found = _distinct(ends >> 32)
    return docs.take(found), [where.take(found) for where in places]


def _distinct(ascending: NDArray[np.int64]) -> NDArray[np.int64]:
    first = np.empty(len(ascending), bool)
    first[:1] = True
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return ascending[first]


def _followers(ends: NDArray[np.int64], starts: NDArray[np.int64], slop: int) -> NDArray[np.int64]:
    """Those of the ascending `starts` that have one of the ascending `ends` at most `slop` before them."""
    if not len(ends) or not len(starts):
        return starts[:0]
    if slop == 1 and len(ends) < len(starts):
        wanted = ends + 1
        found: NDArray[np.bool_] = starts.take(starts.searchsorted(wanted), mode="clip") == wanted
        return wanted[found]
    before = ends.searchsorted(starts)
    before -= 1  # the last end before each start; -1, which is the last of all, where there is none
    gaps = starts - ends.take(before, mode="wrap")
    return starts[(gaps <= slop) & (gaps > 0)]


def _positions(
    lists: Sequence[PostingList], docs: Docs, places: Sequence[Places], field: str | None
) -> list[NDArray[np.int64]]:
    """For each list, given the places of some docs in it, ``number of the doc among docs << 32 | position`` for all its
    words in these docs, ascending."""
    segment = lists[0].segment
    bounds = [one.word_bounds() for one in lists]
    # all lists at once, as if they were one of so many times the docs
    first = np.concatenate([bound.take(where) for bound, where in zip(bounds, places, strict=True)])
    last = np.concatenate([bound[1:].take(where) for bound, where in zip(bounds, places, strict=True)])
    counts = last - first
    ends = counts.cumsum()
    owners = np.arange(len(counts)).repeat(counts)
    at = (last - ends).take(owners)
    at += np.arange(len(at))
    positions = segment.positions.take(at)
    keys = owners << 32
    keys += positions
    cuts = ends[len(docs) - 1 :: len(docs)].tolist()
    parts = [keys[a:b] for a, b in zip([0, *cuts], cuts, strict=False)]
    for number, part in enumerate(parts[1:], 1):
        part -= number * len(docs) << 32
    if field is None:
        return parts
    number = TEXT_FIELDS.index(field)
    begin = segment.dl[:number, docs].sum(axis=0, dtype=np.int64) + number * FIELD_GAP
    end = begin + segment.dl[number, docs]
    inside = [
        (part & _POSITION >= begin.take(part >> 32)) & (part & _POSITION < end.take(part >> 32)) for part in parts
    ]
    return [part[keep] for part, keep in zip(parts, inside, strict=True)]
