"""A part of an archive that suggestions are asked for, as the articles of one site."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property, partial

import numpy as np

from indexer.schema import ALL_TEXT
from search.filters.condition import Condition
from search.query.parser import ParsedQuery
from search.query.tree import Node, Or, Phrase, Term
from search.query.typed_words import phrases, word
from search.reader.index import Index, Mask
from search.suggest.archive_names import Counts, count_names
from search.suggest.live_headlines import LiveHeadlines

_MOST_LOOKED_FOR = 10  # words; each is a search
_MOST_KEPT = 16  # filters of one generation; a network of sites has one for each


class Within:
    """Some of the live articles of one generation, as those that satisfy a filter. Safe to share between threads."""

    def __init__(self, index: Index, allowed: Mask) -> None:
        self._index = index
        self._allowed = allowed
        self._narrowed: tuple[LiveHeadlines, LiveHeadlines] | None = None

    @property
    def allowed(self) -> Mask:
        """(max_doc,) which they are."""
        return self._allowed

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

    def words(self, keys: Sequence[str], before: str = "") -> Iterator[str]:
        """Of the first of some keys of words those that a text of these articles has, found as they are asked for; next
        to the word before it, if one is given."""
        return filter(partial(self._has, before), keys[:_MOST_LOOKED_FOR] if self._has_any else ())

    def first_next_to(self, before: str, keys: Iterable[str]) -> list[str]:
        """Some keys of words, first those that a text of these articles has next to the word before it."""
        has = {key: self._has(before, key) for key in keys}
        return sorted(has, key=lambda key: not has[key])

    @cached_property
    def _has_any(self) -> bool:
        return bool(self._allowed.any())

    def _has(self, before: str, key: str) -> bool:
        terms = {form.term: None for form in self._index.forms.spelled(key) if form.term}
        nodes: Sequence[Node] = [Term(ALL_TEXT, term) for term in terms]
        if before and terms:
            found = phrases(f"{before} {key}", self._index.languages())
            nodes = [node for node in found if isinstance(node, Phrase)]  # none of a word that is not in phrases
        tree = nodes[0] if len(nodes) == 1 else Or(tuple(nodes))  # the first alone takes half the time
        query = ParsedQuery("", tree, False, ())
        return bool(nodes) and len(self._index.match(query, self._allowed, [])) > 0


def beside(index: Index, words: Sequence[str], within: Within | None) -> Within | None:
    """Of some articles, or of all, those whose text has some words, too; the same for words that are in all."""
    languages = index.languages()
    texts = [nodes[0].texts for form in words if (nodes := word(form, languages))]
    if not texts:
        return within
    having = index.covering([(of, 1.0) for of in texts], len(texts))
    return Within(index, having if within is None else having & within.allowed)


class WithinFilters:
    """The parts of the generation that was asked about last, those of the last filters found once. Safe to use from
    several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: tuple[int, float] | None = None
        self._kept: OrderedDict[tuple[Condition, frozenset[int]], Within] = OrderedDict()

    def of(self, index: Index, condition: Condition, hidden: Set[int] = frozenset()) -> Within:
        """The part of an index that satisfies a filter, without the docs `hidden`. Raises what `Index.filter`
        raises."""
        key = condition, frozenset(hidden)
        state = index.generation, index.until
        with self._lock:
            if self._state != state:
                self._state, self._kept = state, OrderedDict()
            kept = self._kept
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        allowed = index.live() & index.filter(condition)
        allowed[list(hidden)] = False
        found = Within(index, allowed)  # several threads may find the same
        with self._lock:
            kept[key] = found
            if len(kept) > _MOST_KEPT:
                kept.popitem(last=False)
        return found
