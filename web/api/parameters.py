"""The parameters of every route: what the OpenAPI document says of them is what requests are checked by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from recommender.request.options import LIMIT, MAX_SIZE
from search.results import MAX_SUGGESTIONS
from web.http.params import (
    DEFAULT_LIMIT,
    MAX_EXCLUDED,
    MAX_LIMIT,
    MAX_NAME,
    MAX_OFFSET,
    MAX_QUERY,
    MAX_READ,
    Args,
    ParameterError,
)

MAX_GROUPS = 20
MAX_FILTER_TEXT = 4000  # characters
MAX_FACETS = 20
MAX_EXPLAINED = 20  # hits; to explain one takes as long as a search
_MOST_DIGITS = 9


class Parameters(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A route's parameters, none."""


Name = Annotated[str, Meta(max_length=MAX_NAME)]
Since = Annotated[
    str, Meta(max_length=40, description="only articles from this day on: `2024-03-18`, or a date with a time")
]
Until = Annotated[str, Meta(max_length=40, description="only articles up to this day, it included")]
Exclude = Annotated[
    list[Name],
    Meta(max_length=MAX_EXCLUDED, description="ids or URLs of what the page shows already, and copies of them"),
]
ReadIds = Annotated[
    list[Name], Meta(max_length=MAX_READ, description="what the reader has read, by id, the last one last")
]
ReadUrls = Annotated[list[Name], Meta(max_length=MAX_READ, description="the same by address")]
Filter = Annotated[
    str, Meta(max_length=MAX_FILTER_TEXT, description="a condition in the filter language: `year >= 2023`")
]
Url = Annotated[str, Meta(max_length=MAX_NAME, description="the address of the article, where its id is not given")]


class SearchParameters(Parameters):
    """What is searched for, and which part of the result is wanted."""

    q: Annotated[
        str,
        Meta(min_length=1, max_length=MAX_QUERY, description="the query; `*` finds everything, newest first"),
    ]
    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="how many hits")] = DEFAULT_LIMIT
    offset: Annotated[int, Meta(ge=0, le=MAX_OFFSET, description="how many hits to leave out first")] = 0
    sort: Annotated[
        str,
        Meta(
            max_length=200,
            description="an order other than by relevance: `newest`, `oldest`, or fields with commas between them, "
            "with `-` before one for the highest first: `section,-date`",
        ),
    ] = ""
    filter: Filter = ""
    facet: Annotated[
        list[Name],
        Meta(max_length=MAX_FACETS, description="fields whose values are counted over all that is found"),
    ] = msgspec.field(default_factory=list)
    recency: Annotated[
        str,
        Meta(max_length=20, description="how much newer articles are preferred: `off`, `weak`, `strong`, `30d`"),
    ] = ""
    typos: Annotated[Literal["on", "off"], Meta(description="whether slips are forgiven")] = "on"
    fold: Annotated[
        Literal["off", "copies", "stories"],
        Meta(description="what is put under the best hit of it: copies of one article, or articles of one story"),
    ] = "off"


class ExplainParameters(SearchParameters):
    """What is searched for, and which hits are explained."""

    limit: Annotated[int, Meta(ge=1, le=MAX_EXPLAINED, description="how many hits")] = DEFAULT_LIMIT


class SuggestParameters(Parameters):
    """What has been typed so far."""

    q: Annotated[str, Meta(min_length=1, max_length=MAX_QUERY, description="what has been typed")]
    limit: Annotated[int, Meta(ge=1, le=MAX_SUGGESTIONS, description="how many of each kind")] = 5
    filter: Filter = ""


class OfferParameters(Parameters):
    """What may be offered, whatever it is related to."""

    exclude: Exclude = msgspec.field(default_factory=list)
    since: Since = ""
    until: Until = ""


class ListParameters(OfferParameters):
    """A list of related articles."""

    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="how many articles")] = LIMIT


class SeedListParameters(ListParameters):
    """A list of what is related to a session."""

    id: ReadIds = msgspec.field(default_factory=list)
    url: ReadUrls = msgspec.field(default_factory=list)


