"""The values of a publisher's own fields, read as what the field is declared to hold."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.article.typed_values import problems, typed, typed_or_none
from indexer.base.errors import ArticleError
from indexer.schema import Kind, declared_field


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        (Kind.TEXT, "A  text\n", "A  text\n"),
        (Kind.TEXT, ("One.", "Two."), "One.\n\nTwo."),
        (Kind.TEXT, 2024, "2024"),
        (Kind.KEYWORD, " Moon  landing ", ("Moon landing",)),
        (Kind.KEYWORD, ("a", "b", "a"), ("a", "b")),
        (Kind.KEYWORD, (7, 2.5, 3.0, True), ("7", "2.5", "3", "yes")),
        (Kind.NUMBER, 4, 4.0),
        (Kind.NUMBER, -2.5, -2.5),
        (Kind.NUMBER, " 4.5 ", 4.5),
        (Kind.NUMBER, ("3",), 3.0),
        (Kind.DATE, "2024-03-18", 1710720000.0),
        (Kind.DATE, "18 March 2024", 1710720000.0),
        (Kind.DATE, 1710756000, 1710756000.0),
        (Kind.URL, "HTTPS://Example.org/a?utm_source=x#b", ("https://example.org/a",)),
        (Kind.YES_NO, True, ("yes",)),
        (Kind.YES_NO, "No", ("no",)),
        (Kind.YES_NO, "TRUE", ("yes",)),
        (Kind.YES_NO, 0, ("no",)),
    ],
)
def test_what_is_written_is_read(kind: Kind, written: Any, read: Any) -> None:
    field = declared_field("field", kind, "key")
    assert typed(field, {"key": written}) == read
    assert typed_or_none(field, {"key": written}) == read
    assert typed(field, {"field": written}) is None


@pytest.mark.parametrize(
    ("kind", "written", "problem"),
    [
        (Kind.NUMBER, "four", "'four' is not a number"),
        (Kind.NUMBER, True, "'yes' is not a number"),
        (Kind.NUMBER, "1e5", "'1e5' is not a number"),
        (Kind.NUMBER, (1, 2), "2 values where there can be one"),
        (Kind.DATE, "sometime", "date 'sometime' is not a date"),
        (Kind.URL, "javascript:alert(1)", "url 'javascript:alert(1)' must be http, https or start with '/'"),
        (Kind.YES_NO, "perhaps", "'perhaps' is neither yes nor no"),
    ],
)
def test_what_is_of_another_kind_is_said_and_not_indexed(kind: Kind, written: Any, problem: str) -> None:
    field = declared_field("field", kind, "key")
    with pytest.raises(ArticleError) as raised:
        typed(field, {"key": written})
    assert str(raised.value) == problem
    assert typed_or_none(field, {"key": written}) is None
    assert problems((field,), {"key": written}) == [f"field: {problem}: kept, but not indexed"]
    assert problems((field,), {}) == []
