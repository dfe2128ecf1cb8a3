"""Comparing sign codes: every distance is right, and the smallest are found whatever they are like."""

from __future__ import annotations

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
from numpy.typing import NDArray

from search.vector import hamming
from search.vector.hamming import OUT, Comparison, smallest
from tests.faults import in_child


@pytest.mark.parametrize(("words", "n"), [(1, 5), (2, 1), (3, 100), (24, 7), (8, 1000), (2, 2 * hamming._BLOCK + 11)])
def test_distances_are_the_numbers_of_bits_that_differ(words: int, n: int) -> None:
    chance = np.random.default_rng(words)
    codes = chance.integers(0, 1 << 64, (n, words), np.uint64)
    wanted = chance.integers(0, 1 << 64, words, np.uint64)
    codes[0], codes[-1] = wanted, ~wanted  # as near and as far as can be
    expected = np.bitwise_count(codes ^ wanted).sum(axis=1)
    assert Comparison(codes, wanted).distances().tolist() == expected.tolist()


def test_no_codes_have_no_distances() -> None:
    assert len(Comparison(np.zeros((0, 4), np.uint64), np.zeros(4, np.uint64)).distances()) == 0


def test_what_nobody_else_has_begun_with_is_compared_by_the_one_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = ThreadPoolExecutor(1)
    monkeypatch.setattr(hamming, "helpers", lambda: busy)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    codes = np.random.default_rng(4).integers(0, 1 << 64, (2 * hamming._BLOCK + 1, 1), np.uint64)
    going_on = Event()
    busy.submit(going_on.wait, 60)
    try:
        expected = np.bitwise_count(codes ^ codes[5]).sum(axis=1)
        assert np.array_equal(Comparison(codes, codes[5]).distances(), expected)
        assert not going_on.is_set()
    finally:
        going_on.set()
        busy.shutdown()


def test_a_forked_process_compares_codes_in_threads_of_its_own() -> None:
    codes = np.random.default_rng(4).integers(0, 1 << 64, (2 * hamming._BLOCK, 1), np.uint64)
    expected = Comparison(codes, codes[0]).distances()  # by now the threads are there

    def compared() -> None:
        signal.alarm(60)  # for one that waits for threads that did not come along
        assert np.array_equal(Comparison(codes, codes[0]).distances(), expected)

    assert in_child(compared) == 0


@pytest.mark.parametrize("n", [0, 10, 1000, hamming._SAMPLED * 2])
@pytest.mark.parametrize("spread", [1, 5, 400])
@pytest.mark.parametrize("k", [1, 7, 3000])
def test_the_smallest_are_found(n: int, spread: int, k: int) -> None:
    distance = np.random.default_rng(n).integers(0, spread, n).astype(np.float32)
    found = smallest(distance, k)
    assert min(k, n) <= len(found) <= max(2 * k, min(k, n))
    assert (np.diff(found) > 0).all()
    left = np.delete(distance, found)
    assert not len(left) or not len(found) or distance[found].max() <= left.min()


def test_the_smallest_are_found_where_the_sample_misleads() -> None:
    distance = np.full(hamming._SAMPLED * 2, 500, np.float32)
    distance[:: hamming._STRIDE] = 900  # the sample knows nothing of the others
    distance[3:2000:5] = 100
    distance[3:2000:85] = 900
    near = np.flatnonzero(distance == 100)
    assert set(near.tolist()) <= set(smallest(distance, len(near)).tolist())


@pytest.mark.parametrize("spread", [3, 40])
def test_only_what_is_near_by_the_sample_is_partitioned_however_many_are_equally_far_away(
    monkeypatch: pytest.MonkeyPatch, spread: int
) -> None:
    partitioned: list[int] = []

    def counted(distance: NDArray[np.float32], k: int) -> NDArray[np.int64]:
        partitioned.append(len(distance))
        return of_all(distance, k)

    of_all = hamming._smallest
    distance = np.random.default_rng(1).integers(0, spread, hamming._SAMPLED * 2).astype(np.float32)
    expected = of_all(distance, 600)
    monkeypatch.setattr(hamming, "_smallest", counted)
    assert np.array_equal(smallest(distance, 600), expected)
    assert partitioned == [int((distance <= hamming._estimated(distance, 600)).sum())]
    assert 2 * 600 < partitioned[0] < len(distance) // 2


@pytest.mark.parametrize("n", [50, hamming._SAMPLED * 2])
def test_what_is_not_to_be_found_is_not_found(n: int) -> None:
    distance = np.full(n, OUT)
    assert not len(smallest(distance, 20))
    distance[[4, 30, 44]] = 2, 3, 1
    assert smallest(distance, 20).tolist() == [4, 30, 44]
    assert smallest(distance, n).tolist() == [4, 30, 44]


def test_comparing_takes_no_references_to_none() -> None:
    codes = np.zeros((10, 4), np.uint64)
    before = sys.getrefcount(None)
    for _ in range(1000):
        Comparison(codes, codes[0]).distances()
    assert sys.getrefcount(None) > before - 500
