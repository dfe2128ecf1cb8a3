"""Orders of results other than by relevance: by one or several fields, with ties and missing values decided."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer.base.errors import QueryError, shown
from indexer.schema import Schema
from search.reader.index import Docs, Index

RELEVANCE = "relevance"
NAMED = {"newest": "-date", "oldest": "date"}
MAX_KEYS = 8
_KEY = re.compile(r"(-?)(\w+)(?::(asc|desc))?\Z", re.ASCII)


class Key(NamedTuple):
    """A field to sort by."""

    field: str
    descending: bool


def read_sort(sort: str | Sequence[str], schema: Schema) -> tuple[Key, ...]:
    """The fields to sort by, the first first; none for the order of relevance.

    An order is given as ``relevance`` or nothing, ``newest``, ``oldest``, a field that can be sorted by (ascending), a
    minus and a field or ``field:desc`` (descending), or several of them as a list or with commas between them. Raises
    QueryError for any other.
    """
    given = sort.split(",") if isinstance(sort, str) else [part for each in sort for part in each.split(",")]
    names = [name for name in map(str.strip, given) if name]
    if names in ([], [RELEVANCE]) and RELEVANCE not in schema.sortable:
        return ()
    if len(names) > MAX_KEYS:
        raise QueryError(f"an order may have {MAX_KEYS} fields, not {len(names)}")
    return tuple([_key(name, schema) for name in names])


def _key(name: str, schema: Schema) -> Key:
    match = _KEY.match(NAMED.get(name, name) if name not in schema.sortable else name)
    if match is None or match[2] not in schema.sortable or (match[1] and match[3]):
        alone = " (alone)" if name == RELEVANCE else ""
        raise QueryError(
            f"cannot sort by '{shown(name)}'; possible are {RELEVANCE}{alone}, {', '.join(NAMED)}, and, with a minus "
            f"for the highest first, {', '.join(schema.sortable)}"
        )
    return Key(match[2], bool(match[1]) or match[3] == "desc")


def in_order(index: Index, docs: Docs, keys: Sequence[Key]) -> Docs:
    """(n,) the order of `docs` by some fields. Docs without a value in a field come behind those that have one, in
    either direction; equal ones are in the order of the next field, in the end newest first, and later accepted first.
    """
    order = newest_first(index, docs)
    for key in reversed(keys):  # every sort is stable
        values = index.sort_values(key.field)[docs][order]
        order = order[np.argsort(-values if key.descending else values, kind="stable")]  # numpy puts NaN last
    return order


def newest_first(index: Index, docs: Docs) -> Docs:
    """The order of `docs` from the newest to the oldest, later accepted first among equals."""
    return np.lexsort((-docs, -index.dates()[docs].astype(np.float64)))
