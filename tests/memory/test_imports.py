"""The archive in memory has nothing of the one in a folder, or else it would prove nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

IMPLEMENTATION = ("document", "evaluation", "index", "archive", "corpus")
KEPT_OUT = (
    *("indexer.segment.segment", "indexer.segment.inverter", "indexer.archive", "indexer.store", "indexer.commit"),
    *("search.lexical", "search.vector", "search.local", "search.reader.snapshot", "search.reader.postings"),
    *("recommender.local", "readmore"),
)


def imported(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return modules


@pytest.mark.parametrize("module", IMPLEMENTATION)
def test_nothing_of_segments_is_used(module: str) -> None:
    modules = imported(Path(__file__).with_name(f"{module}.py"))
    assert len(modules) > 3
    assert not {name for name in modules for out in KEPT_OUT if f"{name}.".startswith(f"{out}.")}
