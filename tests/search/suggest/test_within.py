"""What is offered of a part of an archive, on both kinds of archive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import QueryError
from readmore import open_engine
from search.engine import Engine
from search.filters.reading import read_filters
from search.results import Suggestions
from search.suggest import within
from search.suggest.headline_reader import HeadlineReader
from tests.memory.kinds import KINDS, engine_over

START = datetime(2024, 1, 1, tzinfo=UTC)


def article(number: int, site: str, title: str, body: str, **more: object) -> Article:
    date = START + timedelta(days=number)
    return Article(id=f"a{number}", site=site, title=title, body=body, date=date, **more)  # type: ignore[arg-type]


ARTICLES = [
    article(
        0, "Coast", "Harbour of stone mended", "Lobsters and a harpoon.", authors=("Rose Carpenter",), tags=("piers",)
    ),
    article(1, "Coast", "Harbour of stone opens", "Lobsters again.", authors=("Rose Carpenter", "Ann Carr")),
    article(
        2, "Hills", "Harvest begins", "The harvester is mended.", authors=("Rose Carpenter",), tags=("Cartography",)
    ),
    article(3, "Hills", "Harvest of the year", "A harp is played.", authors=("Bo Cardew",)),
    article(4, "Hills", "Harvest of the year again", "A harp.", authors=("Bo Cardew",), section="Carting"),
    article(5, "Coast", "Harbour of glass", "Nothing more.", status="retracted", authors=("Eve Cargill",)),
]
COAST, HILLS = "site = Coast", {"site": ["hills"]}


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with engine_over(request.param, ARTICLES, tmp_path) as engine:
        yield engine


def ids(found: Suggestions) -> list[str]:
    return [suggestion.article.id for suggestion in found.articles]


def names(found: Suggestions) -> list[str]:
    return [f"{name.value} {name.count}" for name in found.names]


def test_articles_queries_and_names_are_of_the_part(engine: Engine) -> None:
    every = engine.suggest("har")
    assert ids(every) == ["a4", "a3", "a2", "a1", "a0"]
    coast, hills = engine.suggest("har", filters=COAST), engine.suggest("har", filters=HILLS)
    assert ids(coast) == ["a1", "a0"]
    assert ids(hills) == ["a4", "a3", "a2"]
    assert coast.queries == ("harbour", "harpoon", "harbour of stone")
    assert hills.queries == ("harvest", "harp", "harvester", "harvest of the year")
    every = engine.suggest("car")
    assert names(every)[:4] == ["Carting 1", "Cartography 1", "Rose Carpenter 3", "Bo Cardew 2"]
    assert names(engine.suggest("car", filters=COAST)) == ["Rose Carpenter 2", "Ann Carr 1", "Eve Cargill 1"]
    assert names(engine.suggest("car", filters=HILLS)) == [
        "Carting 1",
        "Cartography 1",
        "Bo Cardew 2",
        "Rose Carpenter 1",
    ]


def test_words_of_texts_are_those_of_the_part(engine: Engine) -> None:
    assert engine.suggest("harpo", filters=COAST).queries == ("harpoon",)
    assert engine.suggest("harpo", filters=HILLS).queries == ("harp",)  # a slip
    assert engine.suggest("lobst", filters=COAST).queries == ("lobsters",)
    assert engine.suggest("lobst", filters=HILLS).queries == ()


@pytest.mark.parametrize(
    ("typed", "coast", "hills"), [("harbuor", ["a1", "a0"], []), ("havrest", [], ["a4", "a3", "a2"])]
)
def test_slips_are_forgiven_within_the_part(engine: Engine, typed: str, coast: list[str], hills: list[str]) -> None:
    assert ids(engine.suggest(typed, filters=COAST)) == coast
    assert ids(engine.suggest(typed, filters=HILLS)) == hills
    assert names(engine.suggest("carpentr", filters=COAST)) == ["Rose Carpenter 2"]


def test_any_filter_will_do_and_none_is_all(engine: Engine) -> None:
    whole = engine.suggest("har")
    for everything in (None, "", [], {}, "site EXISTS"):
        found = engine.suggest("har", filters=everything)
        assert (ids(found), found.queries, found.names) == (ids(whole), whole.queries, whole.names)
    assert ids(engine.suggest("har", filters=["date >= 2024-01-03", 'NOT author = "bo cardew"'])) == ["a2"]
    nothing = engine.suggest("har", filters="site = Nowhere")
    assert (nothing.articles, nothing.queries, nothing.names) == ((), (), ())
    with pytest.raises(QueryError, match="colour"):
        engine.suggest("har", filters="colour = red")


def test_a_new_generation_has_its_own_parts(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(ARTICLES)
        assert ids(engine.suggest("harbour", filters=COAST)) == ["a1", "a0"]
        archive.add([article(1, "Hills", "Harbour of wood", "It moved.")])
        archive.remove(["a0"])
        assert ids(engine.suggest("harbour", filters=COAST)) == []
        assert ids(engine.suggest("harbour", filters=HILLS)) == ["a1"]


def test_of_headlines_of_before_none_is_offered_that_left_the_part(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(ARTICLES)
        reader = HeadlineReader(engine._articles)
        before = reader.of(engine.index())
        archive.add([article(1, "Hills", "Harbour of wood", "It moved.")])
        index = engine.index()
        part = within.WithinFilters().of(index, read_filters(COAST, index.schema))
        assert {before.seq(place) for place in part.headlines(before).beginning_with("harbour").tolist()} == {1, 6}


def test_only_the_last_filters_are_remembered(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(within, "_MOST_KEPT", 2)
    index = engine.index()
    parts = within.WithinFilters()
    conditions = [read_filters({"site": [site]}, index.schema) for site in ("Coast", "Hills", "Nowhere")]
    first, second, _ = [parts.of(index, condition) for condition in conditions]
    assert parts.of(index, conditions[1]) is second
    assert parts.of(index, conditions[0]) is not first
