"""What the results of a search can be narrowed down by: values to choose, and when the articles were published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.schema import Kind, Schema
from search.results import Facet, FacetValue
from web.pages.asked import Asked

FIRST = 7  # values of a field that are shown at once
MOST = 40  # of those behind
DATES = "date"
BAR, GAP, HEIGHT = 8, 2, 56  # units of the histogram's drawing
_LEAST_BARS = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to narrow the results down to, or to leave out again where it is chosen."""

    value: str
    count: int
    is_chosen: bool
    url: str


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of a field, the first of them and the others."""

    field: str
    first: tuple[Choice, ...]
    more: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """The articles of a day, a month or a year: where its bar stands and how high it is."""

    period: str  # as filters name it
    count: int
    is_chosen: bool
    url: str
    left: int
    height: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """When the articles found were published."""

    bars: tuple[Bar, ...]
    most: Bar  # the first of the highest

    @property
    def width(self) -> int:
        """Of the drawing, in its units."""
        return len(self.bars) * (BAR + GAP) - GAP


def counted(names: Sequence[str], schema: Schema) -> tuple[str, ...]:
    """The fields whose values are counted for the search page: those of `names` that the archive has, and the date."""
    possible = schema.facets
    return tuple(dict.fromkeys(name for name in (*names, DATES) if name in possible))


def choices(facets: Sequence[Facet], asked: Asked, schema: Schema) -> list[Choices]:
    """The fields among which there is something to choose, in the order of `facets`."""
    found = []
    for facet in facets:
        field = schema.fields[facet.field]
        if field.kind == Kind.DATE or not facet.values:
            continue
        if len(facet.values) < 2 and not any(value.selected for value in facet.values):
            continue
        values = sorted(facet.values, key=_latest) if field.kind == Kind.NUMBER else list(facet.values)
        values.sort(key=lambda value: not value.selected)
        listed = [_choice(value, facet.field, asked) for value in values[: FIRST + MOST]]
        found.append(Choices(facet.field, tuple(listed[:FIRST]), tuple(listed[FIRST:])))
    return found


def _latest(value: FacetValue) -> float:
    return -float(value.value)


def _choice(value: FacetValue, name: str, asked: Asked) -> Choice:
    return Choice(value.value, value.count, value.selected, asked.toggled(name, value.value).url())


def histogram(facets: Sequence[Facet], asked: Asked) -> Histogram | None:
    """The histogram of dates; None where there are too few to show anything."""
    facet = next((facet for facet in facets if facet.field == DATES), None)
    if facet is None or len(facet.values) < _LEAST_BARS:
        return None
    highest = max(value.count for value in facet.values)
    narrowed = "date" in asked.filters or bool(asked.since or asked.until)
    bars = tuple(
        Bar(
            value.value,
            value.count,
            narrowed and value.selected,
            _url_of(value, asked),
            place * (BAR + GAP),
            max(1 if value.count else 0, round(HEIGHT * value.count / max(1, highest))),
        )
        for place, value in enumerate(facet.values)
    )
    return Histogram(bars, max(bars, key=lambda bar: bar.count))


def _url_of(value: FacetValue, asked: Asked) -> str:
    """The search of just this period, or of all times where it is of just this one."""
    always = asked.without_dates()
    is_only = list(asked.filters.get(DATES, ())) == [value.value]
    return (always if is_only else always.only(DATES, value.value)).url()
