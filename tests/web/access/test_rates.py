"""Token buckets, one a caller."""

from __future__ import annotations

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
    for number in range(10_000):
        buckets.take(f"caller {number}", 1.0, 1)
    assert len(buckets._buckets) == 100
    assert buckets.take("caller 9999", 1.0, 1) > 0, "the latest are"
