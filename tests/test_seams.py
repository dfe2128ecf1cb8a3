"""The contracts of pyproject.toml hold, and each of them notices an import that crosses it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import REPO

PACKAGES = ("indexer", "search", "recommender", "web")
CONTRACTS: dict[str, str] = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
}
# by the contract's id: a module, and what it must not say; in a function, too
CROSSINGS = [
    ("packages", "indexer/base/blas.py", "from search.results import Hit"),
    ("packages", "search/engine.py", "def later() -> None:\n    import recommender.related"),
    ("front-door", "web/app.py", "from readmore import open_engine"),
    ("front-door", "search/evaluation/runs.py", "def later() -> None:\n    import readmore"),
    ("indexer-rooms", "indexer/base/processes.py", "from indexer.commit.builder import Batch"),
    ("indexer-rooms", "indexer/text/words.py", "import indexer.store"),
    ("search-rooms", "search/vector/hamming.py", "import search.lexical.match_set"),
    ("recommender-rooms", "recommender/presentation/wording.py", "import recommender.feedback.grades"),
    ("web-rooms", "web/api/events.py", "import web.pages.paging"),
    ("no-circles", "indexer/segment/manifest.py", "from indexer.segment.segment import Segment"),
    ("no-circles", "indexer/base/errors.py", "def later() -> None:\n    import indexer.base.durable_files"),
    ("segments", "web/app.py", "from indexer.segment.segment import Segment"),
    ("segments", "search/engine.py", "from indexer.base.array_files import read_array"),
    ("local-index", "web/commands/serve.py", "from search.local.source import LocalIndexSource"),
    ("local-index", "recommender/related.py", "import search.local.index"),
    ("local-corpus", "recommender/related.py", "from recommender.local.corpora import LocalCorpora"),
    ("local-corpus", "web/export/export.py", "def later() -> None:\n    import recommender.local.corpus"),
    ("whoosh", "search/excerpt/highlighter.py", "from whoosh.query import Term"),
    ("whoosh", "recommender/related.py", "def later() -> None:\n    import whoosh"),
    ("http", "recommender/related.py", "from flask import request"),
    ("http", "search/results.py", "import jinja2"),
    ("yaml", "recommender/feedback/grades.py", "import yaml"),
    ("yaml", "web/report/report_page.py", "import tomllib"),
]


def broken_contracts(root: Path) -> tuple[set[str], str]:
    """The names of the contracts that the packages under `root` break, and what is said of them."""
    lint = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    env = {**os.environ, "PYTHONPATH": str(root), "NO_COLOR": "1", "COLUMNS": "200"}
    run = subprocess.run(
        [sys.executable, "-c", lint], cwd=root, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    broken = set(re.findall(r"^(.+) BROKEN", run.stdout, re.MULTILINE))
    assert run.returncode == bool(broken), run.stdout + run.stderr
    return broken, run.stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the packages and of their contracts."""
    for package in PACKAGES:
        shutil.copytree(REPO / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.md"))
    shutil.copy(REPO / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_import_keeps_the_contracts(tree: Path) -> None:
    broken, said = broken_contracts(tree)
    assert not broken, said


def test_every_contract_has_a_crossing() -> None:
    assert {contract for contract, _, _ in CROSSINGS} == set(CONTRACTS)


@pytest.mark.parametrize(("contract", "path", "code"), CROSSINGS)
def test_a_crossing_is_noticed(tree: Path, contract: str, path: str, code: str) -> None:
    with (tree / path).open("a", encoding="utf-8") as module:
        module.write(f"\n\n{code}\n")
    broken, said = broken_contracts(tree)
    assert CONTRACTS[contract] in broken
    assert path.removesuffix(".py").replace("/", ".") in said or contract == "no-circles"


def test_a_room_that_no_contract_places_is_noticed(tree: Path) -> None:
    (tree / "search" / "newroom").mkdir()
    (tree / "search" / "newroom" / "__init__.py").write_text("")
    broken, said = broken_contracts(tree)
    assert broken == {CONTRACTS["search-rooms"]}
    assert "newroom" in said
