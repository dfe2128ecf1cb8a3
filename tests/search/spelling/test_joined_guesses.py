"""Slips in words in one that articles only write with a hyphen inside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine

TITLES = {
    "Well-being at work": ["wellbieng", "welbeing", "wellbieng work"],
    "How to write a better e-mail": ["emial"],
    "Wi-Fi comes to the ferries": ["wifii", "wiffi"],
    "The father-in-law wins": ["fatherinlw"],
    "Check-in at the airport": ["checkinn", "chekin"],
    "A long-term plan": ["longtrem"],
    "Saint-\u00c9tienne gagne": ["saintetiene"],
    "Le vice-pr\u00e9sident \u00e9lu": ["vicepresidnt"],
    "\u041e\u043d\u043b\u0430\u0439\u043d-\u043c\u0430\u0433\u0430\u0437\u0438\u043d": [
        "\u043e\u043d\u043b\u0430\u0439\u043d\u043c\u0430\u0433\u0430\u0437\u043d"
    ],
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("archive")
    with Archive.create(folder) as archive:
        archive.add([Article(id=f"a{n}", title=title, body=title) for n, title in enumerate(TITLES)])
        archive.add([Article(id=f"g{n}", title=f"Garden {n}", body="Roses.") for n in range(9)])
    with open_engine(folder) as engine:
        yield engine


@pytest.mark.parametrize("title", TITLES)
def test_a_slip_in_the_joined_spelling_is_forgiven(engine: Engine, title: str) -> None:
    for typed in TITLES[title]:
        result = engine.search(typed)
        assert [hit.article.title for hit in result.hits][:1] == [title], typed
        assert result.correction is not None
        assert result.correction.is_shown


def test_what_is_shown_is_a_word_of_written_parts(engine: Engine) -> None:
    correction = engine.search("vicepresidnt").correction
    assert correction is not None
    assert correction.query == "vicepresident"


@pytest.mark.parametrize("typed", ["wfii", "qqzzx", "wellbieng~1 AND garden", '"wellbieng"', "gardn"])
def test_others_are_as_they_were(engine: Engine, typed: str) -> None:
    correction = engine.search(typed).correction
    assert correction is None or correction.query == "garden"
