"""One comparison of a field with a value, by the kind of the field."""

from __future__ import annotations

import difflib

from indexer.article.typed_values import urls_of, yes_or_no
from indexer.base.errors import ArticleError, QueryError, shown
from indexer.schema import ID, Field, Kind, Schema
from search.filters.condition import BeginsWith, Condition, Exists, HasValue, as_compared
from search.query.ranges import read_range
from search.query.tree import NumericRange, Term, TermRange

ORDERED = (">", ">=", "<", "<=")


def field_named(name: str, schema: Schema) -> Field:
    """The field that can be filtered by under this name, or that of ids. Raises QueryError for any other."""
    possible = (*schema.filterable, ID)
    if name in possible:
        return schema.fields[name]
    near = difflib.get_close_matches(name, possible, 1)
    meant = f"; did you mean '{near[0]}'?" if near else ";"
    raise QueryError(f"cannot filter by '{shown(name)}'{meant} the filters are {', '.join(possible)}")


def equals(field: Field, values: list[str]) -> list[Condition]:
    """The conditions one of which must hold for a field to have one of some values: numbers, or days, months and years
    where it holds those. Raises QueryError for a value that the field cannot have."""
    if is_numeric(field):
        return [_read(field, Term(field.name, value), value) for value in values]
    return [HasValue(field.name, frozenset(_as_compared(field, value) for value in values))]


def compared(field: Field, operator: str, value: str) -> Condition:
    """The field is above or below a value. A period of time is so as a whole. Raises QueryError for a field that has
    no order, and for a value that it cannot have."""
    start, end = (value, None) if operator[0] == ">" else (None, value)
    excluded = operator in ("<", ">")
    leaf = TermRange(field.name, start, end, excluded and start is not None, excluded and end is not None)
    return _read(_ordered(field), leaf, value)


def between(field: Field, start: str, end: str) -> Condition:
    """The field is between two values, both included. Raises what `compared` raises."""
    return _read(_ordered(field), TermRange(field.name, start, end), f"{start} TO {end}")


def begins_with(field: Field, text: str) -> Condition:
    """A value of the field begins with a text. Raises QueryError for a field of numbers."""
    if is_numeric(field):
        raise QueryError(f"'{field.name}' holds {_numbers(field)}; compare it with = > < or TO")
    return BeginsWith(field.name, as_compared(text))


def exists(field: Field) -> Condition:
    """The field has something in it."""
    return Exists(field.name)


def is_numeric(field: Field) -> bool:
    """Whether a field holds numbers or dates."""
    return field.kind in (Kind.NUMBER, Kind.DATE)


def _ordered(field: Field) -> Field:
    if not is_numeric(field):
        raise QueryError(f"'{field.name}' has no order to compare by; use = or IN, as in {field.name} = \"...\"")
    return field


def _read(field: Field, leaf: Term | TermRange, value: str) -> Condition:
    notes: list[str] = []
    numbers = read_range(leaf, field.kind, notes)
    if notes or not isinstance(numbers, NumericRange):
        reason = notes[0] if notes else f"'{shown(value)}' is no value"
        raise QueryError(f"cannot compare {field.name} with '{shown(value)}': {reason}")
    return numbers


def _as_compared(field: Field, value: str) -> str:
    stored = _as_stored(field, value)
    return stored.casefold() if field.name == ID else as_compared(stored)


def _as_stored(field: Field, value: str) -> str:
    """A value as articles have it: an address in its canonical form, ``yes`` for ``true``."""
    try:
        if field.kind == Kind.URL:
            return urls_of(value)[0]
        return yes_or_no(value)[0] if field.kind == Kind.YES_NO else value
    except (ArticleError, IndexError):
        return value  # which no article has


def _numbers(field: Field) -> str:
    return "dates" if field.kind == Kind.DATE else "numbers"
