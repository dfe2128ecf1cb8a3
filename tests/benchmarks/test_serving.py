"""What the benchmark of the service asks for, and how it reads what wrk says."""

from __future__ import annotations

import os

import pytest

from benchmarks import serving
from tests.web.fake_backend import archive


@pytest.mark.parametrize(
    ("text", "milliseconds"), [("640.00us", 0.64), ("24.12ms", 24.12), ("1.33s", 1330.0), ("2.00m", 120_000.0)]
)
def test_times_as_wrk_writes_them(text: str, milliseconds: float) -> None:
    assert serving._ms(text) == milliseconds


def test_the_same_paths_are_asked_for_every_time() -> None:
    queries, blocks = serving.paths_of(archive())
    assert (queries, blocks) == serving.paths_of(archive())
    assert queries
    assert all(set(query.split("+")) <= {"rocket", "leaves", "launchpad", "orbit"} for query in queries)
    assert sorted(blocks) == sorted(f"/api/block/{article.id}" for article in archive())


def test_processor_time_of_processes() -> None:
    before = serving._cpu_seconds([os.getpid()])
    while serving._cpu_seconds([os.getpid()]) < before + 0.05:
        sum(range(100_000))
    assert serving.private_mib(os.getpid()) > 1
