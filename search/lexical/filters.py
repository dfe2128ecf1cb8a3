"""Which docs satisfy a condition on columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.schema import ID, Schema
from indexer.segment.segment import Segment
from search.filters.condition import AllOf, AnyOf, BeginsWith, Condition, Exists, HasValue, Not, as_compared
from search.lexical.numeric_ranges import docs_in_range, docs_with_number
from search.query.tree import NumericRange
from search.reader.snapshot import Snapshot


def allowed_docs(snapshot: Snapshot, condition: Condition) -> NDArray[np.bool_]:
    """(max_doc,) a new array, True for live docs that satisfy a condition."""
    allowed = snapshot.live()
    if condition != AllOf():
        for segment, first in zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False):
            allowed[first : first + segment.max_doc] &= _holds(segment, condition, snapshot.schema)
    return allowed


def _holds(segment: Segment, condition: Condition, schema: Schema) -> NDArray[np.bool_]:
    """(max_doc,) for which docs of a segment a condition holds; not to be written to."""
    return _HOLDS[type(condition)](segment, condition, schema)


def _all(segment: Segment, condition: AllOf, schema: Schema) -> NDArray[np.bool_]:
    holds = np.ones(segment.max_doc, bool)
    for part in condition.parts:
        holds &= _holds(segment, part, schema)
    return holds


def _any(segment: Segment, condition: AnyOf, schema: Schema) -> NDArray[np.bool_]:
    holds = np.zeros(segment.max_doc, bool)
    for part in condition.parts:
        holds |= _holds(segment, part, schema)
    return holds


def _not(segment: Segment, condition: Not, schema: Schema) -> NDArray[np.bool_]:
    return ~_holds(segment, condition.part, schema)


def _has_value(segment: Segment, condition: HasValue, schema: Schema) -> NDArray[np.bool_]:
    if condition.field != ID:
        return _with_value(segment, condition.field, schema, condition.values.__contains__)
    holds = np.zeros(segment.max_doc, bool)
    for article_id in condition.values:
        holds[segment.docs_with_id(article_id)] = True
    return holds


def _begins_with(segment: Segment, condition: BeginsWith, schema: Schema) -> NDArray[np.bool_]:
    def begins(value: str) -> bool:
        return value.startswith(condition.text)

    if condition.field == ID:
        return np.array([begins(as_compared(article_id)) for article_id in segment.article_ids()], bool)
    return _with_value(segment, condition.field, schema, begins)


def _with_value(segment: Segment, name: str, schema: Schema, accepts: Callable[[str], bool]) -> NDArray[np.bool_]:
    holds = np.zeros(segment.max_doc, bool)
    column = segment.column(schema.fields[name])
    accepted = np.array([accepts(as_compared(value)) for value in column.values], bool)
    if accepted.any():
        holds[column.docs_with(accepted)] = True
    return holds


def _exists(segment: Segment, condition: Exists, schema: Schema) -> NDArray[np.bool_]:
    if condition.field == ID:
        return np.ones(segment.max_doc, bool)
    if condition.field in schema.numeric:
        return docs_with_number(segment, condition.field, schema)
    return segment.column(schema.fields[condition.field]).counts() > 0


_HOLDS: dict[type[Condition], Callable[[Segment, Any, Schema], NDArray[np.bool_]]] = {
    AllOf: _all,
    AnyOf: _any,
    Not: _not,
    HasValue: _has_value,
    BeginsWith: _begins_with,
    Exists: _exists,
    NumericRange: docs_in_range,
}
