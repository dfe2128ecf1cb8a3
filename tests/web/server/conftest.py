"""An archive to serve."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import readmore
from web.commands.demo import index_sample

ARTICLE = "2024-05-03-change-6-launches"


@pytest.fixture(scope="package")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, indexed and prepared. To be copied by who changes it."""
    data = tmp_path_factory.mktemp("served") / "archive"
    index_sample(data)
    with readmore.open_recommender(data) as recommender:
        recommender.prepare()
    return data


@pytest.fixture
def data(sample: Path, tmp_path: Path) -> Path:
    """A copy of the sample."""
    return Path(shutil.copytree(sample, tmp_path / "archive"))
