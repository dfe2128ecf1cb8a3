"""Signs that may be operators or text: what the articles say decides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine

ARTICLES = (
    Article(id="find", title="Looking for files", body="Write find . -name notes and wait for the files to come."),
    Article(id="rename", title="A name for a file", body="Find a good name, and the file finds you."),
    Article(id="moon", title="The Moon and Mars", body="Both were visited. A dash -mars- is no option."),
    Article(id="crater", title="A crater on the Moon", body="It is deep, and hard to find."),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("meant")
    with Archive.create(folder) as archive:
        archive.add(ARTICLES)
    with open_engine(folder) as opened:
        yield opened


def found(engine: Engine, query: str, **options: object) -> tuple[list[str], tuple[str, ...]]:
    answer = engine.search(query, **options)  # type: ignore[arg-type]
    return [hit.article.id for hit in answer.hits], answer.notes


def test_a_minus_that_articles_have_behind_the_same_word_is_text(engine: Engine) -> None:
    ids, notes = found(engine, "find . -name notes")
    assert set(ids) == {"find", "rename", "crater"}
    assert ids[0] == "find"
    assert notes == ("articles have '-name' as written: searched for all words",)


def test_a_minus_that_no_article_has_excludes(engine: Engine) -> None:
    assert found(engine, "moon -mars") == (["crater"], ())
    assert found(engine, "crater -name") == (["crater"], ())


def test_a_minus_that_leaves_nothing_is_text(engine: Engine) -> None:
    ids, notes = found(engine, "deep -crater")
    assert ids == ["crater"]
    assert notes == ("without '-crater' nothing is left: searched for all words",)


def test_a_filter_that_leaves_nothing_does_not_make_a_minus_text(engine: Engine) -> None:
    note = "nothing within the filters; without them 1 article is found"
    assert found(engine, "moon -mars", filters={"section": ["x"]}) == ([], (note,))


@pytest.mark.parametrize("query", ["deep NOT crater", "deep -section:x -(crater)", "deep -(crater)"])
def test_conditions_stay_conditions(engine: Engine, query: str) -> None:
    assert found(engine, query) == ([], ("no article meets all of this",))


def test_an_explanation_is_of_the_query_as_it_was_meant(engine: Engine) -> None:
    explanation = engine.explain("deep -crater", "crater")
    assert explanation is not None
    assert explanation.value == pytest.approx(engine.search("deep -crater").hits[0].score)


HEADLINES = {
    "fed": "Fed not expected to act",
    "wheat": "WHEAT BOARD DOES NOT SELL TO CHINA, OFFICIALS SAY",
    "nymex": "NYMEX TO SUBMIT OPTIONS APPLICATION TO CFTC",
    "pair": "Mars, not Moon",
    "other": "Wheat and the Fed",
}
WHEAT = HEADLINES["wheat"]


@pytest.fixture(scope="module")
def headlines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("headlines")
    with Archive.create(folder) as archive:
        archive.add([Article(id=name, title=title) for name, title in HEADLINES.items()])
    with open_engine(folder) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("FED NOT EXPECTED TO ACT", "fed"),
        ("FED NOT EXPECTED TO ACT?", "fed"),
        ("MARS NOT MOON", "pair"),
        (WHEAT, "wheat"),
        (f"{WHEAT}?", "wheat"),
        (f"{WHEAT}...", "wheat"),
        (f"({WHEAT})", "wheat"),
        (f"[{WHEAT}]", "wheat"),
        (f"\u201c{WHEAT}", "wheat"),
        (f"{WHEAT} | The Daily", "wheat"),
        (f"{WHEAT} - World \u2013 The Daily", "wheat"),
        ("WHEAT BOARD DOES NOT SELL", "wheat"),
        ("WHEAT BOARD DOES NOT SELL TO CH...", "wheat"),
    ],
)
def test_a_headline_whose_words_are_operators_is_found(headlines: Engine, query: str, first: str) -> None:
    ids, notes = found(headlines, query)
    assert ids[0] == first
    assert any("searched for all" in note for note in notes)


@pytest.mark.parametrize(
    "query",
    [
        *(
            "WHEAT BOARD WILL NOT SELL",
            "DAILY NEWS: WHEAT BOAARD DOES NOT SELL",
            "WHEAT BOARD <WB> DOES NOT SELL",
        ),
        *("WHEAT OFFICIALS IN 1987 NOT IN CHINA", "WHEAT BOARD DOES NOT", "OR WHEAT BOARD SELLS"),
    ],
)
def test_operators_in_a_query_all_in_capitals_are_words(headlines: Engine, query: str) -> None:
    assert found(headlines, query)[0][0] == "wheat"


def test_a_headline_in_brackets_is_no_range(headlines: Engine) -> None:
    assert found(headlines, f"[{HEADLINES['nymex']}]") == (["nymex"], ())


@pytest.mark.parametrize("query", ["fed NOT expected to act", "wheat NOT board", "FED NOT WHEAT"])
def test_an_operator_that_no_headline_has_in_capitals_is_one(headlines: Engine, query: str) -> None:
    ids, notes = found(headlines, query)
    assert ids in ([], ["other"], ["fed"])
    assert "this is an article's headline: searched for all words" not in notes


@pytest.mark.parametrize(
    ("query", "note"),
    [("whom", "so common"), ("(", "no word"), ('""', "no word"), ("+", "no word")],
)
def test_nothing_to_search_for_is_said(engine: Engine, query: str, note: str) -> None:
    ids, notes = found(engine, query)
    assert not ids
    assert len(notes) == 1
    assert note in notes[0]
