"""A headline is found by a part of it that is pasted, by the title of its page, and by its address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine

BOAT, BRIDGE = "https://example.org/2024/05/under-the-bridge", "https://example.org/2024/06/mayor-on-bridge"
ARTICLES = (
    Article(id="boat", title="A slow boat under the bridge", body="It got through.", url=BOAT),
    Article(id="mayor", title="How we run the bridge", body="The mayor on tolls.", url=BRIDGE),
    Article(id="again", title="How we run the bridge again", body="The mayor on more tolls."),
    Article(id="daily", title="Daily boats", body="The daily boat, the slow one. Slow boat daily, bridge daily. " * 4),
    Article(id="world", title="World of bridges", body="World, world: a bridge under a bridge, boat by boat. " * 4),
    *(Article(id=f"n{n}", title=f"News {n}", body="The daily world of news.") for n in range(20)),
)
HIDDEN = "- hide: boat\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pasted") / "archive"
    with Archive.create(folder) as archive:
        archive.add(ARTICLES)
    return folder


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[Engine]:
    with open_engine(folder) as opened:
        yield opened


def first(engine: Engine, query: str) -> str:
    return engine.search(query, limit=1).hits[0].article.id


@pytest.mark.parametrize("separator", [" | ", " - ", " – ", " — ", " · ", " :: ", " » ", " ‹ ", " ｜ "])
def test_the_name_of_a_site_beside_a_headline_costs_it_no_place(engine: Engine, separator: str) -> None:
    assert first(engine, f"A slow boat under the bridge{separator}The Daily") == "boat"
    assert first(engine, f"The Daily{separator}A slow boat under the bridge") == "boat"
    assert first(engine, f"A slow boat under the bridge{separator}World{separator}Daily News") == "boat"


def test_a_short_headline_beside_a_longer_name_is_no_part(engine: Engine) -> None:
    answer = engine.search("Daily boats - bridge under the world of news")
    assert answer.hits[0].article.id != "daily"


@pytest.mark.parametrize("cut", ["A slow boat un…", "A slow boat…", "a slow ...", "A SLOW BOAT UNDER THE BR"])
def test_a_headline_that_was_cut_short_is_searched_for_as_a_whole(engine: Engine, cut: str) -> None:
    answer = engine.search(cut)
    assert answer.hits[0].article.id == "boat"
    assert answer.notes == ("an article's headline goes on from this: searched for all of the headline",)
    assert answer.query == cut


@pytest.mark.parametrize("query", ["How we run…", "slow boat", "slow boat under the bridge", "slow boat under the br"])
def test_what_begins_no_headline_or_several_is_searched_for_as_typed(engine: Engine, query: str) -> None:
    assert engine.search(query).notes in ((), ("no article has 'br'",))


@pytest.mark.parametrize("address", [BOAT, f"{BOAT}?utm_source=feed#top", "example.org/2024/05/under-the-bridge"])
def test_an_address_finds_its_article(engine: Engine, address: str) -> None:
    address = address if address.startswith("http") else f"www.{address}"
    answer = engine.search(address)
    assert answer.hits[0].article.id == "boat"
    assert answer.notes == ("this is an article's address: searched for its headline",)


@pytest.mark.parametrize(
    "typed",
    [
        "example.org/2024/05/under-the-bridge",
        "//example.org/2024/05/under-the-bridge",
        "Example.org/2024/05/under-the-bridge#a",
    ],
)
def test_an_address_without_its_scheme_finds_its_article(engine: Engine, typed: str) -> None:
    answer = engine.search(typed)
    assert answer.hits[0].article.id == "boat"
    assert answer.notes == ("this is an article's address: searched for its headline",)


@pytest.mark.parametrize(
    "typed", ["example.org/2024/05/under-the-river", "node.js/bridge", "boat/bridge", "1.5/2", "boat.a/"]
)
def test_what_is_like_an_address_and_none_stays_as_typed(engine: Engine, typed: str) -> None:
    assert not any("address" in note for note in engine.search(typed).notes)


def test_an_address_that_is_of_no_article_is_searched_for_by_its_words(engine: Engine) -> None:
    assert first(engine, "https://elsewhere.example/world/daily/a-slow-boat-under-the-bridge.html") == "boat"
    plain, marked = (engine.search(f"https://elsewhere.example/daily-boat{end}").total for end in ("", "#top"))
    assert plain == marked > 0
    assert engine.search("https://elsewhere.example/qqq").total == 0


def test_nothing_is_made_of_headlines_that_editors_hide(folder: Path) -> None:
    (folder / "rules.yaml").write_text(HIDDEN, "utf-8")
    try:
        with open_engine(folder) as engine:
            for query in (BOAT, BOAT.removeprefix("https://"), "A slow boat un…"):
                answer = engine.search(query)
                assert "boat" not in [hit.article.id for hit in answer.hits]
                assert not any("headline" in note for note in answer.notes), answer.notes
    finally:
        (folder / "rules.yaml").unlink()
