"""A part of an archive that suggestions are asked for, as the articles of one site."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from indexer.schema import ALL_TEXT
from search.filters.condition import Condition
from search.query.parser import ParsedQuery
from search.query.tree import Or, Term
from search.reader.index import Index
from search.suggest.archive_names import Counts, count_names
from search.suggest.live_headlines import LiveHeadlines

_MOST_LOOKED_FOR = 15  # words; each is a search
_MOST_KEPT = 16  # filters of one generation; a network of sites has one for each


class Within:
    """The live articles of one generation that satisfy a filter. Safe to share between threads."""

    def __init__(self, index: Index, condition: Condition) -> None:
        """Raises what `Index.filter` raises."""
        self._index = index
        self._allowed = index.filter(condition)
        self._narrowed: tuple[LiveHeadlines, LiveHeadlines] | None = None

    def headlines(self, headlines: LiveHeadlines) -> LiveHeadlines:
        """Of some headlines those of these articles."""
        known = self._narrowed
        if known is None or known[0] is not headlines:
            narrowed = headlines.within(self._index.seqs()[self._allowed])
            self._narrowed = known = headlines, narrowed
        return known[1]

    @cached_property
    def names(self) -> Counts:
        """By field how many of these articles have each name."""
        return count_names(self._index, np.flatnonzero(self._allowed))

    def words(self, keys: Sequence[str]) -> Iterator[str]:
        """Of the first of some keys of words those that a text of these articles has, found as they are asked for."""
        return filter(self._has, keys[:_MOST_LOOKED_FOR])

    def _has(self, key: str) -> bool:
        terms = {form.term: None for form in self._index.forms.spelled(key) if form.term}
        query = ParsedQuery("", Or(tuple([Term(ALL_TEXT, term) for term in terms])), False, ())
        return bool(terms) and len(self._index.match(query, self._allowed, [])) > 0


class WithinFilters:
    """The parts of the generation that was asked about last, those of the last filters found once. Safe to use from
    several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: tuple[int, float] | None = None
        self._kept: OrderedDict[Condition, Within] = OrderedDict()

    def of(self, index: Index, condition: Condition) -> Within:
        """The part of an index that satisfies a filter. Raises what `Index.filter` raises."""
        state = index.generation, index.until
        with self._lock:
            if self._state != state:
                self._state, self._kept = state, OrderedDict()
            kept = self._kept
            if condition in kept:
                kept.move_to_end(condition)
                return kept[condition]
        found = Within(index, condition)  # several threads may find the same
        with self._lock:
            kept[condition] = found
            if len(kept) > _MOST_KEPT:
                kept.popitem(last=False)
        return found
