"""Filters as they are given, as text or as data, read into conditions.

Data is what JSON has. A list holds where all its items hold, a list in a list where any of its items does, the next one
in again where all do, and so on. An item is a text in the filter language, or an object of fields and the values of
which an article must have one: ``["year >= 2023", [{"section": ["Moon", "Mars"]}, "tag EXISTS"]]``. An object alone is
a filter as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indexer.base.errors import QueryError, shown
from indexer.schema import Field, Schema
from search.filters import comparisons
from search.filters.condition import CONDITIONS, EVERYTHING, AllOf, AnyOf, Condition
from search.filters.grammar import read_text
from search.filters.limits import Bounds
from search.query.tree import NumericRange

Filters = str | Mapping[str, Any] | Sequence[Any] | Condition
"""A filter as whoever searches may give it."""


def read_filters(filters: Filters | None, schema: Schema) -> Condition:
    """The condition that a filter stands for; a condition as it is, and everything where there is no filter.

    Raises QueryError for what cannot be read, which says what, where and what to do instead, and for more than
    `search.filters.limits` allows.
    """
    if filters is None or (isinstance(filters, str) and not filters.strip()):
        return EVERYTHING
    return _read(filters, schema, Bounds(), 0)


def _read(given: Any, schema: Schema, bounds: Bounds, depth: int) -> Condition:
    bounds.depth(depth)
    match given:
        case str():
            return read_text(given, schema, bounds, depth)
        case Mapping():
            return AllOf(tuple([_of_field(name, values, schema, bounds) for name, values in given.items()]))
        case Sequence() if not isinstance(given, (bytes, bytearray)):
            parts = []
            for item in given:
                bounds.value()
                part = EVERYTHING if item == "" else _read(item, schema, bounds, depth + 1)
                if part != EVERYTHING:  # an interface sends empty ones where nothing is chosen
                    parts.append(part)
            return AnyOf(tuple(parts)) if parts and depth % 2 else AllOf(tuple(parts))
    if isinstance(given, CONDITIONS):
        return given
    raise QueryError(f"a filter is a text, a list or an object of fields and values, not {shown(repr(given))}")


def _of_field(name: Any, values: Any, schema: Schema, bounds: Bounds) -> Condition:
    """The condition that a field has one of some values, those of numbers being ranges as in a query."""
    field = comparisons.field_named(str(name), schema)
    listed = values if isinstance(values, (list, tuple)) else [values]
    texts = [_as_text(value, field) for value in listed]
    for text in texts:
        bounds.value()
        bounds.text(text)
    if comparisons.is_numeric(field):
        return AnyOf(tuple([_range(field, text, schema) for text in texts]))
    return AnyOf(tuple(comparisons.equals(field, texts) if texts else []))


def _as_text(value: Any, field: Field) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case str() | int():
            return str(value)
        case float():
            return f"{value:.15g}"
    raise QueryError(f"cannot filter {field.name} by {shown(repr(value))}; give a text, a number, or a list of them")


def _range(field: Field, value: str, schema: Schema) -> NumericRange:
    """The range that a value stands for as it would be typed into a query: ``2024``, ``>300``, ``[300 TO 900]``."""
    from search.query.parser import parse  # Whoosh comes with it, which takes long to import, and few filters need it

    query = parse(f"{field.name}:{value}", schema=schema)
    if not isinstance(query.tree, NumericRange) or query.notes:
        raise QueryError(f"cannot filter {field.name} by '{shown(value)}'; write a value, >value or [from TO to]")
    return query.tree
