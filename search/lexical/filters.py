"""Filters: which articles a search may show at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.article.typed_values import urls_of, yes_or_no
from indexer.base.errors import ArticleError, QueryError
from indexer.schema import Field, Kind, Schema
from indexer.segment.segment import Segment
from search.lexical.numeric_ranges import docs_in_range
from search.query.parser import parse
from search.query.tree import NumericRange
from search.reader.snapshot import Snapshot

_Filter = Callable[[Segment], NDArray[np.bool_]]  # (max_doc,) which docs of a segment have one of the values wanted


def allowed_docs(snapshot: Snapshot, filters: Mapping[str, Sequence[str]]) -> NDArray[np.bool_]:
    """(max_doc,) True for live docs that have, for every field named, at least one of its values.

    Values are compared whole and without regard to case; those of a numeric field are numbers or ranges as in a query:
    ``2024``, ``>300``, ``[300 TO 900]``. Raises QueryError for a field that cannot be filtered by and for a value that
    is no range.
    """
    allowed, schema = snapshot.live(), snapshot.schema
    for name, values in filters.items():
        if name not in schema.filterable:
            raise QueryError(f"cannot filter by '{name}'; the filters are {', '.join(schema.filterable)}")
        has_value = _numeric(name, values, schema) if name in schema.numeric else _keyword(schema.fields[name], values)
        for segment, first in zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False):
            allowed[first : first + segment.max_doc] &= has_value(segment)
    return allowed


def _numeric(name: str, values: Sequence[str], schema: Schema) -> _Filter:
    ranges = [_range(name, value, schema) for value in values]

    def has_value(segment: Segment) -> NDArray[np.bool_]:
        has = np.zeros(segment.max_doc, bool)
        for numbers in ranges:
            has |= docs_in_range(segment, numbers, schema)
        return has

    return has_value


def _keyword(field: Field, values: Sequence[str]) -> _Filter:
    folded = {_as_stored(field, value).casefold() for value in values}

    def has_value(segment: Segment) -> NDArray[np.bool_]:
        has = np.zeros(segment.max_doc, bool)
        column = segment.column(field)
        accepted = np.array([value.casefold() in folded for value in column.values], bool)
        if accepted.any():
            has[column.docs_with(accepted)] = True
        return has

    return has_value


def _as_stored(field: Field, value: str) -> str:
    """A value as articles have it: an address in its canonical form, ``yes`` for ``true``. What is no value of the
    field is as it is, which no article has."""
    try:
        if field.kind == Kind.URL:
            return urls_of(value)[0]
        return yes_or_no(value)[0] if field.kind == Kind.YES_NO else value
    except (ArticleError, IndexError):
        return value


def _range(name: str, value: str, schema: Schema) -> NumericRange:
    """The range that a filter's value stands for."""
    query = parse(f"{name}:{value}", schema=schema)
    if not isinstance(query.tree, NumericRange) or query.notes:
        raise QueryError(f"cannot filter {name} by '{value}'; write a value, >value or [from TO to]")
    return query.tree
