"""Words that an article has in a row count for more than the same words apart."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from search.query.parser import parse
from search.ranking.proximity import BEST, PROXIMITY, NeighbouringWords

WORDS = "harbour council ferry winter budget bridge lantern mayor island market river stone".split()
SENTENCE = "The mayor counted every lantern on the island before winter"


@pytest.fixture(scope="module", params=["with vectors", "words alone"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Texts of the same words in any order, longer ones with more of them, and one that has a sentence."""
    chance = random.Random(5)
    texts = [" ".join(chance.choices(WORDS, k=40)) for _ in range(3 * BEST)]
    others = [Article(id=f"n{n}", title=f"Note {n}", body=f"{text}. Counted twice.") for n, text in enumerate(texts)]
    long = " ".join(chance.choices(WORDS, k=60))
    folder: Path = tmp_path_factory.mktemp("near")
    with Archive.create(folder) as archive:
        archive.add([*others, Article(id="it", title="A note", body=f"{long}. {SENTENCE}. {long}.")])
        if request.param == "with vectors":
            archive.maintain()
    with open_engine(folder) as opened:
        yield opened


def first(engine: Engine, query: str) -> str:
    return engine.search(query, limit=1).hits[0].article.id


def test_a_sentence_finds_its_article(engine: Engine) -> None:
    assert first(engine, SENTENCE) == "it"
    assert first(engine, "mayor counted every lantern on the island") == "it"


def test_the_order_of_words_counts(engine: Engine) -> None:
    words = SENTENCE.split()
    random.Random(1).shuffle(words)
    assert first(engine, SENTENCE.lower()) == "it"
    explained = {q: engine.explain(q, "it") for q in (SENTENCE, " ".join(words))}
    in_row, shuffled = (
        next((part.value for part in of.parts if part.what.startswith(PROXIMITY)), 0.0)
        for of in explained.values()
        if of is not None
    )
    assert in_row > shuffled


def test_pages_fit_together_and_explanations_add_up(engine: Engine) -> None:
    query = "winter lantern island"
    whole = engine.search(query, limit=200)
    pages = [hit.article.id for start in range(0, 200, 13) for hit in engine.search(query, limit=13, offset=start).hits]
    assert pages == [hit.article.id for hit in whole.hits]
    assert [hit.score for hit in whole.hits] == sorted((hit.score for hit in whole.hits), reverse=True)
    told = 0
    for hit in engine.search(query, limit=5, explain=True).hits:
        assert hit.explanation is not None
        assert sum(part.value for part in hit.explanation.parts) == pytest.approx(hit.score, rel=1e-4)
        told += "it has these words next to each other" in hit.explanation.sentence
    assert told


@pytest.mark.parametrize(
    "query", ["lantern", "the lantern", '"winter lantern"', "+winter lantern", "title:note winter"]
)
def test_of_a_word_alone_and_of_conditions_nothing_is_near(engine: Engine, query: str) -> None:
    assert NeighbouringWords.of(engine.index(), parse(query)) is None
