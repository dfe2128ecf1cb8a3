"""The measurement of what a reader at the search box waits for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import DamerauLevenshtein

from benchmarks import search_box
from benchmarks.generate import articles


def test_every_kind_of_question_is_timed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text("".join(json.dumps(article) + "\n" for article in articles(300, 1)))
    assert search_box.main(["--archive", str(file), "--queries", "5"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["articles"] == 300
    assert len(figures["queries"]) == len(search_box.WORDS) + len(search_box.SLIPPED) + len(search_box.TYPED) + 1
    for kind, times in figures["queries"].items():
        assert 0 < times["p50"] <= times["p95"], kind
        assert 0 < times["cpu_p50"] <= times["cpu_p95"], kind


def test_an_archive_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search_box.main(["--archive", str(tmp_path / "nothing.jsonl")]) == 2
    assert "nothing.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize("slips", [1, 2])
def test_the_longest_word_has_at_most_so_many_slips(slips: int) -> None:
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(200):
        first, second = search_box.with_slips(["moon", "zeppelins"], slips, rng).split(" ")
        assert first == "moon"
        seen.add(int(DamerauLevenshtein.distance(second, "zeppelins")))
    assert max(seen) == slips
