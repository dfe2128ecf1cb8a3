"""The values of a publisher's own fields: what a source wrote, read as what the field is declared to hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from indexer.article.dates import parse_date
from indexer.article.urls import canonical_url
from indexer.base.errors import ArticleError
from indexer.schema import Field, Kind

YES, NO = "yes", "no"
_SPELLINGS = {
    **dict.fromkeys(("yes", "true", "on", "y", "1"), YES),
    **dict.fromkeys(("no", "false", "off", "n", "0"), NO),
}
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?\Z", re.ASCII)


def text_of(value: Any) -> str:
    """One text; those of a list are its paragraphs. Raises nothing: everything that is kept can be written."""
    return "\n\n".join(map(_written, value)) if isinstance(value, (list, tuple)) else _written(value)


def names_of(value: Any) -> tuple[str, ...]:
    """Each name once, without needless space."""
    items = value if isinstance(value, (list, tuple)) else (value,)
    return tuple(dict.fromkeys(name for item in items if (name := " ".join(_written(item).split()))))


def urls_of(value: Any) -> tuple[str, ...]:
    """Each address once, in its canonical form. Raises ArticleError for what is no address."""
    return tuple(dict.fromkeys(canonical_url(name) for name in names_of(value)))


def yes_or_no(value: Any) -> tuple[str, ...]:
    """``yes`` or ``no``. Raises ArticleError for anything else."""
    found = _SPELLINGS.get(_written(_single(value)).strip().lower())
    if found is None:
        raise ArticleError(f"{_shown(value)} is neither yes nor no")
    return (found,)


def number_of(value: Any) -> float:
    """A number, which may be written as text. Raises ArticleError for anything else."""
    value = _single(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and _NUMBER.match(value.strip()):
        return float(value)
    raise ArticleError(f"{_shown(value)} is not a number")


def seconds_of(value: Any) -> float:
    """The seconds since 1970 of a date, which is read like that of an article. Raises ArticleError for what is none."""
    return float(int(parse_date(_single(value)).timestamp()))


_READERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: text_of,
    Kind.KEYWORD: names_of,
    Kind.NUMBER: number_of,
    Kind.DATE: seconds_of,
    Kind.URL: urls_of,
    Kind.YES_NO: yes_or_no,
}


def typed(field: Field, extra: Mapping[str, Any]) -> Any:
    """The value of a declared field among what a source says of an article: a text, a tuple of texts or a number,
    by the field's kind; None where it says nothing. Raises ArticleError for what is of another kind."""
    value = extra.get(field.path[-1])
    return None if value is None else _READERS[field.kind](value)


def typed_or_none(field: Field, extra: Mapping[str, Any]) -> Any:
    """The same, and None for what is of another kind."""
    try:
        return typed(field, extra)
    except ArticleError:
        return None


def problems(fields: tuple[Field, ...], extra: Mapping[str, Any]) -> list[str]:
    """Of an article, the values that the declared fields cannot take, each with the reason."""
    found = []
    for field in fields:
        try:
            typed(field, extra)
        except ArticleError as error:
            found.append(f"{field.name}: {error}: kept, but not indexed")
    return found


def _single(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        if len(value) != 1:
            raise ArticleError(f"{len(value)} values where there can be one")
        return value[0]
    return value


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _shown(value: Any) -> str:
    text = " ".join(_written(value).split())
    return f"'{text[:57]}...'" if len(text) > 60 else f"'{text}'"
