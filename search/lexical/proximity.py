"""How near the words of a query stand to each other in some docs, read in the positions of their postings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.lexical.phrases import Docs, Keys, keys_at
from search.reader.index import WINDOW
from search.reader.snapshot import Snapshot


def pairs_near(
    snapshot: Snapshot, terms: Sequence[str], docs: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n_terms - 1, n_docs) which ascending `docs` have a term right behind the one before it, and which have the two
    at most `WINDOW` places from each other, whichever comes first.

    Of "far side moon" in a doc that begins "The far side of the Moon, ..." and another that ends "... moon to a far
    crater side"::

        far side     right behind: yes, no     near: yes, yes       stop words have no place
        side moon    right behind: yes, no     near: yes, yes
    """
    follows = np.zeros((max(0, len(terms) - 1), len(docs)), bool)
    near = np.zeros_like(follows)
    firsts = snapshot.first_docs
    bounds = np.searchsorted(docs, firsts).tolist()
    for place, (first, start, stop) in enumerate(zip(firsts.tolist(), bounds, bounds[1:], strict=False)):
        if start < stop:
            local = (docs[start:stop] - first).astype(np.uint32)
            keys = {term: _keys(snapshot, term, place, local) for term in dict.fromkeys(terms)}
            for pair in range(len(terms) - 1):
                ends, starts = keys[terms[pair]], keys[terms[pair + 1]]
                if len(ends) and len(starts):
                    _mark(follows[pair, start:stop], near[pair, start:stop], ends, starts)
    return follows, near


def _mark(follows: NDArray[np.bool_], near: NDArray[np.bool_], ends: Keys, starts: Keys) -> None:
    """Marks the docs in which some of the `starts` are right behind some of the `ends`, and near some."""
    where = ends.searchsorted(starts)
    behind = starts - ends.take(where - 1, mode="wrap")  # negative where no end comes before
    before = ends.take(where, mode="clip") - starts
    follows[starts[behind == 1] >> 32] = True
    close = ((behind > 0) & (behind <= WINDOW)) | ((before > 0) & (before <= WINDOW))
    near[starts[close] >> 32] = True


def _keys(snapshot: Snapshot, term: str, place: int, docs: Docs) -> Keys:
    """Where a term stands in some docs of a segment, these numbered from 0."""
    postings = snapshot.word(term.encode()).lists[place]
    if postings is None:
        return np.zeros(0, np.int64)
    where, there = postings.find(docs)
    numbers = np.flatnonzero(there)
    return keys_at(postings, where[numbers], numbers)