class BlockParameters(OfferParameters):
    """A related block, or as much of it as there is room for."""

    groups: Annotated[int, Meta(ge=0, le=MAX_GROUPS, description="how many groups")] = MAX_GROUPS
    items: Annotated[
        int, Meta(ge=1, le=MAX_SIZE, description="how many articles at most, the lead among them; else as it is set")
    ] = MAX_SIZE
    form: Annotated[
        Literal["groups", "list"], Meta(description="`groups` under the lead, or all of them as one `list`")
    ] = "groups"


class SeedBlockParameters(BlockParameters):
    """A block for a session."""

    id: ReadIds = msgspec.field(default_factory=list)
    url: ReadUrls = msgspec.field(default_factory=list)


class ArticleParameters(Parameters):
    """Which article, where the path does not say it."""

    id: Annotated[str, Meta(max_length=MAX_NAME, description="its id")] = ""
    url: Url = ""


class ReportParameters(Parameters):
    """How much of a report."""

    limit: Annotated[int, Meta(ge=1, le=1000, description="entries of each list")] = 20
    days: Annotated[int, Meta(ge=1, le=366, description="days up to today")] = 28


P = TypeVar("P", bound=Parameters)


def read(model: type[P], args: Args, filters: Iterable[str] = ()) -> P:
    """The parameters that `model` describes. `filters` are names that are read elsewhere. Raises ParameterError, which
    names the parameter, for one that there is not, one that is given twice and one outside its bounds."""
    known = _properties(model)
    _refuse_unknown(args, [*known, *filters])
    values = {name: _value(args, name, about) for name, about in known.items() if name in args}
    try:
        return msgspec.convert({name: value for name, value in values.items() if value is not None}, model)
    except msgspec.ValidationError as error:
        raise _refusal(str(error), known, values) from None


def _refuse_unknown(args: Args, known: list[str]) -> None:
    for name in args:
        if name not in known:
            shown = name if len(name) <= 60 else f"{name[:57]}..."
            near = get_close_matches(name[:60], known, n=1)
            meant = f"did you mean '{near[0]}'? " if near else ""
            known_ones = f"known are {', '.join(known)}" if known else "there are none here"
            raise ParameterError(
                "unknown_parameter", f"there is no parameter '{shown}'; {meant}{known_ones}", name[:100]
            )


def _value(args: Args, name: str, about: Mapping[str, Any]) -> Any:
    """A parameter's value, as far as it can be read; None for one that is there and blank, where that says nothing."""
    given = args.getlist(name)
    if about.get("type") == "array":
        return [value.strip() for value in given if value.strip()]
    if len(given) > 1:
        raise ParameterError(f"bad_{name}", f"'{name}' may be given once", name)
    text = given[0]
    if about.get("type") == "integer":
        # int() also takes " 5 ", "+5", "1_0", other scripts' digits, and refuses thousands of digits its own way
        return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else text
    return text.strip() or None


def _refusal(error: str, known: Mapping[str, Any], values: Mapping[str, Any]) -> ParameterError:
    """What to say of the first parameter that msgspec finds fault with."""
    name = next((each for each in known if f"`{each}`" in error or f"`$.{each}" in error), "")
    if name == "q":
        query = values.get("q") or ""
        if query:
            return ParameterError(
                "query_too_long", f"the query has {len(query)} characters, more than {MAX_QUERY}", "q"
            )
        return ParameterError("empty_query", "the query is empty: give at least one word as 'q'", "q")
    return ParameterError(f"bad_{name}", f"'{name}' {_expected(known[name])}", name)


def _expected(about: Mapping[str, Any]) -> str:
    if about.get("type") == "integer":
        return f"must be a whole number from {about['minimum']} to {about['maximum']}"
    if about.get("type") == "array":
        return f"may be given {about['maxItems']} times, {about['items']['maxLength']} characters each"
    if "enum" in about:
        return f"must be one of {', '.join(about['enum'])}"
    return f"may have {about['maxLength']} characters"


@cache
def _properties(model: type[Parameters]) -> Mapping[str, Any]:
    """What JSON Schema says of each parameter."""
    schema = msgspec.json.schema(model)
    properties: Mapping[str, Any] = schema["$defs"][model.__name__]["properties"]
    return properties
