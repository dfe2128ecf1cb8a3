"""The sample archive twice: in a folder, and in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.vectors.space import LSA
from readmore import open_engine
from search.engine import Engine
from tests.memory.archive import MemoryArchive
from tests.memory.model import fitted_model
from web.commands.demo import index_sample, sample_articles


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample archive."""
    data = tmp_path_factory.mktemp("sample")
    index_sample(data)
    return data


@pytest.fixture(scope="session")
def local(folder: Path) -> Iterator[Engine]:
    with open_engine(folder) as engine:
        yield engine


@pytest.fixture(scope="session")
def memory(folder: Path) -> MemoryArchive:
    """The same articles in memory, encoded one by one with the space that was fitted on those in the folder."""
    archive = MemoryArchive(sample_articles())
    model = fitted_model(folder)
    assert model is not None
    archive.encode(LSA, LSA, model)
    return archive
