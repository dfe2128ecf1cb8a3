"""docs/architecture.md names today's modules and rooms."""

from __future__ import annotations

import re

import pytest

from tests.conftest import REPO

TEXT = (REPO / "docs" / "architecture.md").read_text(encoding="utf-8")
FIGURE = TEXT.split("```")[1]
PATH = re.compile(r"(?<![\w/.-])(?:(?:indexer|search|recommender|web|tests|benchmarks)/[a-z_/]*(?:\.py)?|readmore\.py)")


@pytest.mark.parametrize("path", sorted(set(PATH.findall(TEXT))))
def test_every_path_in_the_text_is_there(path: str) -> None:
    assert (REPO / path).exists()


@pytest.mark.parametrize("package", ["indexer", "search", "recommender"])
def test_the_figure_names_most_rooms_of_every_package(package: str) -> None:
    rooms = {path.name for path in (REPO / package).iterdir() if (path / "__init__.py").exists()}
    apart = {
        "base",
        "text",
        "backup",
        "intake",
        "repair",
        "curation",
        "evaluation",
        "usage",
        "commands",
        "names",
        "editors",
        "feedback",
        "reach",
        "audit",
    }
    shown = {path.split("/")[1] for path in PATH.findall(FIGURE) if path.startswith(f"{package}/")}
    assert rooms - apart <= shown


def test_the_table_of_packages_names_every_room() -> None:
    for package in ("indexer", "search", "recommender", "web"):
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{package}/` |"))
        rooms = {path.name for path in (REPO / package).iterdir() if (path / "__init__.py").exists()}
        assert set(re.findall(r"`([a-z_]+)`", row.rpartition("|")[0].rpartition("|")[2])) == rooms
