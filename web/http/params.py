"""What a request may ask for, checked where it comes in. Every refusal states the bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request

from indexer.article.date_bounds import parse_bound
from indexer.article.urls import canonical_url
from indexer.base.errors import ArticleError, ReadmoreError
from indexer.schema import Schema
from recommender.request.options import LIMIT, MAX_SIZE, RelatedOptions
from recommender.request.seeds import SessionSeed

MAX_QUERY = 1000  # characters
MAX_LIMIT = 100
DEFAULT_LIMIT = 10
MAX_OFFSET = 10_000
MAX_FILTER_VALUES = 20  # of one filter
MAX_FILTER = 200  # characters of one value
MAX_READ = 50  # articles of a reader's session
MAX_EXCLUDED = 200
MAX_NAME = 2000  # characters of an id or URL

Args = MultiDict[str, str]


class ParameterError(ReadmoreError):
    """A parameter that cannot be used. `code` names the reason for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def query_of(args: Args) -> str:
    """The parameter ``q`` without the space around it."""
    query = args.get("q", "").strip()
    if not query:
        raise ParameterError("empty_query", "the query is empty: give at least one word as 'q'")
    if len(query) > MAX_QUERY:
        raise ParameterError("query_too_long", f"the query has {len(query)} characters, more than {MAX_QUERY}")
    return query


def limit_of(args: Args) -> int:
    """The parameter ``limit``: 1 to `MAX_LIMIT`."""
    return number_of(args, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)


def offset_of(args: Args) -> int:
    """The parameter ``offset``: 0 to `MAX_OFFSET`, since ranking the tail of a large archive helps nobody."""
    return number_of(args, "offset", 0, 0, MAX_OFFSET)


def number_of(args: Args, name: str, default: int, low: int, high: int) -> int:
    """The whole number given as `name`, `default` where it is not given."""
    text = args.get(name)
    if text is None:
        return default
    # int() also takes " 5 ", "+5", "1_0", other scripts' digits, and refuses thousands of digits its own way
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
    if number is None or not low <= number <= high:
        raise ParameterError(f"bad_{name}", f"'{name}' must be a whole number from {low} to {high}")
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
        raise ParameterError(f"bad_{name}", f"'{name}' may be given {most} times, {longest} characters each")
    return values


def options_of(args: Args, schema: Schema, limit: int = LIMIT) -> RelatedOptions:
    """What is asked of related articles: at most how many, filters, what is not to be among them, and from when."""
    return RelatedOptions(
        limit=limit,
        size=_size(args),
        filters=filters_of(args, schema),
        exclude=tuple(_values(args, "exclude", MAX_EXCLUDED, MAX_NAME)),
        since=_date(args, "since", end_of_day=False),
        until=_date(args, "until", end_of_day=True),
    )


def _size(args: Args) -> int | None:
    """How many articles a block is to have at most, None where nothing is said."""
    return number_of(args, "size", 1, 1, MAX_SIZE) if args.get("size") else None


def _date(args: Args, name: str, *, end_of_day: bool) -> datetime | None:
    value = args.get(name, "").strip()
    try:
        return parse_bound(value, end_of_day=end_of_day) if value else None
    except ArticleError:
        raise ParameterError(f"bad_{name}", f"'{name}' must be a date like 2024-03-18") from None


def session_of(args: Args) -> SessionSeed:
    """The articles that the reader has read, often only one, the last one last: ids as ``id``, or addresses as ``url``
    where a page knows only its own."""
    read = [value for value in (value.strip() for value in args.getlist("id")) if value]
    read += [canonical_url(value) for value in args.getlist("url") if value.strip()]
    if not read:
        raise ParameterError("missing_url", "give the article's id in the path or as 'id', or its URL as 'url'")
    if len(read) > MAX_READ or any(len(value) > MAX_NAME for value in read):
        raise ParameterError("bad_id", f"'id' may be given {MAX_READ} times, {MAX_NAME} characters each")
    return SessionSeed(tuple(read))


def url_of(args: Args) -> str:
    """The parameter ``url``, which stands in for an id where a page only knows its own address, without what does not
    change the article. Raises ArticleError for what no browser could follow."""
    url = args.get("url", "").strip()
    if not url:
        raise ParameterError("missing_url", "give the article's id in the path or its URL as 'url'")
    return canonical_url(url)


def body_of(request: Request, most: int, too_large: ReadmoreError) -> bytes:
    """The body of a request. Raises `too_large` for one of more than `most` bytes, unread where its length is given and
    else read no further."""
    if (request.content_length or 0) > most:
        raise too_large
    body = request.stream.read(most + 1)
    if len(body) > most:
        raise too_large
    return body
