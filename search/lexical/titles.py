"""Titles that have the words of a query in its order, which is how people look for an article they know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.schema import TEXT_FIELDS
from indexer.text.markers import is_word
from search.lexical.phrases import docs_with_phrase
from search.reader.snapshot import Snapshot

_TITLE = TEXT_FIELDS.index("title")


def titles_with(
    snapshot: Snapshot, readings: Sequence[Sequence[str]], slop: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The live docs, ascending, whose title has the terms of one of some `readings` in their order, each at most `slop`
    places after the one before; and what share of the title's terms these are, 1 for a title that has no others."""
    docs, shares = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for place, (segment, first) in enumerate(zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False)):
        for terms in readings:
            lists = [of for term in terms if (of := snapshot.word(term.encode()).lists[place]) is not None]
            if len(lists) < len(terms):
                continue
            local = docs_with_phrase(lists, slop, _TITLE)[0]
            if len(local):
                local = local[segment.live[local]] if len(segment.deleted) else local
                docs.append(local.astype(np.int64) + first)
                shares.append(_shares(terms, segment.dl[_TITLE, local]))
    if len(docs) <= 2:
        return docs[-1], shares[-1]
    found, which = np.unique(np.concatenate(docs), return_inverse=True)
    highest = np.zeros(len(found), np.float32)
    np.maximum.at(highest, which, np.concatenate(shares))
    return found, highest


def _shares(terms: Sequence[str], lengths: NDArray[Any]) -> NDArray[np.float32]:
    """(n,) what share these are of the terms of titles with so many. Stop words are not among these: they are all of a
    title that has no others."""
    if not is_word(terms[0]):
        return np.where(lengths == 0, 1, 0.5).astype(np.float32)
    return (len(terms) / lengths).astype(np.float32)
