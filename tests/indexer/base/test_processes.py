"""Work map_in_processes over processes: all of it is done, whichever process does it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from indexer.base.processes import CHUNK, FEW, map_in_processes


@contextmanager
def _adding(number: int) -> Iterator[Callable[[Sequence[int]], tuple[int, list[int]]]]:
    open_now = [True]

    def add(items: Sequence[int]) -> tuple[int, list[int]]:
        assert open_now[0], "what the work needs was closed before it was done"
        return os.getpid(), [item + number for item in items]

    yield add
    open_now[0] = False


@pytest.mark.parametrize("count", [0, 1, CHUNK, FEW, FEW + 1, 5 * FEW])
@pytest.mark.parametrize("workers", [1, 2])
def test_every_item_is_worked_on_once(count: int, workers: int) -> None:
    parts = list(map_in_processes(_adding, (7,), range(count), workers))
    assert sorted(item for _, items in parts for item in items) == [item + 7 for item in range(count)]
    assert (os.getpid() in {process for process, _ in parts}) == (0 < count <= FEW or (count > 0 and workers == 1))
