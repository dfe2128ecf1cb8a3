"""Sections, tags, places and authors are found by plain words as the words of texts are, and count little."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article, Dateline
from readmore import open_engine
from search.engine import Engine
from search.query.whole_names import whole_keys
from tests.memory.kinds import KINDS, engine_over

BODY = "People spoke about this at length and nobody was surprised."
ARTICLES = [
    Article(id="count", title="Vote count", body=BODY, tags=("climate change",)),
    Article(id="change", title="Climate and change", body=BODY),
    Article(id="match", title="Match report", body=BODY, section="Sport"),
    Article(id="tv", title="Sport on TV", body=BODY),
    Article(id="strike", title="Strike", body=BODY, dateline=Dateline(place="New York", agency="")),
    Article(id="year", title="A new year in York", body=BODY),
    Article(id="reopen", title="Schools reopen", body=BODY, authors=("Tom Green",)),
    Article(id="sails", title="Tom sails", body=BODY),
    Article(id="energy", title="Green energy for schools", body=BODY),
    Article(id="servers", title="Servers moved", body=BODY, section="IT"),
    Article(id="out", title="A night out", body=BODY, tags=("The Who",)),
    Article(id="do", title="An interview", body=BODY, authors=("An Do",)),
    Article(id="map", title="A map", body=BODY, section="US"),
    Article(id="go", title="Let us go", body=BODY),
    Article(id="code", title="Code", body=BODY, tags=("C++", "C#", ".NET")),
    Article(id="vitamin", title="Vitamin C", body=BODY),
    Article(id="gains", title="Net gains", body=BODY),
    Article(id="budget", title="Budget up", body=BODY, tags=("R&D",)),
    Article(id="kelly", title="R. Kelly in D.C.", body=BODY),
    Article(id="ask", title="Ask them", body=BODY, section="Q&A"),
    Article(id="film", title="Q: a film", body=BODY),
    Article(id="cafe", title="Tee", body="Das Cafe am Ring.", authors=("Jürgen Groß",), tags=("Café",), language="de"),
    Article(id="gross", title="Der Jürgen und der Ring, groß", body="Er kam.", language="de"),
    Article(id="snow", title="Снег идёт", body="Он идёт.", tags=("Наука и жизнь",), language="ru"),
    Article(id="life", title="Жизнь: наука", body="Она идёт.", language="ru"),
    Article(id="luxun", title="故事", body="一天。", authors=("鲁迅",), language="zh"),
    Article(id="about", title="鲁迅传", body="一天。", language="zh"),
]


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, ARTICLES, tmp_path_factory.mktemp("named")) as engine:
        yield engine


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("climate change", ["change", "count"]),
        ("sport", ["tv", "match"]),
        ("new york", ["year", "strike"]),
        ("green", ["energy", "reopen"]),
        ("tom green schools", ["reopen", "energy", "sails"]),
        ("it", ["servers"]),
        ("the who", ["out"]),
        ("An Do", ["do"]),
        ("US", ["go", "map"]),
        ("Café", ["cafe"]),
        ("наука жизнь", ["life", "snow"]),
    ],
)
def test_names_are_found_beside_texts_with_their_words(engine: Engine, query: str, found: list[str]) -> None:
    result = engine.search(query)
    assert [hit.article.id for hit in result.hits] == found
    assert result.total == len(found)
    assert not any("only titles" in note for note in result.notes)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        *[("C++", "code"), ("c#", "code"), (".NET", "code"), ("R&D", "budget"), ("r & d budget", "budget")],
        *[("Q&A", "ask"), ("tom green's schools", "reopen"), ("jurgen gross ring", "cafe"), ("net", "gains")],
        *[("r", "kelly"), ("vitamin c", "vitamin")],
    ],
)
def test_a_name_with_signs_and_all_of_a_persons_name_come_first(engine: Engine, query: str, first: str) -> None:
    assert engine.search(query).hits[0].article.id == first


def test_what_is_found_by_names_is_the_same_in_every_order_on_every_page_and_in_facets(engine: Engine) -> None:
    for query in ("climate change", "tom green schools", "sport", "the who"):
        found = [hit.article.id for hit in engine.search(query).hits]
        assert sorted(hit.article.id for hit in engine.search(query, sort="newest").hits) == sorted(found)
        pages = [engine.search(query, limit=1, offset=place) for place in range(len(found))]
        assert [page.hits[0].article.id for page in pages] == found
        assert {page.total for page in pages} == {len(found)}
    facet = engine.search("sport", facets=["section"]).facets[0]
    assert [(value.value, value.count) for value in facet.values] == [("Sport", 1)]
    assert engine.search("sport", filters={"section": ["Sport"]}).total == 1


def test_the_answer_says_which_name_an_article_has(engine: Engine) -> None:
    said = {hit.article.id: hit.explanation for hit in engine.search("climate change", explain=True).hits}
    assert said["count"] is not None
    assert said["count"].sentence == "Its tag has 'climate change'."
    assert any(part.what.startswith("names: ") for part in said["count"].parts)


def test_a_tag_of_many_articles_comes_behind_what_is_written_of_it(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        tagged = [Article(id=f"t{n}", title=f"Day {n}", body=f"{BODY} {n}", tags=("design",)) for n in range(200)]
        written = [Article(id=f"w{n}", title=f"Design of a boat {n}", body=BODY) for n in range(5)]
        archive.add([*tagged, *written, *[Article(id=f"o{n}", title=f"Other {n}", body=BODY) for n in range(50)]])
        result = engine.search("design", limit=205)
        assert result.total == 205
        assert {hit.article.id for hit in result.hits[:5]} == {article.id for article in written}
        assert {hit.article.id for hit in result.hits} == {article.id for article in (*tagged, *written)}


def test_names_of_articles_that_are_gone_or_hidden_find_nothing(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(ARTICLES[:2])
        archive.remove(["count"])
        assert [hit.article.id for hit in engine.search("climate change").hits] == ["change"]


def test_what_tells_that_a_text_is_a_name() -> None:
    assert whole_keys("Science and Tech", "section") == {"scienceandtech", "sciencetech"}
    assert whole_keys("C++", "tag") == {"c++"}
    assert whole_keys("R & D", "tag") == {"r&d"}
    assert whole_keys("Baker, Catherine", "author") == {"bakercatherine", "catherinebaker"}
    assert "ursulaleguin" in whole_keys("Ursula K. Le Guin", "author")
    assert whole_keys("&", "tag") == set()
