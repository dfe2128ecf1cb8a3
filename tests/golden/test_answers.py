"""Answers on the sample archive are those that were kept: a change of structure changes no ranking."""

from __future__ import annotations

from typing import Any

import pytest

from tests.golden.answers import answers_of_sample, queries, read_golden

TOLERANCE = 5e-4  # of scores, which linear algebra on another processor may change in the last digits


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    answers = answers_of_sample(tmp_path_factory.mktemp("sample"))
    return list(zip(read_golden(), answers, strict=True))


def test_two_hundred_queries_and_every_article_are_kept() -> None:
    kept = read_golden()
    assert [answer["search"] for answer in kept if "search" in answer] == queries()
    assert len(queries()) == 200
    assert sum("related" in answer for answer in kept) == sum("block" in answer for answer in kept) == 154


@pytest.mark.parametrize("kind", ["search", "related", "block"])
def test_answers_are_as_kept(pairs: list[tuple[dict[str, Any], dict[str, Any]]], kind: str) -> None:
    different = [(before, now) for before, now in pairs if kind in before and not _equal(before, now)]
    assert not different, f"{len(different)} differ, the first:\nkept {different[0][0]}\nnow  {different[0][1]}"


def _equal(before: Any, now: Any) -> bool:
    """Equal but for the last digits of scores."""
    if isinstance(before, float) and isinstance(now, float):
        return abs(before - now) <= TOLERANCE
    if isinstance(before, list) and isinstance(now, list):
        return len(before) == len(now) and all(map(_equal, before, now))
    if isinstance(before, dict) and isinstance(now, dict):
        return before.keys() == now.keys() and all(_equal(value, now[key]) for key, value in before.items())
    return bool(before == now)
