"""Imports within the package go one way."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import indexer

PACKAGE = Path(indexer.__file__).parent


def modules() -> dict[str, Path]:
    """Every module by its dotted name, packages themselves included."""
    return {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }


def imported(path: Path, known: dict[str, Path]) -> set[str]:
    """The modules of the package that a file imports, for typing or within a function as well."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & known.keys() or {node.module}
    return found & known.keys()


def test_no_module_is_imported_by_what_it_imports() -> None:
    known = modules()
    graph = {name: imported(path, known) for name, path in known.items()}
    assert "indexer.base.durable_files" in graph["indexer.segment.manifest"]
    TopologicalSorter(graph).prepare()  # raises CycleError with the circle
