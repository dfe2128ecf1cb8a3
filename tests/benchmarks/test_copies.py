"""The measurement of copies."""

from __future__ import annotations

from benchmarks.copies import measure


def test_copies_are_found_and_little_else() -> None:
    figures = measure(1500)
    assert figures["articles"] > 1400
    assert figures["copies"] > 50
    assert figures["found"] >= 0.98
    assert figures["wrongly_joined"] <= 0.005
    assert figures["processor_seconds"] > 0
