"""Names typed as plain words: authors, tags, places and sections are found by them, on both kinds of index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from tests.memory.archive import MemoryArchive

BODY = "People spoke about this at length and nobody was surprised."
ARTICLES = [
    Article(id="ferry", title="A ferry runs aground", body=BODY, authors=("Imke Øverland",), tags=("shipwrecks",)),
    Article(id="harbour", title="The harbour closes", body=BODY, authors=("Imke Øverland",)),
    Article(id="mill", title="A mill burns", body=BODY, authors=("Rose Carpenter",), section="Countryside"),
    Article(id="garden", title="A rose for every carpenter", body=BODY, authors=("Bo Lind",)),
    Article(id="bells", title="The bells are back", body=BODY, authors=("Rose Lind",)),
]


@pytest.fixture(scope="module", params=["local", "memory"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param == "memory":
        yield MemoryArchive(ARTICLES).engine()
        return
    folder: Path = tmp_path_factory.mktemp("names")
    with Archive.create(folder) as archive:
        archive.add(ARTICLES)
    with open_engine(folder) as local:
        yield local


@pytest.mark.parametrize("typos", [True, False])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("overland", {"ferry", "harbour"}),
        ("Imke Øverland", {"ferry", "harbour"}),
        ("overland harbour", {"harbour"}),
        ("shipwrecks", {"ferry"}),
        ("countryside", {"mill"}),
        ("rose carpenter", {"mill", "garden"}),
    ],
)
def test_names_are_found_by_plain_words(engine: Engine, query: str, found: set[str], typos: bool) -> None:
    assert {hit.article.id for hit in engine.search(query, typos=typos).hits} == found


def test_the_answer_says_where_a_name_was_looked_for(engine: Engine) -> None:
    assert engine.search("overland").notes == ("no text has 'overland': searched for author:overland",)
    assert engine.search("Rose Carpenter").notes == ("with what Rose Carpenter wrote",)
    assert engine.search("rose").notes == ()


def test_a_name_beside_what_its_bearer_has_nothing_about_finds_the_rest(engine: Engine) -> None:
    result = engine.search("overland bells")
    assert [hit.article.id for hit in result.hits] == ["bells"]
    assert any("author:overland" in note for note in result.notes)
