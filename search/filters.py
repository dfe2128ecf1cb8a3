"""Filters: which articles a search may show at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.columns import KEYWORD_FIELDS
from indexer.errors import QueryError
from search.snapshot import Snapshot


def allowed_docs(snapshot: Snapshot, filters: Mapping[str, Sequence[str]]) -> NDArray[np.bool_]:
    """(last_doc,) True for live docs that have, for every field named, at least one of its values.

    Values are compared whole and without regard to case. Raises QueryError for a field that cannot be filtered by.
    """
    allowed = snapshot.live()
    for field, values in filters.items():
        if field not in KEYWORD_FIELDS:
            raise QueryError(f"cannot filter by '{field}'; the filters are {', '.join(KEYWORD_FIELDS)}")
        wanted = {value.casefold() for value in values}
        for segment, first in zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False):
            column = segment.keywords[field]
            accepted = np.array([value.casefold() in wanted for value in column.values], bool)
            has = np.zeros(segment.n_docs, bool)
            if accepted.any():
                has[column.owners()[accepted[column.codes]]] = True
            allowed[first : first + segment.n_docs] &= has
    return allowed
