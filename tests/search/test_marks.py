"""Tone marks, viramas and dots: a word with its own comes before those that are the same without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from tests.faults import flush_nothing

ARTICLES = {
    "news": ("th", "ข่าว", "ข่าววันนี้ และข่าวเช้า"),
    "white": ("th", "ขาว", "สีขาว"),
    "rice": ("th", "ข้าวหอมมะลิ", "ปลูกข้าวในนา"),
    "karam": ("hi", "करम का फल", "करम"),
    "karma": ("hi", "धर्म और कर्म", "कर्म का महत्व"),
    "bengali-work": ("bn", "কর্ম", "কর্ম জীবন"),
    "bengali-fate": ("bn", "করম", "করম পূজা"),
    "other": ("en", "Other", "The news of the day"),
}
# what is typed, and what comes first
FIRST = {
    "ข้าว": "rice",
    "+ข้าว": "rice",
    "ข่าว": "news",
    "कर्म": "karma",
    "কর্ম": "bengali-work",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("marks") / "archive"
    with pytest.MonkeyPatch.context() as patch:
        flush_nothing(patch)
        with Archive.create(path) as archive:
            archive.add(
                [
                    Article(id=name, title=title, body=body, language=code)
                    for name, (code, title, body) in ARTICLES.items()
                ],
                workers=1,
            )
        with open_engine(path) as opened:
            yield opened


@pytest.mark.parametrize(("typed", "first"), FIRST.items(), ids=list(FIRST))
def test_a_word_with_its_marks_comes_first(engine: Engine, typed: str, first: str) -> None:
    assert engine.search(typed).hits[0].article.id == first


def test_a_word_without_its_marks_is_found_all_the_same(engine: Engine) -> None:
    found = {hit.article.id for hit in engine.search("ขาว").hits}
    assert found == {"news", "white", "rice"}
