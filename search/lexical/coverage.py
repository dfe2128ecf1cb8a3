"""Which docs have enough of the words of a query, without a score for any of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.reader.postings import PostingList
from search.reader.snapshot import Snapshot

_LONG = 4  # a list with more than one doc in so many is added for all docs at once, by its bits


def covering(snapshot: Snapshot, words: Sequence[tuple[Sequence[str], float]], least: float) -> NDArray[np.bool_]:
    """(max_doc,) a new array, True for live docs that have so many of some words that their weights, which are above
    0, add up to at least `least`. A word is one or several terms, any of which is enough.

    Of a word that is enough by itself the docs need only be marked; the weights of the others are added up. With
    "lander" .7, "orbit" .3 and "moon" .1, of which .4 is the least::

        doc                   0    1    2    3    4
        lander  marks              x         x
        orbit   adds          .3   .3
        moon    adds          .1        .1   .1   .1
        covered               yes  yes  no   yes  no
    """
    covered = np.zeros(snapshot.max_doc, bool)
    enough = [terms for terms, weight in words if weight >= least]
    others = [(terms, weight) for terms, weight in words if weight < least]
    for place, (segment, first) in enumerate(zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False)):
        here = covered[first : first + segment.max_doc]
        for terms in enough:
            _mark(here, _lists(snapshot, terms, place))
        if sum(weight for _, weight in others) >= least:
            sums = np.zeros(segment.max_doc, np.float32)
            for terms, weight in others:
                _add(sums, _lists(snapshot, terms, place), np.float32(weight))
            here |= sums >= np.float32(least)
        here[segment.deleted] = False
    return covered


def _lists(snapshot: Snapshot, terms: Sequence[str], place: int) -> list[PostingList]:
    lists = [snapshot.word(term.encode()).lists[place] for term in terms]
    return [postings for postings in lists if postings is not None]


def _mark(marked: NDArray[np.bool_], lists: Sequence[PostingList]) -> None:
    """Marks the docs of any of some lists."""
    for postings in lists:
        if postings.is_dense:
            bits = np.unpackbits(postings.bits().view(np.uint8), count=len(marked), bitorder="little")
            marked |= bits.view(bool)
        else:
            marked[postings.docs.astype(np.intp)] = True  # numpy takes twice as long over another type


def _add(sums: NDArray[np.float32], lists: Sequence[PostingList], weight: np.float32) -> None:
    """Adds a weight for the docs of any of some lists, once for each."""
    if len(lists) == 1 and len(lists[0].docs) * _LONG < len(sums):
        np.add.at(sums, lists[0].docs.astype(np.intp), weight)
    elif lists:
        marked = np.zeros(len(sums), bool)
        _mark(marked, lists)
        sums += marked * weight  # a sum of those marked alone takes ten times as long
