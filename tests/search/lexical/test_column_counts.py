"""Counting by a column: of many docs the others are counted, which are found once for all fields."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from search.lexical.column_counts import ColumnCounts
from search.reader.snapshot import Snapshot

TAGS = ("ice", "dust", "crew")


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    articles = [
        Article(id=f"a{n}", title="moon", section=f"s{n % 3}" if n % 4 else "", tags=TAGS[: n % 4]) for n in range(30)
    ]
    with Archive.create(tmp_path) as archive:
        archive.add(articles[:20])
        archive.add(articles[20:])
        return Snapshot.open(archive.index)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_as_many_are_counted_as_there_are(snapshot: Snapshot, step: int) -> None:
    counts = ColumnCounts(snapshot)
    for docs in (np.arange(0, 30, step), np.arange(30)[np.arange(30) % 7 > 0], np.arange(25, 30), np.arange(0)):
        sections = Counter(f"s{n % 3}" for n in docs.tolist() if n % 4)
        tags = Counter(tag for n in docs.tolist() for tag in TAGS[: n % 4])
        assert counts.of("section", docs)[0] == sections
        assert counts.of("tag", docs)[0] == tags
        assert counts.of("place", docs) == ({}, 0)


def test_the_others_of_many_docs_are_found_once_for_all_fields(snapshot: Snapshot) -> None:
    counts, docs = ColumnCounts(snapshot), np.arange(2, 30)
    counts.of("section", docs)
    assert counts._counted is not None
    first = counts._counted[1]
    others = first[0]._others
    counts.of("tag", docs)
    assert counts._counted[1] is first
    assert first[0]._others is others
    assert counts.of("tag", docs[1:])[0] == Counter(tag for n in range(3, 30) for tag in TAGS[: n % 4])
