"""An archive to serve."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.web.server.running import index_and_prepare

ARTICLE = "2024-05-03-change-6-launches"


@pytest.fixture(scope="package")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, indexed and prepared. To be copied by who changes it."""
    return index_and_prepare(tmp_path_factory.mktemp("served") / "archive")


@pytest.fixture
def data(sample: Path, tmp_path: Path) -> Path:
    """A copy of the sample."""
    return Path(shutil.copytree(sample, tmp_path / "archive"))
