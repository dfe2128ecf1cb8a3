"""Headlines typed or pasted into the box find their own article first."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from search.lexical.leg import PlainWords
from search.query.parser import parse
from search.ranking.headline import Titles
from search.reader.index import Docs, Scores

FIGURES = [f"{a}.{b}.{c}" for a in (1, 2, 3) for b in (1, 2, 3) for c in (1, 2, 3)]
OTHERS = (
    Article(id="not", title="COUNCIL DOES NOT SELL HARBOUR", body="It was offered and it stays."),
    Article(
        id="sell", title="Harbour council", body="The council would sell the harbour. Sell, said the council. " * 3
    ),
    Article(id="quoted", title="Mayor: “The harbour stays”", body="So it was said."),
    Article(id="stays", title="The harbour stays and stays", body="Harbour, mayor, stays. " * 5),
    Article(id="order", title="A slow boat under the bridge", body="It got through."),
    Article(id="other", title="Bridge", body="The boat, the boat; slow, slow. A slow bridge and a slow boat."),
)


@pytest.fixture(scope="module", params=["with vectors", "words alone"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Releases whose figures are all the same but for their order, and whose texts have one another's."""
    chance = random.Random(2)
    releases = [
        Article(
            id=f"r{figures.replace('.', '')}",
            title=f"Pump {figures} released",
            body=f"Pump {figures} mends what was wrong in {chance.choice(FIGURES)}. " * chance.randint(1, 9),
        )
        for figures in FIGURES
    ]
    folder: Path = tmp_path_factory.mktemp("headlines")
    with Archive.create(folder) as archive:
        archive.add([*releases, *OTHERS])
        if request.param == "with vectors":
            archive.maintain()
    with open_engine(folder) as opened:
        yield opened


def ids(engine: Engine, query: str, limit: int = 10) -> list[str]:
    return [hit.article.id for hit in engine.search(query, limit=limit).hits]


def test_every_headline_finds_its_article_first(engine: Engine) -> None:
    for figures in FIGURES:
        for query in (f"Pump {figures} released", f"PUMP {figures} RELEASED", f"pump  {figures}  released."):
            assert ids(engine, query)[0] == f"r{figures.replace('.', '')}", query


def test_headlines_with_signs_of_the_query_language(engine: Engine) -> None:
    for article in OTHERS:
        assert ids(engine, article.title)[0] == article.id


def test_a_headline_that_would_exclude_itself_is_read_as_words(engine: Engine) -> None:
    answer = engine.search("COUNCIL DOES NOT SELL HARBOUR")
    assert answer.hits[0].article.id == "not"
    assert answer.notes == ("all of this is in capitals: searched for all words, 'NOT' among them",)
    assert "sell" not in ids(engine, "council NOT sell")
    assert engine.search("council NOT sell").notes == ("no article meets all of this",)


def test_words_in_the_order_of_a_title_count_for_more(engine: Engine) -> None:
    assert ids(engine, "slow boat bridge")[0] == "order"
    assert ids(engine, "boat slow bridge")[0] == "other"


def test_a_condition_still_holds(engine: Engine) -> None:
    assert "order" not in ids(engine, "slow boat bridge -got", 100)
    assert ids(engine, "section:x") == []
    assert not engine.search("Pump 1.1.1 released", filters={"section": ["x"]}).hits


def test_pages_fit_together_and_explanations_add_up(engine: Engine) -> None:
    query = "Pump 2.1.3 released"
    whole = engine.search(query, limit=40)
    pages = [hit.article.id for start in range(0, 40, 7) for hit in engine.search(query, limit=7, offset=start).hits]
    assert pages == [hit.article.id for hit in whole.hits]
    for hit in (whole.hits[0], whole.hits[5]):
        explanation = engine.explain(query, hit.article.id)
        assert explanation is not None
        assert explanation.value == pytest.approx(hit.score, abs=1e-5)
        assert sum(part.value for part in explanation.parts) == pytest.approx(hit.score, abs=1e-5)
        assert any(part.what.startswith("headline") for part in explanation.parts)
    assert whole.hits[0].score > whole.hits[1].score


def test_of_a_word_alone_only_titles_that_are_it_are_looked_up(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[int] = []

    def scores_of(matches: PlainWords, docs: Docs) -> tuple[Scores, NDArray[np.bool_]]:
        looked_up.append(len(docs))
        return of_docs(matches, docs)

    of_docs = PlainWords.scores_of
    monkeypatch.setattr(PlainWords, "scores_of", scores_of)
    index, query = engine.index(), parse("bridge")
    assert len(index.titles_with([("bridg",)], 1)[0]) == 2
    assert len(Titles.of(index, query, index.match(query, None, []))) == looked_up[0] == 1


REVIEWS = ("It", "Up", "Us", "Them", "The Who", "Der Untergang", "Elle", "Her")


def test_of_titles_that_are_the_query_those_with_its_stop_words_come_first(tmp_path: Path) -> None:
    titles = [f"{name}: a review" for name in REVIEWS]
    with Archive.create(tmp_path) as archive:
        archive.add(
            [
                *(
                    Article(id=f"r{n}", title=title, body=f"{title}. It was seen by us.")
                    for n, title in enumerate(titles)
                ),
                *(Article(id=f"g{n}", title=f"Garden {n}", body="Roses.") for n in range(9)),
            ]
        )
    with open_engine(tmp_path) as engine:
        for n, name in enumerate(REVIEWS):
            assert ids(engine, f"{name.lower()} review")[0] == f"r{n}"
            assert ids(engine, f"review: {name}")[0] == f"r{n}"
        assert set(ids(engine, "what review")[:4]) <= {f"r{n}" for n in range(len(REVIEWS))}  # which no title has


def test_of_titles_with_the_same_stems_the_one_that_is_typed_comes_first(tmp_path: Path) -> None:
    titles = {"root": ("Root", "Root, root and root."), "roots": ("Roots", f"A slang term. {'It grew and grew. ' * 9}")}
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id=name, title=title, body=body) for name, (title, body) in titles.items()])
    with open_engine(tmp_path) as opened:
        assert ids(opened, "roots") == ["roots", "root"]
        assert ids(opened, "root") == ["root", "roots"]
        assert len(ids(opened, "rooting")) == 2  # which none is
