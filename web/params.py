"""What a request may ask for, checked where it comes in. Every refusal states the bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from werkzeug.datastructures import MultiDict

from indexer.errors import ReadmoreError

MAX_QUERY = 1000  # characters
MAX_LIMIT = 100
DEFAULT_LIMIT = 10
MAX_OFFSET = 10_000
FILTERS = ("section", "site")
MAX_FILTER_VALUES = 20  # of one filter
MAX_FILTER = 200  # characters of one value

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


def filters_of(args: Args) -> Mapping[str, Sequence[str]]:
    """The filters given, each as often as wanted: an article must have one of the values of each."""
    filters = {}
    for name in FILTERS:
        values = [value for value in dict.fromkeys(v.strip() for v in args.getlist(name)) if value]
        if len(values) > MAX_FILTER_VALUES or any(len(value) > MAX_FILTER for value in values):
            raise ParameterError(
                f"bad_{name}", f"'{name}' may be given {MAX_FILTER_VALUES} times, {MAX_FILTER} characters each"
            )
        if values:
            filters[name] = values
    return filters


def url_of(args: Args) -> str:
    """The parameter ``url``, which stands in for an id where a page only knows its own address."""
    url = args.get("url", "").strip()
    if not url:
        raise ParameterError("missing_url", "give the article's id in the path or its URL as 'url'")
    return url
