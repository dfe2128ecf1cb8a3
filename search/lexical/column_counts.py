"""Counting by a column: how many of some docs have each of its values.

What makes counting slow is finding the values of each doc, so columns are laid out for it once per snapshot, when they
are first counted. Of more than half of a segment's docs the others are counted and taken off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import QueryError
from indexer.schema import Field
from indexer.segment.columns import Keywords
from indexer.segment.segment import Segment
from search.lexical.column_values import numbers_of
from search.reader.snapshot import Snapshot


class ColumnCounts:
    """Counts the values of a snapshot's columns. Several threads may count at once: what two of them lay out is the
    same."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._columns: dict[str, list[_Single | _Several]] = {}  # by field, one a segment

    def of(self, name: str, docs: NDArray[np.int64]) -> Mapping[str, int]:
        """How many of some ascending docs have each value of a field, those of most docs first, equal ones by name.

        Raises QueryError for a field whose values cannot be counted.
        """
        schema = self._snapshot.schema
        if name not in schema.countable:
            raise QueryError(f"cannot count '{name}'; possible are {', '.join(schema.countable)}")
        columns = self._columns.get(name)
        if columns is None:
            field, numeric = schema.fields[name], name in schema.numeric
            columns = [_laid_out(segment, field, numeric=numeric) for segment in self._snapshot.segments]
            self._columns[name] = columns
        counts: dict[str, int] = {}
        bounds = np.searchsorted(docs, self._snapshot.first_docs).tolist()
        for number, column in enumerate(columns):
            local = docs[bounds[number] : bounds[number + 1]] - self._snapshot.first_docs[number]
            of_values = column.counts_of(local)
            some = np.flatnonzero(of_values)
            for place, count in zip(some.tolist(), of_values[some].tolist(), strict=True):
                value = column.values[place]
                counts[value] = counts.get(value, 0) + count
        return dict(sorted(counts.items(), key=lambda of: (-of[1], of[0])))


@dataclass(frozen=True, slots=True)
class _Single:
    """A column in which every doc has one value at most."""

    values: list[str]
    code: NDArray[np.intp]  # (max_doc,) the place of each doc's value in `values`, one past the last for none
    total: NDArray[np.int64]  # (n_values,) docs with each value

    def counts_of(self, docs: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n_values,) how many of some ascending docs have each value."""
        if 2 * len(docs) > len(self.code):
            return self.total - self._count(_others(docs, len(self.code)))
        return self._count(docs)

    def _count(self, docs: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(self.code[docs], minlength=len(self.values) + 1)[:-1]


@dataclass(frozen=True, slots=True)
class _Several:
    """A column in which a doc may have several values: those of doc d are ``codes[start[d]:start[d + 1]]``."""

    values: list[str]
    start: NDArray[np.int64]  # (max_doc + 1,)
    codes: NDArray[np.intp]
    total: NDArray[np.int64]  # (n_values,) docs with each value

    def counts_of(self, docs: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n_values,) how many of some ascending docs have each value."""
        max_doc = len(self.start) - 1
        if 2 * len(docs) > max_doc:
            return self.total - self._count(_others(docs, max_doc))
        return self._count(docs)

    def _count(self, docs: NDArray[np.int64]) -> NDArray[np.int64]:
        start = self.start[docs]
        lengths = self.start[docs + 1] - start
        # 0 1 2 and so on from the start of each doc's values, one doc after the other
        before = lengths.cumsum() - lengths
        places = np.arange(int(lengths.sum())) + (start - before).repeat(lengths)
        return np.bincount(self.codes[places], minlength=len(self.values))


def _others(docs: NDArray[np.int64], max_doc: int) -> NDArray[np.int64]:
    """The docs of a segment that are not among these."""
    others = np.ones(max_doc, bool)
    others[docs] = False
    return np.flatnonzero(others)


def _laid_out(segment: Segment, field: Field, *, numeric: bool) -> _Single | _Several:
    return _of_numbers(numbers_of(segment, field)) if numeric else _of_texts(segment.column(field))


def _of_numbers(numbers: NDArray[np.float64]) -> _Single:
    has_value = ~np.isnan(numbers)
    found, places = np.unique(numbers[has_value], return_inverse=True)
    code = np.full(len(numbers), len(found), np.intp)
    code[has_value] = places
    return _Single([f"{value:.15g}" for value in found.tolist()], code, _totals(places, len(found)))


def _of_texts(column: Keywords) -> _Single | _Several:
    lengths, codes = column.counts(), column.codes.astype(np.intp)
    totals = _totals(codes, len(column.values))
    if lengths.max(initial=0) > 1:
        return _Several(column.values, column.start.astype(np.int64), codes, totals)
    code = np.full(len(lengths), len(column.values), np.intp)
    code[lengths > 0] = codes
    return _Single(column.values, code, totals)


def _totals(codes: NDArray[Any], n_values: int) -> NDArray[np.int64]:
    return np.bincount(codes, minlength=n_values).astype(np.int64)
