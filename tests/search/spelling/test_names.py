"""Names typed as plain words: authors, tags, places and sections are found by them, on both kinds of index."""

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

BODY = "People spoke about this at length and nobody was surprised."
ARTICLES = [
    Article(id="ferry", title="A ferry runs aground", body=BODY, authors=("Imke Øverland",), tags=("shipwrecks",)),
    Article(id="harbour", title="The harbour closes", body=BODY, authors=("Imke Øverland",)),
    Article(id="mill", title="A mill burns", body=BODY, authors=("Rose Carpenter",), section="Countryside"),
    Article(id="garden", title="A rose for every carpenter", body=BODY, authors=("Bo Lind",)),
    Article(id="bells", title="The bells are back", body=BODY, authors=("Rose Lind",)),
    Article(id="pier", title="A pier is mended", body=BODY, authors=("Una O\u2019Neill",)),
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


def test_where_nobody_of_the_name_wrote_of_it_the_words_come_first_and_then_the_name(engine: Engine) -> None:
    result = engine.search("overland bells")
    assert result.hits[0].article.id == "bells"
    assert {hit.article.id for hit in result.hits} == {"bells", "ferry", "harbour"}
    assert result.notes == (
        "no text has 'overland': searched for author:overland",
        "no article has all of this: searched for any of it",
    )


@pytest.mark.parametrize("typos", [True, False])
@pytest.mark.parametrize(
    ("query", "found", "notes"),
    [
        ("zeppelins shipwrecks", {"ferry"}, ("shipwrecks", "no article has 'zeppelins'")),
        ("shipwrecks xqzzy", {"ferry"}, ("shipwrecks", "no article has 'xqzzy'")),
        ("the shipwrecks of xqzzy", {"ferry"}, ("shipwrecks", "no article has 'xqzzy'")),
        ("overland xqzzy 2099", {"ferry", "harbour"}, ("overland", "no article has 'xqzzy', '2099'")),
        ("shipwrecks countryside", {"ferry", "mill"}, ("shipwrecks", "countryside", "any of it")),
        ("imke shipwrecks", {"ferry"}, ("imke", "shipwrecks")),
        ("WHO overland", {"ferry", "harbour"}, ("overland",)),
        ("shipwrecks OR xqzzy", {"ferry"}, ("shipwrecks", "no article has 'xqzzy'")),
        ("shipwrecks AND xqzzy", {"ferry"}, ("shipwrecks", "searched without 'xqzzy'")),
        ("+overland +xqzzy", {"ferry", "harbour"}, ("overland", "searched without 'xqzzy'")),
        ("countryside -bells", {"mill"}, ("countryside",)),
        ('"Imke Overland"', {"ferry", "harbour"}, ("Imke Overland",)),
        ("“shipwrecks”", {"ferry"}, ("shipwrecks",)),
    ],
)
def test_no_page_is_empty_where_a_name_is_known(
    engine: Engine, query: str, found: set[str], notes: tuple[str, ...], typos: bool
) -> None:
    result = engine.search(query, typos=typos)
    assert {hit.article.id for hit in result.hits} == found
    assert len(result.notes) == len(notes)
    for note, part in zip(result.notes, notes, strict=True):
        assert part in note
    named = [note for note in result.notes if note.startswith("no text has")]
    assert not any(word in note for note in result.notes if note not in named for word in ("shipwrecks", "overland"))


@pytest.mark.parametrize(
    ("query", "found", "meant"),
    [
        ("shipwreks", {"ferry"}, "shipwrecks"),
        ("Ovrland harbour", {"harbour"}, "Overland harbour"),
        ("overland harbuor", {"harbour"}, "overland harbour"),
        ("coutnryside", {"mill"}, "countryside"),
        ("coutnryside carpnter", {"mill", "garden"}, "countryside carpenter"),
        ("o'neil", {"pier"}, "o'neill"),
        ("O\u2019Neil pier", {"pier"}, "O'neill pier"),
    ],
)
def test_slips_in_names_and_beside_them_are_corrected(engine: Engine, query: str, found: set[str], meant: str) -> None:
    result = engine.search(query)
    assert {hit.article.id for hit in result.hits} == found
    assert result.correction is not None
    assert result.correction.query == meant
    without = engine.search(query, typos=False)
    assert without.correction is None


def test_a_name_that_is_gone_or_to_come_is_no_guess(tmp_path: Path) -> None:
    soon = datetime.now(UTC) + timedelta(days=1)
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([*ARTICLES, Article(id="later", title="Later", body=BODY, authors=("Ed Achterberg",), date=soon)])
        correction = engine.search("ovrland").correction
        assert correction is not None
        assert correction.query == "overland"
        archive.remove(["ferry", "harbour"])
        assert archive.status()["deleted"] == 2  # not merged yet
        for gone in ("ovrland", "acterberg"):
            assert engine.search(gone).correction is None
        archive.add([Article(id="mist", title="Mist", body=BODY, authors=("Al Overlund",))])
        correction = engine.search("ovrlund").correction
        assert correction is not None
        assert correction.query == "overlund"
