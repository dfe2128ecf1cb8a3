"""Phrases: the docs of a segment in which terms follow each other, found in the positions of its postings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.segment.inverter import FIELD_GAP
from search.reader.postings import PostingList

Docs = NDArray[np.uint32]
Places = NDArray[np.int64]  # in a posting list, of its docs
Keys = NDArray[np.int64]  # ``number of a doc << 32 | position``, ascending

_FEW = 1024  # docs; the positions of all words are read at once, and word by word for more
_POSITION = (1 << 32) - 1


def docs_with_all(lists: Sequence[PostingList], row: int | None = None) -> tuple[Docs, list[Places]]:
    """The docs that are in all of the lists of a segment, ascending, and for each list their places in it; no places
    where there is no such doc. Of the lists with the docs 2 5 9 and 0 2 4 9 the docs 2 and 9 are in both, at the
    places 0 and 2 of the first and 1 and 3 of the second. With a row of `tf` these are only docs that have the word of
    the shortest list in that text field."""
    shortest, *others = sorted(set(lists), key=lambda postings: (len(postings.docs), postings.number))
    docs = shortest.docs
    places: dict[PostingList, Places] = {}
    if row is not None:
        places[shortest] = shortest.segment.tf[row, shortest.start : shortest.stop].nonzero()[0]
        docs = docs.take(places[shortest])
    for postings in others:
        where, there = postings.find(docs)
        keep = there.nonzero()[0]
        if not len(keep):
            return docs[:0], []
        if not places:
            places[shortest] = keep
        if len(keep) < len(docs):
            if len(places) > 1 or row is not None:
                places = {before: at.take(keep) for before, at in places.items()}
            docs, where = docs.take(keep), where.take(keep)
        places[postings] = where
    if not places:
        places[shortest] = np.arange(len(docs))
    return docs, [places[postings] for postings in lists]


def docs_with_phrase(lists: Sequence[PostingList], slop: int, row: int | None) -> tuple[Docs, list[Places]]:
    """The docs in which each term, given as its postings in a segment, follows the one before at most `slop` positions
    later, in any text field or in that of a row of `tf`, ascending; and for each term the places of these docs in its
    list.

    For "far side" in two docs that have both words, of which one has them in a row::

        doc                 3            8
        positions of far    0 7          2
        positions of side   1 20         9
        ends of "far"       0|0 0|7      1|2        number of the doc | position, as keys
        starts of "side"    0|1 0|20     1|9
        followers           0|1                     "side" at most one position after a "far"

    A third word would have to follow these; the docs of what is left at the end, here 3, have the phrase.
    """
    docs, places = docs_with_all(lists, row)
    if row is not None and len(docs) and len(lists) > 1:
        docs, places = _all_in_field(lists, docs, places, row)
    if not len(docs) or len(lists) == 1:
        return docs, places
    slop = min(slop, FIELD_GAP - 1)
    if len(docs) > _FEW:
        return _word_by_word(lists, docs, places, slop, row)
    ends, *others = _positions(lists, docs, places, row)
    for starts in others:
        ends = _followers(ends, starts, slop)
    return _docs_of(ends, docs, places)


def _all_in_field(
    lists: Sequence[PostingList], docs: Docs, places: list[Places], row: int
) -> tuple[Docs, list[Places]]:
    """Those of some docs, with their places in the lists, that have every word in a field."""
    tf = lists[0].segment.tf[row]
    inside = np.logical_and.reduce([tf.take(where + of.start) > 0 for of, where in zip(lists, places, strict=True)])
    return (docs[inside], [where[inside] for where in places]) if inside.any() else (docs[:0], [])


def _word_by_word(
    lists: Sequence[PostingList], docs: Docs, places: list[Places], slop: int, row: int | None
) -> tuple[Docs, list[Places]]:
    """What `docs_with_phrase` gives for many docs that have all words: the positions of a word are only read in those
    that have the phrase up to it."""
    ends = _positions(lists[:1], docs, places[:1], row)[0]
    for word in range(1, len(lists)):
        if not len(ends):
            break
        if len(ends) * 4 < len(docs):
            owners = ends >> 32
            numbers = _distinct(owners)
            ends -= (owners - numbers.searchsorted(owners)) << 32  # docs get the numbers they have among those left
            docs, places = docs.take(numbers), [where.take(numbers) for where in places]
        starts = _positions(lists[word : word + 1], docs, places[word : word + 1], row)[0]
        ends = _followers(ends, starts, slop)
    return _docs_of(ends, docs, places)


def _docs_of(keys: Keys, docs: Docs, places: list[Places]) -> tuple[Docs, list[Places]]:
    """Those of `docs` whose numbers are in some keys, and their places in every list."""
    if not len(keys):
        return docs[:0], []
    numbers = _distinct(keys >> 32)
    return docs.take(numbers), [where.take(numbers) for where in places]


def _distinct(ascending: NDArray[np.int64]) -> NDArray[np.int64]:
    first = np.empty(len(ascending), bool)
    first[:1] = True
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return ascending[first]


def _followers(ends: Keys, starts: Keys, slop: int) -> Keys:
    """Those of the ascending `starts` that have one of the ascending `ends` at most `slop` before them.

    >>> _followers(np.array([0, 7, 20]), np.array([1, 9, 20, 22]), 2).tolist()
    [1, 9, 22]
    """
    if not len(ends) or not len(starts):
        return starts[:0]
    if slop == 1 and len(ends) < len(starts):
        next_ones = ends + 1
        there: NDArray[np.bool_] = starts.take(starts.searchsorted(next_ones), mode="clip") == next_ones
        return next_ones[there]
    before = ends.searchsorted(starts)
    before -= 1  # the last end before each start; -1, which is the last of all, where there is none
    gaps = starts - ends.take(before, mode="wrap")
    return starts[(gaps <= slop) & (gaps > 0)]


def _positions(lists: Sequence[PostingList], docs: Docs, places: Sequence[Places], row: int | None) -> list[Keys]:
    """For each list, given the places of some docs in it, ``number of the doc among docs << 32 | position`` for all its
    words in these docs, ascending.

    All lists are read at once, as if they were one of so many times the docs. With two lists, "far" and "side", and the
    two docs of `docs_with_phrase`, whose positions begin in the segment's array where `first` says::

        list, doc      far 3   far 8   side 3   side 8
        first          100     102     500      502        in the array of positions
        last           102     103     502      503        one past the last
        counts         2       1       2        1
        ends           2       3       5        6          of each among all that is read
        owners         0 0     1       2 2      3          which of the four each position belongs to
        at             100 101 102     500 501  502
        positions      0 7     2       1 20     9
        keys           0|0 0|7 1|2     2|1 2|20 3|9        cut at `cuts`, 3 and 6, one part a list; the numbers of
                                                           the second start at 2, which is taken off: 0|1 0|20 1|9
    """
    segment = lists[0].segment
    bounds = [postings.word_bounds() for postings in lists]
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
    return parts if row is None else _in_field(parts, lists[0], docs, row)


def _in_field(parts: list[Keys], postings: PostingList, docs: Docs, row: int) -> list[Keys]:
    """The keys whose positions lie in a field: an article's words are numbered through all its fields, with a gap
    between them."""
    segment = postings.segment
    begin = segment.dl[:row, docs].sum(axis=0, dtype=np.int64) + row * FIELD_GAP
    end = begin + segment.dl[row, docs] + FIELD_GAP  # stop words, which are not counted, may stand behind the others
    inside = [
        (part & _POSITION >= begin.take(part >> 32)) & (part & _POSITION < end.take(part >> 32)) for part in parts
    ]
    return [part[keep] for part, keep in zip(parts, inside, strict=True)]


def keys_at(postings: PostingList, places: Places, numbers: NDArray[np.int64]) -> Keys:
    """Where a term stands in the docs at some ascending places of its list, as keys with the `numbers` of these
    docs."""
    first, last = postings.words_at(places)
    counts = last - first
    at = (last - counts.cumsum()).repeat(counts)
    at += np.arange(len(at))
    keys: Keys = numbers.repeat(counts) << 32
    keys += postings.segment.positions.take(at)
    return keys
