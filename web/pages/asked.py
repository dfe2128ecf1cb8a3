"""What a reader asks of the search page, and the addresses of the searches that are a click away from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for

from indexer.schema import Schema
from search.filters.reading import Filters
from web.http.params import (
    Args,
    ParameterError,
    date_of,
    filters_of,
    number_of,
    query_of,
    sort_of,
    with_condition,
)
from web.http.rendering import encodable
from web.pages.paging import MAX_PAGES

NEWEST, OLDEST = "-date", "date"
_MAX_TEXT = 40  # characters of a parameter that is a word or a date


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its address says it; `since` and `until` are days as they were typed, the second included."""

    query: str
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = ""  # a field, with "-" before it for the highest first; empty: the best first
    since: str = ""
    until: str = ""
    recency: str = ""  # empty: as it is set
    typos: bool = True
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether only a part of what the query finds is wanted."""
        return bool(self.filters or self.since or self.until)

    def is_narrowed_beyond(self, name: str) -> bool:
        """Whether more than the values of one field narrow it down."""
        return bool(self.filters.keys() - {name} or self.since or self.until)

    def condition(self, schema: Schema) -> Filters:
        """All that an article must have."""
        bounds = [f'date {sign} "{day}"' for sign, day in ((">=", self.since), ("<=", self.until)) if day]
        return with_condition(self.filters, " AND ".join(bounds), schema)

    def arguments(self, *, query: bool = True) -> list[tuple[str, str]]:
        """The parameters of its address, in order; without the `query` those that a form for another one keeps."""
        found = [("q", self.query)] if query else []
        found += [(name, value) for name, values in self.filters.items() for value in values]
        found += [(name, getattr(self, name)) for name in ("since", "until", "sort", "recency")]
        found += [("typos", "" if self.typos else "off"), ("page", str(self.page) if self.page > 1 else "")]
        return [(name, encodable(value)) for name, value in found if value]

    def url(self, endpoint: str = "pages.search") -> str:
        """Its address."""
        arguments: dict[str, Any] = {}
        for name, value in self.arguments():
            arguments.setdefault(name, []).append(value)
        return url_for(endpoint, **arguments)

    def at_page(self, page: int) -> Asked:
        """The same search on another page."""
        return replace(self, page=page)

    def ordered(self, sort: str) -> Asked:
        """The same search in another order."""
        return replace(self, sort=sort, page=1)

    def exactly(self) -> Asked:
        """The same search, as it was typed."""
        return replace(self, typos=False, page=1)

    def instead(self, query: str) -> Asked:
        """Another query in its place."""
        return replace(self, query=query, typos=True, page=1)

    def everywhere(self) -> Asked:
        """The query without any limit."""
        return Asked(self.query, sort=self.sort, recency=self.recency, typos=self.typos)

    def only(self, name: str, value: str) -> Asked:
        """The same search with just this value of a field."""
        return replace(self, filters={**self.filters, name: [value]}, page=1)

    def toggled(self, name: str, value: str) -> Asked:
        """The same search with one value of a field more, or without it where it is chosen."""
        values = self.filters.get(name, ())
        left = [one for one in values if one.casefold() != value.casefold()]
        return self._with(name, left if len(left) < len(values) else [*values, value])

    def without_dates(self) -> Asked:
        """The same search of all times."""
        filters = {name: values for name, values in self.filters.items() if name != "date"}
        return replace(self, filters=filters, since="", until="", page=1)

    def _with(self, name: str, values: Sequence[str]) -> Asked:
        filters = {**self.filters, name: values}
        return replace(self, filters={each: of for each, of in filters.items() if of}, page=1)


def read_asked(args: Args, schema: Schema) -> Asked:
    """The search that the parameters of a request say. Raises ParameterError."""
    return Asked(
        query_of(args),
        filters_of(args, schema),
        sort_of(_word(args, "sort"), schema),
        _day(args, "since", end_of_day=False),
        _day(args, "until", end_of_day=True),
        recency=_word(args, "recency"),
        typos=_word(args, "typos") != "off",
        page=number_of(args, "page", 1, 1, MAX_PAGES),
    )


def _word(args: Args, name: str) -> str:
    value = args.get(name, "").strip()
    if len(value) > _MAX_TEXT:
        raise ParameterError(f"bad_{name}", f"'{name}' may have {_MAX_TEXT} characters", name)
    return value


def _day(args: Args, name: str, *, end_of_day: bool) -> str:
    value = _word(args, name)
    date_of(value, name, end_of_day=end_of_day)
    return value
