"""The cut-off: what only has the commonest words of a query is a tail that means nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from search.ranking.cutoff import LEAST_SIMILARITY, NOT_KNOWN, Usual

FILLER = "orbit crater rover lander probe dust ridge basalt plume crew".split()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("cutoff") / "archive"
    articles = [
        Article(
            id=f"a{n}", title=f"work on the {FILLER[n % 10]}", body=f"work {FILLER[n % 7]} {FILLER[n % 3]} unique{n}"
        )
        for n in range(60)
    ]
    articles += [Article(id=f"h{n}", title="at home", body=f"home {FILLER[n]}") for n in range(5)]
    with Archive.create(folder) as archive:
        archive.add(articles)
    with open_engine(folder) as engine:
        yield engine


def found(engine: Engine, query: str, **options: object) -> set[str]:
    return {hit.article.id for hit in engine.search(query, limit=1000, **options).hits}  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [1, 2, 3, 50, 51, 1000])
def test_the_usual_cosine_is_the_median(n: int) -> None:
    cosines = np.random.default_rng(n).random(n).astype(np.float32)
    assert Usual.of(cosines).middle == float(np.median(cosines))
    assert Usual.of(np.round(cosines, 1)).middle == float(np.median(np.round(cosines, 1)))


def test_the_tail_is_not_found(engine: Engine) -> None:
    assert found(engine, "work home") == {f"h{n}" for n in range(5)}
    assert len(found(engine, "work")) == 60
    assert found(engine, "work unique7") == {"a7"}
    assert len(found(engine, "work OR home")) == len(found(engine, "work home"))  # plain words as well
    assert len(found(engine, "+work home")) == 60  # what is required is no tail


def test_a_synonym_carries_the_weight_of_its_word(engine: Engine) -> None:
    assert engine.folder is not None
    assert len(found(engine, "work residence")) == 60
    rules = engine.folder.path / "rules.yaml"
    rules.write_text("- synonyms: [residence, home]\n- synonyms: [domicile, at home]\n", "utf-8")
    try:
        with open_engine(engine.folder.path) as ruled:
            assert found(ruled, "work residence") == {f"h{n}" for n in range(5)}
            assert found(ruled, "work domicile") == {f"h{n}" for n in range(5)}
    finally:
        rules.unlink()


def test_totals_are_the_same_on_every_page_and_in_every_order(engine: Engine) -> None:
    for query in ("work home", "work crater unique3 unique4"):
        whole = engine.search(query, limit=1000)
        assert len(whole.hits) == whole.total
        for options in ({"offset": 3}, {"limit": 0}, {"sort": "newest"}, {"offset": 500}, {"recency": "strong"}):
            assert engine.search(query, **options).total == whole.total  # type: ignore[arg-type]


def test_where_none_has_enough_any_word_will_do(engine: Engine) -> None:
    words = [f"unique{n}" for n in range(20)]
    assert found(engine, " ".join(words)) == {f"a{n}" for n in range(20)}


def test_words_that_no_article_has_count_for_nothing(engine: Engine) -> None:
    assert found(engine, "home nowhere nobody") == {f"h{n}" for n in range(5)}
    assert found(engine, "nowhere nobody") == set()


@pytest.mark.parametrize("filters", [{"id": "a3"}, "id IN [h1, a3]"])
def test_a_filter_only_chooses_among_what_is_found(engine: Engine, filters: object) -> None:
    for query in ("work home", "crater work", "unique3 home"):
        assert found(engine, query, filters=filters) == found(engine, query) & found(engine, "*", filters=filters)


def test_what_is_usual_is_told_by_the_lower_half() -> None:
    few = np.array([0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.9, 0.95, 0.97], np.float32)
    cosines = np.repeat(few, 8)
    usual = Usual.of(cosines)
    assert usual.middle == pytest.approx(0.3)
    assert usual.deviation == pytest.approx(np.sqrt((2 * 0.2**2 + 2 * 0.1**2) / 6))
    assert (Usual.of(few).middle, Usual.of(few).deviation) == (usual.middle, 0)  # so few say nothing of it
    assert usual.lowest == 0
    assert Usual.of(cosines - np.float32(0.5)).lowest == pytest.approx(-0.4)
    assert Usual.of(cosines[:0]) == NOT_KNOWN


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_near_is_relative_to_what_is_usual_in_a_space(shift: float) -> None:
    rng = np.random.default_rng(3)
    usual = Usual.of((rng.normal(0, 0.05, 1000) + shift).astype(np.float32))
    assert usual.near(1.0) == pytest.approx(usual.middle + (1 - usual.middle) / 2)
    assert usual.near(usual.middle + 0.2) == pytest.approx(max(LEAST_SIMILARITY, shift + 0.15), abs=0.01)
    assert usual.middle < usual.standing_out() < usual.near(1.0)
