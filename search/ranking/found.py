"""What a query finds, apart from filters: what pages, totals and facets are made of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from search.reader.index import Docs, Index, Mask


class Found:
    """The docs that a query finds in the whole archive. A filter only chooses among them, so the number beside a value
    in a facet is the number of hits that choosing it leaves."""

    def __init__(self, find: Callable[[], Mask]) -> None:
        self._find = find
        self._mask: Mask | None = None

    def within(self, allowed: Mask | None) -> Docs:
        """The docs found that are `allowed` (max_doc,), or all, ascending."""
        if self._mask is None:
            self._mask = self._find()
        return np.flatnonzero(self._mask if allowed is None else self._mask & allowed)


def marked(index: Index, docs: Docs) -> Mask:
    """(max_doc,) a new array, True for some docs."""
    mask = np.zeros(index.max_doc, bool)
    mask[docs] = True
    return mask


def both(one: Mask | None, other: Mask | None) -> Mask | None:
    """(max_doc,) True where both masks are, None being True everywhere."""
    if one is None or other is None:
        return other if one is None else one
    return one & other
