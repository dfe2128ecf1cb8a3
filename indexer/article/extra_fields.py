"""What a source says of an article beyond the fields that every article has, kept as it was written.

A publisher may declare some of it as fields to search, filter and sort by (docs/configuration.md); the rest is only
kept and shown. Values are those that JSON has, and few: what is stored with an article must not outgrow it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from indexer.base.errors import ArticleError, shown

Scalar = str | int | float | bool
Value = Scalar | tuple[Scalar, ...]

MAX_FIELDS = 100  # keys of one article
MAX_KEY = 100  # characters of a key
MAX_CHARS = 100_000  # of all keys and values of one article
_WHOLE_NUMBERS = range(-(1 << 63), 1 << 64)  # those that the store's JSON can hold


class ExtraFields(Mapping[str, Value]):
    """Keys and values of one article, ascending by key; immutable and hashable. `extra_fields` makes them."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Value] | None = None) -> None:
        self._values = {} if values is None else values

    def __getitem__(self, key: str) -> Value:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return repr(dict(self._values))


def extra_fields(values: Mapping[str, Any]) -> ExtraFields:
    """The fields with these values: texts, numbers, true or false, or lists of those.

    Raises ArticleError for a key or a value that cannot be kept.
    """
    if isinstance(values, ExtraFields):
        return values
    found, beyond = fitting(values)
    if beyond:
        raise ArticleError(f"fields: {_beyond(beyond)}")
    lost = [key for key, value in values.items() if key not in found and value not in (None, "", [], ())]
    if lost and not _is_key(lost[0]):
        raise ArticleError(f"fields: '{shown(str(lost[0]))}' cannot be a key: 1 to {MAX_KEY} printable characters can")
    if lost:
        raise ArticleError(f"fields: '{shown(lost[0])}' must be a text, a number, true or false, or a list of those")
    return found


def fitting(values: Mapping[Any, Any]) -> tuple[ExtraFields, list[str]]:
    """Of what a source says, that which can be kept, and the keys that were left out because there is too much.

    Left out without a word are empty values, objects, lists with anything else in them than texts and numbers, and what
    is no key that somebody would write.
    """
    found: dict[str, Value] = {}
    beyond: list[str] = []
    chars = 0
    for key, value in values.items():
        plain = _plain(value)
        if plain is None or not _is_key(key):
            continue
        size = len(key) + _size(plain)
        if len(found) >= MAX_FIELDS or chars + size > MAX_CHARS:
            beyond.append(key)
            continue
        found[key] = plain
        chars += size
    return ExtraFields(dict(sorted(found.items()))), beyond


def left_out(beyond: list[str]) -> str:
    """The warning that these keys were left out."""
    return f"{_beyond(beyond)}: left out"


def _beyond(keys: list[str]) -> str:
    named = ", ".join(f"'{key[:30]}'" for key in keys[:2]) + (f" and {len(keys) - 2} more" if len(keys) > 2 else "")
    return f"{named}: more than {MAX_FIELDS} keys or {MAX_CHARS:,} characters in all"


def _is_key(key: Any) -> bool:
    """Whether somebody may have meant this as a key: a sentence before a colon becomes one in YAML."""
    return isinstance(key, str) and 0 < len(key) <= MAX_KEY and key.isprintable()


def _plain(value: Any) -> Value | None:
    """`value` as it is kept, None where it is empty or cannot be kept."""
    if isinstance(value, (list, tuple)):
        items = tuple(item for item in map(_scalar, value) if item is not None)
        return items if items and len(items) == sum(item is not None and item != "" for item in value) else None
    return _scalar(value)


def _scalar(value: Any) -> Scalar | None:
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if value in _WHOLE_NUMBERS else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    isoformat = getattr(value, "isoformat", None)  # of dates and times, which TOML has
    return str(isoformat()) if callable(isoformat) else None


def _size(value: Value) -> int:
    if isinstance(value, tuple):
        return sum(map(_size, value))
    return len(value) if isinstance(value, str) else 8
