"""The examples in the docstrings of what works on whole arrays are true."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from recommender.corpus import cosines, terms
from recommender.corpus.cosines import gram
from recommender.local import statistics
from recommender.ranking.pairwise import _Entries, _products

LUNAR, MOON, PROBE = 0, 1, 2


@pytest.mark.parametrize("module", [cosines, statistics, terms])
def test_the_examples_that_can_be_run(module: object) -> None:
    tried, failed = 0, 0
    for example in doctest.DocTestFinder().find(module, extraglobs={"np": np}):  # type: ignore[arg-type]
        outcome = doctest.DocTestRunner().run(example)
        tried, failed = tried + outcome.attempted, failed + outcome.failed
    assert tried > 0
    assert failed == 0


def test_products_of_three_articles() -> None:
    weight = np.array([0.6, 0.6, 0.8, 1.0, 0.8], np.float32)
    entries = _Entries(
        terms=np.array([LUNAR, MOON, PROBE], np.uint64),
        number=np.array([LUNAR, LUNAR, MOON, MOON, PROBE]),
        owner=np.array([0, 2, 0, 1, 2]),
        place=np.array([1, 3, 0, 2, 4]),
        weight=weight,
        flags=np.zeros(5, np.uint8),
    )
    products = _products(3, entries)
    assert products.whole == pytest.approx(np.array([[1, 0.8, 0.36], [0.8, 1, 0], [0.36, 0, 1]]), abs=1e-6)
    assert products.title.tolist() == np.zeros((3, 3)).tolist()  # no term is in a title


def test_gram_is_the_matrix_product_whatever_its_parts() -> None:
    rows = np.random.default_rng(5).standard_normal((60, 300)).astype(np.float32)
    assert gram(rows) == pytest.approx(rows @ rows.T, abs=1e-3)
