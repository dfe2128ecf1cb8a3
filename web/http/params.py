"""What the API and the pages let a request ask for. Every refusal states the bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from werkzeug.datastructures import MultiDict

from indexer.article.date_bounds import parse_bound
from indexer.article.urls import canonical_url
from indexer.base.errors import ArticleError, QueryError
from indexer.schema import Schema
from recommender.request.seeds import SessionSeed
from search.filters.condition import AllOf
from search.filters.reading import Filters, read_filters
from web.http.refused import RefusedError

MAX_QUERY = 10_000  # characters
MAX_LIMIT = 100
DEFAULT_LIMIT = 10
MAX_OFFSET = 10_000
MAX_FILTER_VALUES = 20  # of one filter
MAX_FILTER = 200  # characters of one value
MAX_READ = 50  # articles of a reader's session
MAX_EXCLUDED = 200
MAX_NAME = 2000  # characters of an id or URL

Args = MultiDict[str, str]


class ParameterError(RefusedError):
    """A parameter that cannot be used."""

    def __init__(self, code: str, message: str, parameter: str = "") -> None:
        super().__init__(code, message, 400, parameter=parameter)


def query_of(args: Args) -> str:
    """The parameter ``q`` without the space around it."""
    query = args.get("q", "").strip()
    if not query:
        raise ParameterError("empty_query", "the query is empty: give at least one word as 'q'", "q")
    if len(query) > MAX_QUERY:
        raise ParameterError("query_too_long", f"the query has {len(query)} characters, more than {MAX_QUERY}", "q")
    return query


def number_of(args: Args, name: str, default: int, low: int, high: int) -> int:
    """The whole number given as `name`, `default` where it is not given."""
    text = args.get(name)
    if text is None:
        return default
    # int() also takes " 5 ", "+5", "1_0", other scripts' digits, and refuses thousands of digits its own way
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
    if number is None or not low <= number <= high:
        raise ParameterError(f"bad_{name}", f"'{name}' must be a whole number from {low} to {high}", name)
    return number


def filters_of(args: Args, schema: Schema) -> Mapping[str, Sequence[str]]:
    """The filters given, any of them several times: an article must have one of the values of each. Their names are
    those of the fields that articles can be filtered by."""
    filters = {name: _values(args, name, MAX_FILTER_VALUES, MAX_FILTER) for name in schema.filterable}
    return {name: values for name, values in filters.items() if values}


def _values(args: Args, name: str, most: int, longest: int) -> list[str]:
    """The values given as `name`, each once, without the space around them."""
    values = [value for value in dict.fromkeys(v.strip() for v in args.getlist(name)) if value]
    if len(values) > most or any(len(value) > longest for value in values):
        raise ParameterError(f"bad_{name}", f"'{name}' may be given {most} times, {longest} characters each", name)
    return values


def with_condition(filters: Mapping[str, Sequence[str]], text: str, schema: Schema) -> Filters:
    """The filters of single parameters and a condition in the filter language; both must hold. Raises QueryError."""
    if not text:
        return filters
    try:
        return AllOf((read_filters(filters, schema), read_filters(text, schema)))
    except QueryError as error:
        raise QueryError(str(error), "filter") from None


def sort_of(text: str, schema: Schema) -> str:
    """An order of what is found, as `Engine.search` reads it. Raises ParameterError for what is none."""
    from search.ranking.ordering import read_sort  # a service starts without the engine

    try:
        read_sort(text, schema)
    except QueryError as error:
        raise ParameterError("bad_sort", f"'sort': {error}", "sort") from None
    return text


def date_of(value: str, name: str, *, end_of_day: bool) -> datetime | None:
    """The moment that the parameter `name` says, None where it says none."""
    try:
        return parse_bound(value, end_of_day=end_of_day) if value else None
    except ArticleError:
        raise ParameterError(f"bad_{name}", f"'{name}' must be a date like 2024-03-18", name) from None


def session_of(ids: Sequence[str], urls: Sequence[str]) -> SessionSeed:
    """The articles that the reader has read, often only one, the last one last: by id, or by address where a page knows
    only its own. Raises ArticleError for an address that no browser could follow."""
    read = [*ids, *(canonical_url(value) for value in urls)]
    if not read:
        raise ParameterError("missing_url", "give the article's id in the path or as 'id', or its URL as 'url'")
    if len(read) > MAX_READ:
        raise ParameterError("bad_id", f"'id' may be given {MAX_READ} times, {MAX_NAME} characters each", "id")
    return SessionSeed(tuple(read))


def url_of(url: str) -> str:
    """The address that stands in for an id where a page only knows its own, without what does not change the article.
    Raises ArticleError for what no browser could follow."""
    if not url:
        raise ParameterError("missing_url", "give the article's id in the path or as 'id', or its URL as 'url'")
    return canonical_url(url)
