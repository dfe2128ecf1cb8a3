"""What a source says beyond the fields that every article has: kept, immutable, bounded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article.article import Article
from indexer.article.extra_fields import MAX_CHARS, MAX_FIELDS, ExtraFields, fitting
from indexer.base.errors import ArticleError

SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20),
)
VALUES = st.dictionaries(
    st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=10),
    st.one_of(SCALARS, st.lists(SCALARS, min_size=1, max_size=3)),
    max_size=5,
)


@given(VALUES)
def test_what_is_kept_is_read_back(values: dict[str, Any]) -> None:
    article = Article(id="x", title="T", fields=values)
    assert article.fields == {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    read = Article.from_json(article.to_json())
    assert read == article
    assert hash(read) == hash(article)
    assert read.digest() == article.digest()


def test_the_order_of_keys_makes_no_difference() -> None:
    one, other = (
        Article(id="x", title="T", fields=dict(pairs)) for pairs in ((("b", 1), ("a", 2)), (("a", 2), ("b", 1)))
    )
    assert one.to_json() == other.to_json()
    assert list(one.fields) == ["a", "b"]


def test_an_article_without_them_is_written_as_ever() -> None:
    article = Article(id="x", title="T", source="a.md", fields={})
    assert article.to_json() == '{"id":"x","title":"T","source":"a.md"}'
    assert article.digest().hex() == "65d26fe8e58cb1f095249e41c8a4df73"  # that of the versions before there were any
    assert isinstance(article.fields, ExtraFields)


@pytest.mark.parametrize(
    "value", [{}, {"a": 1}, [[1]], [{"a": 1}], float("nan"), float("inf"), 2**64, b"bytes"], ids=repr
)
def test_what_cannot_be_kept_is_refused_where_it_is_given(value: Any) -> None:
    with pytest.raises(ArticleError, match="fields: 'key' must be a text, a number, true or false, or a list of those"):
        Article(id="x", title="T", fields={"key": value})


@pytest.mark.parametrize(
    "values",
    [{"text": "x" * MAX_CHARS}, {f"k{n}": n for n in range(MAX_FIELDS + 1)}],
    ids=["a long text", "many keys"],
)
def test_what_is_too_much_is_refused_where_it_is_given(values: dict[str, Any]) -> None:
    with pytest.raises(ArticleError, match="more than 100 keys or 100,000 characters in all"):
        Article(id="x", title="T", fields=values)
    found, beyond = fitting(values)
    assert len(beyond) == 1
    assert len(found) == len(values) - 1


def test_dates_are_kept_as_they_would_be_written() -> None:
    found, _ = fitting({"updated": datetime(2024, 3, 18, tzinfo=UTC), "day": datetime(2024, 3, 18).date()})
    assert found == {"updated": "2024-03-18T00:00:00+00:00", "day": "2024-03-18"}


def test_keys_that_nobody_could_type_are_left_out() -> None:
    found, beyond = fitting({"a\nb": 1, "\ud800": 2, "": 3, 4: 5, "k" * 101: 6, "fine": 7})
    assert (dict(found), beyond) == ({"fine": 7}, [])
    for key in ("a\nb", "", "k" * 101, 4):
        with pytest.raises(ArticleError, match=r"cannot be a key: 1 to 100 printable characters can"):
            Article(id="x", title="T", fields={key: 1})  # type: ignore[dict-item]


def test_they_cannot_be_changed() -> None:
    article = Article(id="x", title="T", fields={"a": 1})
    with pytest.raises(TypeError):
        article.fields["a"] = 2  # type: ignore[index]
