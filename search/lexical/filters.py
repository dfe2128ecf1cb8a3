"""Filters: which articles a search may show at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import QueryError
from indexer.segment.columns import KEYWORD_FIELDS
from search.lexical.numeric_ranges import docs_in_range
from search.query.fields import NUMERIC_FIELDS
from search.query.parser import parse
from search.query.tree import NumericRange
from search.reader.snapshot import Snapshot

FILTERS = (*KEYWORD_FIELDS, *NUMERIC_FIELDS)


def allowed_docs(snapshot: Snapshot, filters: Mapping[str, Sequence[str]]) -> NDArray[np.bool_]:
    """(max_doc,) True for live docs that have, for every field named, at least one of its values.

    Values are compared whole and without regard to case; those of a numeric field are numbers or ranges as in a query:
    ``2024``, ``>300``, ``[300 TO 900]``. Raises QueryError for a field that cannot be filtered by and for a value that
    is no range.
    """
    allowed = snapshot.live()
    for field, values in filters.items():
        if field in NUMERIC_FIELDS:
            ranges = [_range(field, value) for value in values]
            for segment, first in zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False):
                has = np.zeros(segment.max_doc, bool)
                for numbers in ranges:
                    has |= docs_in_range(segment, numbers)
                allowed[first : first + segment.max_doc] &= has
            continue
        if field not in KEYWORD_FIELDS:
            raise QueryError(f"cannot filter by '{field}'; the filters are {', '.join(FILTERS)}")
        folded = {value.casefold() for value in values}
        for segment, first in zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False):
            column = segment.keywords[field]
            accepted = np.array([value.casefold() in folded for value in column.values], bool)
            has = np.zeros(segment.max_doc, bool)
            if accepted.any():
                has[column.docs_with(accepted)] = True
            allowed[first : first + segment.max_doc] &= has
    return allowed


def _range(field: str, value: str) -> NumericRange:
    """The range that a filter's value stands for."""
    query = parse(f"{field}:{value}")
    if not isinstance(query.tree, NumericRange) or query.notes:
        raise QueryError(f"cannot filter {field} by '{value}'; write a value, >value or [from TO to]")
    return query.tree
