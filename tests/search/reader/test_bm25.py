"""idf and the best k by hand; their laws are in tests/oracle/test_scores.py."""

from __future__ import annotations

import math

import numpy as np
import pytest

from search.reader.bm25 import idf, top_k


@pytest.mark.parametrize(
    ("num_docs", "df", "expected"),
    [
        (10, 1, math.log(1 + 9.5 / 1.5)),
        (10, 10, math.log(1 + 0.5 / 10.5)),
        (1, 1, math.log(1 + 0.5 / 1.5)),
        (1, 0, math.log(1 + 1.5 / 0.5)),
        (0, 0, math.log(2)),
        (10**9, 1, math.log(1 + (10**9 - 0.5) / 1.5)),
    ],
)
def test_idf(num_docs: int, df: int, expected: float) -> None:
    assert idf(num_docs, df) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("scores", "k", "expected"),
    [
        ([], 3, []),
        ([1.0], 0, []),
        ([1.0, 3.0, 2.0], 2, [1, 2]),
        ([1.0, 3.0, 2.0], 9, [1, 2, 0]),
        ([2.0, 2.0, 2.0, 2.0], 2, [0, 1]),
        ([0.0, 5.0, 5.0, 0.0, 7.0], 2, [4, 1]),
        ([-1.0, -2.0, -1.0], 2, [0, 2]),
        ([-math.inf, 0.0], 1, [1]),
    ],
)
def test_the_best_k(scores: list[float], k: int, expected: list[int]) -> None:
    assert top_k(np.array(scores, np.float32), k).tolist() == expected


@pytest.mark.parametrize("k", [1, 10, 400])
@pytest.mark.parametrize("values", ["different", "few", "mostly zero", "all equal"])
def test_the_best_of_many_scores_are_those_of_a_full_sort(values: str, k: int) -> None:
    rng = np.random.default_rng(5)
    for count in (200, 4096, 40_000, 100_000):
        scores = {
            "different": rng.random(count),
            "few": rng.integers(0, 30, count),
            "mostly zero": rng.random(count) * (rng.random(count) < 0.001),
            "all equal": np.ones(count),
        }[values].astype(np.float32)
        assert np.array_equal(top_k(scores, k), np.argsort(-scores, kind="stable")[:k])


@pytest.mark.parametrize("n", [300, 1024, 1025, 3000])
@pytest.mark.parametrize("k", [1, 10, 299, 900, 5000])
def test_the_best_are_the_same_however_many_there_are(n: int, k: int) -> None:
    for different in (3, 100, 1_000_000):
        scores = np.random.default_rng(k).integers(0, different, n).astype(np.float32)
        assert top_k(scores, k).tolist() == sorted(range(n), key=lambda place: (-scores[place], place))[:k]
