"""What is offered while somebody types in scripts with vowel signs, and in those without blanks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from tests.memory.archive import MemoryArchive

START = datetime(2024, 1, 1, tzinfo=UTC)
TITLES = {
    "delhi": ("hi", "दिल्ली में प्रदूषण बढ़ा"),
    "cow": ("hi", "सड़क पर गाय"),
    "dhaka": ("bn", "ঢাকা শহরে বন্যা"),
    "chennai": ("ta", "சென்னையில் மழை"),
    "jerusalem": ("he", "יְרוּשָׁלַיִם בשלג"),
}
ARTICLES = [
    Article(id=name, title=title, body=title, language=language, date=START + timedelta(days=day))
    for day, (name, (language, title)) in enumerate(TITLES.items())
]


@pytest.fixture(scope="module", params=["local", "memory"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param == "memory":
        yield MemoryArchive(ARTICLES).engine()
        return
    folder: Path = tmp_path_factory.mktemp("scripts")
    with Archive.create(folder) as archive:
        archive.add(ARTICLES)
    with open_engine(folder) as local:
        yield local


def offered(engine: Engine, typed: str) -> dict[str, list[str]]:
    """The articles offered, each with what is marked in its headline."""
    return {
        found.article.id: [found.title.text[start:end] for start, end in found.title.marks]
        for found in engine.suggest(typed).articles
    }


@pytest.mark.parametrize(
    ("typed", "name", "marked", "query"),
    [
        ("दि", "delhi", ["दि"], "दिल्ली"),
        ("दिल्", "delhi", ["दिल्"], "दिल्ली"),
        ("दिल्ली में प्रदू", "delhi", ["दिल्ली", "में", "प्रदू"], "दिल्ली में प्रदूषण"),
        ("सड़", "cow", ["सड़"], "सड़क"),
        ("सड़क पर गा", "cow", ["सड़क", "पर", "गा"], "सड़क पर गाय"),
        ("ঢা", "dhaka", ["ঢা"], "ঢাকা"),
        ("சென்", "chennai", ["சென்"], "சென்னையில்"),
        ("சென்னை", "chennai", ["சென்னை"], "சென்னையில்"),
        ("ירו", "jerusalem", ["יְרוּ"], "יְרוּשָׁלַיִם"),
    ],
)
def test_words_go_on_behind_vowel_signs(engine: Engine, typed: str, name: str, marked: list[str], query: str) -> None:
    assert offered(engine, typed) == {name: marked}
    assert engine.suggest(typed).queries[:1] == (query,)
