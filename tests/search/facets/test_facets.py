"""Facets count what is found: all of it, exactly, and in a field that is chosen from as if it was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import QueryError
from readmore import open_engine
from search.engine import Engine
from search.results import Facet, FacetValue, facet_to_dict
from tests.memory.archive import MemoryArchive
from tests.search.reader.contract import WORDS, articles

ARTICLES = articles(7, 70)
VALUES_OF: dict[str, Callable[[Article], list[str]]] = {
    "section": lambda a: [a.section],
    "site": lambda a: [a.site],
    "author": lambda a: list(a.authors),
    "tag": lambda a: list(a.tags),
    "place": lambda a: [a.dateline.place],
    "year": lambda a: [str(a.date.astimezone(UTC).year)] if a.date else [],
}


@pytest.fixture(scope="module", params=["folder", "memory"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param == "memory":
        yield MemoryArchive(ARTICLES).engine()
        return
    folder = tmp_path_factory.mktemp("facets") / "archive"
    with Archive.create(folder) as archive:
        archive.add(ARTICLES[:45])
        archive.add([*ARTICLES[45:], Article(id="gone", title="zorg", section="Moon", tags=("ice",))])
        archive.remove(["gone"])
    with open_engine(folder) as engine:
        yield engine


def found(engine: Engine, query: str, filters: Any = None) -> list[Article]:
    return [hit.article for hit in engine.search(query, filters=filters, limit=1000).hits]


def counted(facet: Facet) -> dict[str, int]:
    return {value.value: value.count for value in facet.values}


def expected(name: str, among: list[Article]) -> list[tuple[str, int]]:
    counts = Counter(value for article in among for value in VALUES_OF[name](article) if value)
    return sorted(counts.items(), key=lambda of: (-of[1], of[0]))


queries = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
    st.sampled_from(["*", "+zorg blik", "zorg -blik", '"zorg blik"', "title:zorg", "zorg site:north", "k* year:2024"]),
)  # fmt: skip
PARTS: list[tuple[Any, str]] = [  # of filters, and the field of which they choose values
    ({"section": ["Moon"]}, "section"),
    ({"section": ["moon", "mond"]}, "section"),
    ({"tag": ["ice"]}, "tag"),
    ("site = North", "site"),
    (["year = 2024", "year = 2026"], "year"),
    ("year >= 2025", "year"),
    ("tag = wind OR section = mond", ""),
    ("NOT author EXISTS", ""),
    ("section != Moon", ""),
]
CHOICES = {str(part): name for part, name in PARTS}
chosen = st.lists(st.sampled_from([part for part, _ in PARTS]), max_size=3)


@settings(deadline=None, max_examples=50)
@given(queries, chosen, st.sampled_from(["", "newest", "-words,section"]))
def test_facets_are_what_counting_the_hits_gives(engine: Engine, query: str, filters: list[Any], sort: str) -> None:
    result = engine.search(query, filters=filters, facets=[*VALUES_OF, "date"], sort=sort, limit=3)
    for facet, name in zip(result.facets, VALUES_OF, strict=False):
        others = [part for part in filters if CHOICES[str(part)] != name]
        among = found(engine, query, others)
        counts = [(value.value, value.count) for value in facet.values if value.count]
        assert counts == expected(name, among)
        assert facet.distinct == len(counts)
    date = result.facets[-1]
    dates = [article.date.astimezone(UTC) for article in found(engine, query, filters) if article.date]
    assert sum(value.count for value in date.values) == len(dates)
    for value in date.values:
        assert value.count == sum(date_.isoformat().startswith(value.value) for date_ in dates)


@settings(deadline=None, max_examples=15)
@given(queries, st.sampled_from([None, {"site": ["North"]}]))
def test_a_count_is_the_total_that_choosing_it_leaves(engine: Engine, query: str, filters: Any) -> None:
    result = engine.search(query, filters=filters, facets=["section", "tag", "year", "date"])
    for facet in result.facets:
        for value in facet.values:
            narrowed = [filters or {}, f'{facet.field} = "{value.value}"']
            assert engine.search(query, filters=narrowed).total == value.count


@settings(deadline=None, max_examples=30)
@given(queries, chosen, st.sampled_from(["", "newest", "oldest", "-section,words", "site"]), st.integers(1, 9))
def test_pages_are_the_whole_without_gaps_and_repeats(
    engine: Engine, query: str, filters: list[Any], sort: str, size: int
) -> None:
    whole = engine.search(query, filters=filters, sort=sort, limit=1000)
    ids = [hit.article.id for hit in whole.hits]
    assert len(set(ids)) == len(ids) == whole.total
    pages = [
        engine.search(query, filters=filters, sort=sort, limit=size, offset=start)
        for start in range(0, whole.total + size, size)
    ]
    assert [hit.article.id for page in pages for hit in page.hits] == ids
    assert {page.total for page in pages} == {whole.total}
    other = {hit.article.id for hit in engine.search(query, filters=filters, limit=1000).hits}
    assert set(ids) == other  # whatever the order


@pytest.mark.parametrize("in_memory", [True, False])
def test_values_that_filters_hold_for_the_same_are_one(tmp_path: Path, in_memory: bool) -> None:
    tags = [("Ice", "Water"), ("ice",), ("Ice", "ICE", "water"), ("O’Neill",), ("O'Neill",), ("Ice",)]
    winter = [Article(id=f"i{n}", title="Winter", tags=of) for n, of in enumerate(tags)]
    parts = [winter[::2], winter[1::2]]
    with ExitStack() as opened:
        if in_memory:
            engine = MemoryArchive(winter).engine()
        else:
            with Archive.create(tmp_path / "archive") as archive:
                for part in parts:
                    archive.add(part)
            engine = opened.enter_context(open_engine(tmp_path / "archive"))
        (facet,) = engine.search("winter", facets=["tag"]).facets
        assert {value.value: value.count for value in facet.values} == {"Ice": 4, "O'Neill": 2, "Water": 2}
        assert facet.distinct == 3
        for value in facet.values:
            assert engine.search("winter", filters={"tag": [value.value]}).total == value.count
        (chosen,) = engine.search("winter", facets=["tag"], filters='tag = "ice"').facets
        assert [value.value for value in chosen.values if value.selected] == ["Ice"]


def test_values_that_are_chosen_are_marked_and_kept(engine: Engine) -> None:
    section, year, date = engine.search(
        "*",
        filters=[{"section": ["moon", "nowhere"]}, "year IN [2024, 2025]", "date = 2024"],
        facets=["section", "year", "date"],
        facet_limit=1,
    ).facets
    assert {value.value: value.selected for value in section.values}["Moon"]
    assert section.values[-1] == FacetValue("nowhere", 0, True)
    assert {value.value for value in year.values if value.selected} == {"2024", "2025"} & set(counted(year))
    assert date.interval in ("month", "year")
    assert all(value.selected == value.value.startswith("2024") for value in date.values)


def test_numbers_have_their_lowest_and_highest(engine: Engine) -> None:
    words, year = engine.search("*", facets=["words", "year"]).facets
    lengths = [len(article.body.split()) for article in ARTICLES]
    assert (words.values, words.least, words.most) == ((), min(lengths), max(lengths))
    assert (year.least, year.most) == (2024, 2026)
    (nothing,) = engine.search("nowhere", facets=["words"]).facets
    assert (nothing.least, nothing.most) == (None, None)
    assert facet_to_dict(words) == {
        "field": "words",
        "values": [],
        "distinct": 0,
        "least": words.least,
        "most": words.most,
    }


def test_all_that_can_be_counted(engine: Engine) -> None:
    names = [facet.field for facet in engine.search("*", facets=["*", "section"]).facets]
    assert names == list(engine.index().schema.countable)


def test_values_are_looked_for_in_a_facet(engine: Engine) -> None:
    facet = engine.facet("author", containing="LEE")
    assert counted(facet) == {"Ann Lee": sum("Ann Lee" in article.authors for article in ARTICLES)}
    narrowed = engine.facet("author", query="zorg", filters="site = North", limit=1)
    assert len(narrowed.values) == 1
    assert narrowed.distinct == 3


@pytest.mark.parametrize("name", ["title", "id", "colour", "url"])
def test_a_field_without_a_facet_is_named(engine: Engine, name: str) -> None:
    with pytest.raises(QueryError, match=f"'{name}' has no facet; possible are section, site"):
        engine.search("*", facets=[name])


def test_facets_have_bounds(engine: Engine) -> None:
    with pytest.raises(QueryError, match="must lie between 0 and 1000, not be 5000"):
        engine.search("*", facets=["section"], facet_limit=5000)
