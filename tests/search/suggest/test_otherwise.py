"""What is offered for what is typed in one or apart, with signs between, and beside words of other articles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from indexer.article.article import Article
from search.engine import Engine
from tests.memory.archive import MemoryArchive
from tests.memory.kinds import KINDS, engine_over

START = datetime(2024, 1, 1, tzinfo=UTC)
TITLES = {
    "wi-fi": "Wi-Fi for all trains",
    "node": "Node.js is released",
    "covid": "COVID-19 in numbers",
    "bull": "Red Bull wins again",
    "starliner": "Starliner returns",
    "jet": "F-35 grounded",
    "macbook": "MacBook Pro review",
    "github": "GitHub is down",
    "his": "Her GitHub and his",
    "git": "Git has a new command",
    "version": "Python 2.7.1 is out",
    "other-version": "Python 1.7.2 released",
    "cloud-gov": "Cloud.gov opens",
    "cloud": "The cloud is big",
    "carbon": "Carbon is counted",
    "car": "Car bombs defused",
    "day": "He goes to Davos today",
    "mail": "E-mail is old",
    "wifi-es": "La mañana y e",
    "lists": "Lists and mechanics",
    "façade": "Façade wi",
    "economy": "U.S. economy grows",
    "votes": "The U.K. votes",
}
ARTICLES = [
    Article(
        id=name.replace("ç", "c"),
        title=title,
        body=title,
        date=START + timedelta(days=day),
        authors=("Jürgen Müller",) if name == "wi-fi" else (),
    )
    for day, (name, title) in enumerate(TITLES.items())
]


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, ARTICLES, tmp_path_factory.mktemp("otherwise")) as engine:
        yield engine


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("wifi", {"wi-fi": ["Wi-Fi"]}),
        ("wifi trains", {"wi-fi": ["Wi-Fi", "trains"]}),
        ("wif", {"wi-fi": ["Wi-F"]}),
        ("nodejs", {"node": ["Node.js"]}),
        ("covid19", {"covid": ["COVID-19"]}),
        ("covid1", {"covid": ["COVID-1"]}),
        ("redbull", {"bull": ["Red Bull"]}),
        ("redbu", {"bull": ["Red Bu"]}),
        ("Red Bull", {"bull": ["Red", "Bull"]}),
        ("star liner", {"starliner": ["Starliner"]}),
        ("star li", {"starliner": ["Starli"]}),
        ("f35", {"jet": ["F-35"]}),
        ("macbookpro rev", {"macbook": ["MacBook Pro", "rev"]}),
        ("git h", {"git": ["Git", "h"], "his": ["GitH"], "github": ["GitH"]}),  # as it is typed first
        ("2.7.1", {"version": ["2", "7", "1"], "other-version": ["1", "7", "2"]}),
        ("1.7.2", {"other-version": ["1", "7", "2"], "version": ["2", "7", "1"]}),
        ("cloudg", {"cloud-gov": ["Cloud.g"]}),  # and not what "cloud" would be a slip of
        ("carb", {"carbon": ["Carb"]}),  # and not "car b..."
        ("toda", {"day": ["toda"]}),
        ("us e", {"economy": ["U.S", "e"]}),
        ("us economy", {"economy": ["U.S", "economy"]}),
        ("uk v", {"votes": ["U.K", "v"]}),
        ("bullred", {}),
        ("he go", {"day": ["He", "go"]}),
    ],
)
def test_headlines_in_other_spellings(engine: Engine, typed: str, expected: dict[str, list[str]]) -> None:
    found = engine.suggest(typed).articles
    marked = {of.article.id: [of.title.text[start:end] for start, end in of.title.marks] for of in found}
    assert list(marked.items()) == list(expected.items())


@pytest.mark.parametrize(
    ("typed", "queries"),
    [
        ("star lis", ()),  # no article has both
        ("jurgen m", ()),  # a name that stands in no text
        ("cloud mech", ()),
        ("git comm", ("git command",)),
        ("mechanics li", ("mechanics lists",)),
        ("e-ma", ("e-mail",)),  # and not a word that stands elsewhere
        ("wi-fa", ()),
        ("wi-f", ("wi-fi",)),
        ("the-b", ()),
        ("wi fa", ("wi façade",)),  # in any order where there is no sign
    ],
)
def test_queries_are_such_that_articles_have(engine: Engine, typed: str, queries: tuple[str, ...]) -> None:
    assert engine.suggest(typed).queries == queries
    for query in queries:
        assert engine.search(query).total


def test_what_stands_next_to_the_word_before_comes_first() -> None:
    articles = [
        Article(id="snow", title="A", body="Said Aaron Snow, who has snippets, snippets and snippets."),
        Article(id="other", title="B", body="More snippets."),
    ]
    engine = MemoryArchive(articles).engine()
    assert engine.suggest("aaron sn").queries == ("aaron snow", "aaron snippets")
