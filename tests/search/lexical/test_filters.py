"""Filters: whole values, any of those named, in every field named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import QueryError
from indexer.schema import BASE
from search.filters.reading import read_filters
from search.lexical.filters import allowed_docs
from search.reader.snapshot import Snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with Archive.create(tmp_path_factory.mktemp("filters") / "archive") as archive:
        archive.add(
            [
                Article(
                    id="a",
                    title="x",
                    date=datetime(2024, 3, 18, tzinfo=UTC),
                    section="Far Side",
                    tags=("ice", "Straße"),
                    authors=("Ann",),
                ),
                Article(id="b", title="x", body="moon ice moon", section="far side", tags=("ice age",)),
            ]
        )
        archive.add([Article(id="c", title="x", tags=("Ice", "ice")), Article(id="gone", title="x", tags=("ice",))])
        archive.add([Article(id="d", title="x")])
        archive.remove(["gone"])
        yield Snapshot.open(archive.index)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "abcd"),
        ({"section": ["far side"]}, "ab"),
        ({"section": ["FAR SIDE"]}, "ab"),
        ({"section": ["far"]}, ""),
        ({"tag": ["ice"]}, "ac"),
        ({"tag": ["ice", "ice age"]}, "abc"),
        ({"tag": ["strasse"]}, "a"),
        ({"tag": ["ice"], "section": ["Far Side"]}, "a"),
        ({"tag": ["ice"], "author": ["Bo"]}, ""),
        ({"tag": []}, ""),
        ({"tag": [""]}, ""),
        ({"language": ["en"]}, "abcd"),
        ({"language": ["de"]}, ""),
        ({"place": ["x"]}, ""),
        ({"year": ["2024"]}, "a"),
        ({"year": ["2023", ">=2024"]}, "a"),
        ({"year": ["<2024"]}, ""),
        ({"date": ["2024-03"]}, "a"),
        ({"words": ["[1 TO 3]"]}, "b"),
        ({"words": ["0"], "tag": ["ice"]}, "ac"),
        ({"words": []}, ""),
    ],
)
def test_which_articles_pass(snapshot: Snapshot, filters: dict[str, list[str]], expected: str) -> None:
    allowed = allowed_docs(snapshot, read_filters(filters, snapshot.schema))
    assert allowed.shape == (snapshot.max_doc,)
    assert "".join(snapshot.article_id(doc) for doc in np.flatnonzero(allowed).tolist()) == expected


@pytest.mark.parametrize("field", ["colour", "title", "path", ""])
def test_a_field_that_is_no_filter_is_named(snapshot: Snapshot, field: str) -> None:
    with pytest.raises(QueryError, match=f"cannot filter by '{field}'.* the filters are section, site, author"):
        read_filters({field: ["x"]}, snapshot.schema)


def test_an_empty_archive_allows_nothing(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        assert len(allowed_docs(Snapshot.open(archive.index), read_filters({"tag": ["ice"]}, BASE))) == 0


@pytest.mark.parametrize("value", ["", "many", "*", "3 OR tag:ice", "[3 TO many]", "3*"])
def test_a_value_that_is_no_range_is_named(snapshot: Snapshot, value: str) -> None:
    with pytest.raises(QueryError, match=r"cannot filter words by '.*'; write a value, >value or \[from TO to\]"):
        read_filters({"words": [value]}, snapshot.schema)
