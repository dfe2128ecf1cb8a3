"""Counting by a column: how many of some docs have each of its values.

What makes counting slow is finding the values of each doc, so columns are laid out for it once per snapshot, when they
are first counted. Of more than half of a segment's docs the others are counted and taken off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import QueryError
from indexer.schema import Field
from indexer.segment.columns import Keywords
from search.filters.condition import as_compared
from search.lexical.column_values import numbers_of
from search.reader.snapshot import Snapshot


class ColumnCounts:
    """Counts the values of a snapshot's columns. Several threads may count at once: what two of them lay out is the
    same."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._fields: dict[str, _Column] = {}
        self._counted: tuple[NDArray[np.int64], list[_Chosen]] | None = None  # the last docs; most facets have the same

    def of(self, name: str, docs: NDArray[np.int64], most: int | None = None) -> tuple[dict[str, int], int]:
        """How many of some ascending docs have each value of a field, those of most docs first, equal ones by name; and
        how many values there are, of which the first `most` come out.

        Raises QueryError for a field whose values cannot be counted.
        """
        schema = self._snapshot.schema
        if name not in schema.countable:
            raise QueryError(f"cannot count '{name}'; possible are {', '.join(schema.countable)}")
        column = self._fields.get(name)
        if column is None:
            column = self._fields[name] = _laid_out(self._snapshot, schema.fields[name], numeric=name in schema.numeric)
        counts = np.zeros(len(column.values), np.int64)
        for part, chosen in zip(column.parts, self._chosen(docs), strict=True):
            if len(chosen.docs):
                counts += chosen.counts(part)
        some = np.flatnonzero(counts)
        order = some[np.argsort(-counts[some], kind="stable")][:most]  # the values themselves are in order
        values = [column.values[place] for place in order.tolist()]
        return dict(zip(values, counts[order].tolist(), strict=True)), len(some)

    def _chosen(self, docs: NDArray[np.int64]) -> list[_Chosen]:
        """Some ascending docs by segment."""
        known = self._counted
        if known is None or known[0] is not docs:
            firsts = self._snapshot.first_docs.tolist()
            bounds = pairwise(np.searchsorted(docs, firsts).tolist())
            parts = [docs[a:b] - first if first else docs[a:b] for (a, b), first in zip(bounds, firsts, strict=False)]
            sizes = [segment.max_doc for segment in self._snapshot.segments]
            self._counted = known = docs, list(map(_Chosen, parts, sizes))
        return known[1]


class _Chosen:
    """Some docs of a segment."""

    def __init__(self, docs: NDArray[np.int64], max_doc: int) -> None:
        """From docs that ascend."""
        self.docs = docs
        self._max_doc = max_doc

    @cached_property
    def _others(self) -> NDArray[np.int64]:
        """The docs of the segment that are not among these."""
        others = np.ones(self._max_doc, bool)
        others[self.docs] = False
        return np.flatnonzero(others)

    def counts(self, column: _Single | _Several) -> NDArray[np.int64]:
        """(n_values,) how many of them have each value of a column."""
        if len(self.docs) == self._max_doc or not len(column.total):
            return column.total
        if 2 * len(self.docs) > self._max_doc:
            return column.total - column.count(self._others)
        return column.count(self.docs)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of all segments."""

    values: list[str]  # those that filters tell apart, ascending, each as most articles write it
    parts: list[_Single | _Several]  # one a segment


@dataclass(frozen=True, slots=True)
class _Single:
    """A column of a segment in which every doc has one value at most."""

    code: NDArray[np.unsignedinteger[Any]]  # (max_doc,) the number of each doc's value, one past the last for none
    total: NDArray[np.int64]  # (n_values,) docs with each value

    def count(self, docs: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n_values,) how many of some docs have each value."""
        return np.bincount(self.code[docs], minlength=len(self.total) + 1)[:-1]


@dataclass(frozen=True, slots=True)
class _Several:
    """A column of a segment in which a doc may have several values: those of doc d are
    ``codes[start[d]:start[d + 1]]``."""

    start: NDArray[np.signedinteger[Any]]  # (max_doc + 1,)
    codes: NDArray[np.unsignedinteger[Any]]
    total: NDArray[np.int64]  # (n_values,) docs with each value

    def count(self, docs: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n_values,) how many of some docs have each value."""
        start = self.start.take(docs)
        lengths = self.start[1:].take(docs) - start
        before = lengths.cumsum(dtype=start.dtype) - lengths
        # 0 1 2 and so on from the start of each doc's values, one doc after the other
        places = (start - before).repeat(lengths)
        places += np.arange(len(places), dtype=start.dtype)
        return np.bincount(self.codes.take(places), minlength=len(self.total))


def _laid_out(snapshot: Snapshot, field: Field, *, numeric: bool) -> _Column:
    columns = [
        _of_numbers(numbers_of(segment, field)) if numeric else segment.column(field) for segment in snapshot.segments
    ]
    written: dict[str, Counter[str]] = {}
    for column in columns:
        times = np.bincount(column.codes, minlength=len(column.values)).tolist()
        for value, count in zip(column.values, times, strict=True):
            written.setdefault(value if numeric else as_compared(value), Counter())[value] += count
    of_group = {min(forms, key=lambda value: (-forms[value], value)): forms for forms in written.values()}
    values = sorted(of_group)
    number = {value: place for place, shown in enumerate(values) for value in of_group[shown]}
    return _Column(values, [_part(column, number, len(values)) for column in columns])


def _of_numbers(numbers: NDArray[np.float64]) -> Keywords:
    """The column of the texts that numbers are written as."""
    has_value = ~np.isnan(numbers)
    found, codes = np.unique(numbers[has_value], return_inverse=True)
    start = np.concatenate([[0], has_value.cumsum()]).astype(np.uint32)
    return Keywords([f"{value:.15g}" for value in found.tolist()], start, codes.astype(np.uint32))


def _part(column: Keywords, number: Mapping[str, int], n_values: int) -> _Single | _Several:
    """A segment's column in the numbers of values that all segments share."""
    narrow = np.min_scalar_type(n_values)  # what is picked out here and there should fit into the cache
    renumbered = np.array([number[value] for value in column.values], narrow)
    codes = renumbered[column.codes] if len(column.codes) else np.zeros(0, narrow)
    lengths, start = column.counts(), column.start
    if len(np.unique(renumbered)) < len(renumbered):  # a doc may have a value in two spellings, and has it once
        docs = np.arange(len(lengths), dtype=np.int64).repeat(lengths)
        docs, each = np.divmod(np.unique(docs * n_values + codes), n_values)
        codes, lengths = each.astype(narrow), np.bincount(docs, minlength=len(lengths))
        start = np.concatenate([[0], lengths.cumsum()])
    totals = np.bincount(codes, minlength=n_values).astype(np.int64)
    if lengths.max(initial=0) > 1:
        few = len(codes) < 1 << 31  # half as wide, numbers are read and added in less time
        return _Several(start.astype(np.int32 if few else np.int64), codes, totals)
    code = np.full(len(lengths), n_values, narrow)
    code[lengths > 0] = codes
    return _Single(code, totals)
