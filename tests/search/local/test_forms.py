"""The words of a folder's archive, packed once for each segment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.segment.form_table import StoredForms
from readmore import open_engine
from search.lexical import keyword_words


def articles(first: int, last: int) -> list[Article]:
    return [Article(id=f"a{n}", title=f"Comet number{n}", authors=(f"Author{n}",)) for n in range(first, last)]


def test_those_of_the_largest_segment_are_packed_once_whatever_is_added_or_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_through: list[int] = []
    whole = StoredForms.key_counts

    def counted(forms: StoredForms) -> Iterator[tuple[bytes, int]]:
        found = list(whole(forms))
        looked_through.append(len(found))
        return iter(found)

    monkeypatch.setattr(StoredForms, "key_counts", counted)
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(articles(0, 50))
        assert "number7" in engine.index().forms.vocabulary().keys
        assert looked_through == [51]
        archive.remove(["a7"])
        archive.add(articles(50, 52))
        keys = engine.index().forms.vocabulary().keys
        assert looked_through == [51, 3]
        assert {"number0", "number51"} <= set(keys)
        assert not engine.index().doc_freq("number7")


def test_names_are_taken_apart_once_whatever_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_apart: list[str] = []
    whole = keyword_words._plain

    def counted(value: str) -> str:
        taken_apart.append(value)
        return whole(value)

    monkeypatch.setattr(keyword_words, "_plain", counted)
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(articles(0, 20))
        assert engine.search("author:author7").total == 1
        assert "author9" in engine.index().names().keys
        archive.remove(["a7"])
        taken_apart.clear()
        assert engine.search("author:author7").total == 0
        assert engine.search("author:author8").total == 1
        archive.add(articles(20, 22))
        assert {"author9", "author21"} <= set(engine.index().names().keys)
        assert set(taken_apart) <= {"Author20", "Author21", "author7", "author8"}
