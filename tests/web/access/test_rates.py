"""Token buckets, one a caller."""

from __future__ import annotations

import os
import signal

from web.access.rates import Buckets


def test_a_bucket_fills_again_and_never_over_its_brim() -> None:
    now = [0.0]
    buckets = Buckets(clock=lambda: now[0])

    def take() -> bool:
        return buckets.take("a", 2.0, 3) == 0

    assert [take() for _ in range(4)] == [True, True, True, False]
    now[0] = 1.0
    assert [take() for _ in range(3)] == [True, True, False]
    now[0] = 1000.0
    assert [take() for _ in range(4)] == [True, True, True, False]


def test_whoever_must_wait_is_told_how_long() -> None:
    buckets = Buckets(clock=lambda: 0.0)
    assert buckets.take("a", 0.5, 1) == 0
    assert buckets.take("a", 0.5, 1) == 2.0
    assert buckets.take("b", 0.5, 1) == 0, "another caller has a bucket of its own"


def test_the_callers_that_are_remembered_are_bounded() -> None:
    buckets = Buckets(most=100, clock=lambda: 0.0)
    size = len(buckets._memory.bytes)
    for number in range(10_000):
        buckets.take(f"caller {number}", 1.0, 1)
    assert len(buckets._memory.bytes) == size < 10_000
    assert buckets.take("caller 9999", 1.0, 1) > 0, "the latest are"


def test_processes_count_together() -> None:
    buckets = Buckets(clock=lambda: 0.0)
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            os._exit(sum(buckets.take("a", 1.0, 100) == 0 for _ in range(40)))
        children.append(child)
    passed = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert sum(passed) == 100
    assert buckets.take("a", 1.0, 100) > 0


def test_who_dies_while_it_counts_keeps_nobody_from_it() -> None:
    buckets = Buckets(clock=lambda: 0.0)
    child = os.fork()
    if child == 0:
        with buckets._memory.writing():
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert buckets.take("a", 1.0, 1) == 0


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    now = [100.0]
    buckets = Buckets(clock=lambda: now[0])
    assert buckets.take("a", 1.0, 3) == 0
    now[0] = 0.0
    assert [buckets.take("a", 1.0, 3) == 0 for _ in range(3)] == [True, True, False]
