"""Names with a letter and an apostrophe are found with and without it, on both kinds of index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.article.article import Article
from search.engine import Engine
from search.query.parser import parse
from search.rewriting.apostrophes import with_apostrophes
from tests.memory.kinds import KINDS, engine_over

TITLES = {
    "reilly": "O'Reilly and Associates",
    "address": "Write to us: oreilly",
    "brien": "O\u2019Brien loses",
    "other-brien": "OBrien wins",
    "orsay": "An evening at the d'Orsay",
    "street": "A flat in Dorsay street",
    "art": "A house for d'art",
    "throw": "The dart hits the board",
}
ARTICLES = [Article(id=name, title=title, body=f"{title}.") for name, title in TITLES.items()]


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, ARTICLES, tmp_path_factory.mktemp("apostrophes")) as engine:
        yield engine


def ids(engine: Engine, query: str) -> list[str]:
    return [hit.article.id for hit in engine.search(query).hits]


@pytest.mark.parametrize(
    ("with_it", "without", "found"),
    [
        ("O'Reilly", "oreilly", {"reilly", "address"}),
        ("o\u2019brien", "OBrien", {"brien", "other-brien"}),
        ("d'Orsay", "dorsay", {"orsay", "street"}),
    ],
)
def test_both_spellings_find_both(engine: Engine, with_it: str, without: str, found: set[str]) -> None:
    for query in (with_it, without):
        result = engine.search(query)
        assert {hit.article.id for hit in result.hits} == found
        assert result.correction is None
        assert result.total == len(found)


def test_the_one_that_was_typed_comes_first(engine: Engine) -> None:
    assert ids(engine, "O'Brien")[0] == "brien"
    assert ids(engine, "obrien")[0] == "other-brien"


def test_they_are_one_word(engine: Engine) -> None:
    index = engine.index()
    query = with_apostrophes(index, parse("oreilly", index.languages(), index.schema))
    assert len(query.one_word) == 1
    assert {"oreilli", "o'reilli"} <= set(query.one_word[0])


def test_with_operators_too(engine: Engine) -> None:
    assert ids(engine, "oreilly AND associates") == ["reilly"]
    assert set(ids(engine, "title:oreilly")) == {"reilly", "address"}


def test_what_is_marked_is_the_name(engine: Engine) -> None:
    hit = next(hit for hit in engine.search("oreilly").hits if hit.article.id == "reilly")
    assert [hit.title.text[start:end] for start, end in hit.title.marks] == ["O'Reilly"]


def test_short_words_are_other_words(engine: Engine) -> None:
    assert ids(engine, "dart") == ["throw"]


def test_other_queries_stay_as_they_are(engine: Engine) -> None:
    index = engine.index()
    for text in ("flat", "board -street", "odl", "dorset", "lovely flat", "d'or"):
        query = parse(text, index.languages(), index.schema)
        assert with_apostrophes(index, query) is query, text
