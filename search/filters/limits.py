"""Bounds of a filter, which strangers may send."""

from __future__ import annotations

from indexer.base.errors import QueryError

MAX_LENGTH = 20_000  # characters of a filter, all its texts together
MAX_DEPTH = 20  # parentheses, NOTs and lists within each other
MAX_VALUES = 1_000  # values and conditions, all together


class Bounds:
    """Counts what one filter asks for. Every method raises QueryError where it is too much."""

    def __init__(self) -> None:
        self._length = self._values = 0

    def text(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_LENGTH:
            raise QueryError(f"the filter has more than {MAX_LENGTH:,} characters; ask for less at a time")

    def value(self) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise QueryError(f"the filter has more than {MAX_VALUES:,} conditions and values; ask for less at a time")

    def depth(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise QueryError(f"the filter is nested more than {MAX_DEPTH} levels deep; take out some parentheses")
