"""Conditions on columns: what filters are read into, whoever wrote them, and what an index evaluates.

Unlike a query a condition has no scores and no words of the text: an article satisfies it or does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.text.words import with_plain_apostrophes
from search.query.tree import NumericRange


def as_compared(value: str) -> str:
    """A value of a column of texts as it is compared with others: folded, and with one kind of apostrophe."""
    return value.casefold() if value.isascii() else with_plain_apostrophes(value).casefold()


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds where all parts hold; without parts for every article."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds where any part holds; without parts for no article."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where its part does not, also for articles that have nothing in the field."""

    part: Condition


@dataclass(frozen=True, slots=True)
class HasValue:
    """An article has one of these values in a column of texts, or one of these ids. The values are as articles have
    them (addresses canonical, ``yes`` for ``true``) and `as_compared`; ids are folded."""

    field: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class BeginsWith:
    """An article has a value, or an id, that begins with this text, which is `as_compared`."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Exists:
    """An article has something in a field."""

    field: str


Condition = AllOf | AnyOf | Not | HasValue | BeginsWith | Exists | NumericRange
CONDITIONS = (AllOf, AnyOf, Not, HasValue, BeginsWith, Exists, NumericRange)
EVERYTHING = AllOf()


def fields_of(condition: Condition) -> Iterator[str]:
    """The fields that a condition is about."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from fields_of(part)
        case Not(part):
            yield from fields_of(part)
        case _:
            yield condition.field


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that must all hold, which together are this one; groups in groups are taken apart."""
    if not isinstance(condition, AllOf):
        return (condition,)
    return tuple([part for each in condition.parts for part in parts_of(each)])


def without(condition: Condition, field: str) -> Condition:
    """A condition without those of its parts that choose values of this field: what holds where a reader has chosen
    nothing in it. What it leaves out by NOT stays left out."""
    return AllOf(tuple([part for part in parts_of(condition) if not _is_choice(part, field)]))


def _is_choice(part: Condition, field: str) -> bool:
    """Whether a condition asks for some values of a field, or a range, and for nothing else."""
    match part:
        case HasValue(name) | NumericRange(name):
            return name == field
        case AnyOf(parts):
            return bool(parts) and all(_is_choice(each, field) for each in parts)
    return False


def chosen(condition: Condition, field: str) -> frozenset[str]:
    """The folded values that a condition asks for in a column of texts, as a reader chooses them in a facet."""
    return frozenset().union(*(_wanted(part, field) for part in parts_of(condition)))


def chosen_ranges(condition: Condition, field: str) -> tuple[NumericRange, ...]:
    """The ranges that a condition asks for in a column of numbers or dates, as a reader chooses them in a facet."""
    parts = [each for part in parts_of(condition) for each in (part.parts if isinstance(part, AnyOf) else (part,))]
    return tuple([part for part in parts if isinstance(part, NumericRange) and part.field == field])


def _wanted(part: Condition, field: str) -> frozenset[str]:
    match part:
        case HasValue(name, values) if name == field:
            return values
        case AnyOf(parts):
            return frozenset().union(*(_wanted(each, field) for each in parts))
    return frozenset()
