"""Which docs have a word in the form that is typed, and which only in others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.text.words import folded
from search.reader.snapshot import Snapshot


def docs_written(
    snapshot: Snapshot, docs: NDArray[np.int64], word: str, terms: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) which of some docs, ascending, have any of some terms, and which have one of a word that is written like
    `word`, upper case and accents aside."""
    key = folded(word).encode()
    has, written = np.zeros(len(docs), bool), np.zeros(len(docs), bool)
    lists = [snapshot.word(term.encode()).lists for term in terms]
    firsts = snapshot.first_docs
    bounds = np.searchsorted(docs, firsts).tolist()
    for place, here in enumerate(map(slice, bounds, bounds[1:])):
        local = (docs[here] - firsts[place]).astype(np.uint32)
        for postings in [of_term[place] for of_term in lists] if len(local) else ():
            if postings is not None:
                where, there = postings.find(local)
                has[here] |= there
                written[here][there] |= postings.written(key)[where[there]]
    return has, written
