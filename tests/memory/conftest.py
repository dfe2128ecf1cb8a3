"""The sample archive twice: in a folder, and in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.vectors.space import LSA
from readmore import open_engine, open_recommender
from recommender.related import Recommender
from search.engine import Engine
from tests.memory.archive import MemoryArchive
from tests.memory.corpus import MemoryCorpora
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


@pytest.fixture(scope="session")
def to_the_last_bit(folder: Path, local: Engine) -> Recommender:
    """What recommends from an archive in memory that has the very vectors of the one in the folder, of which those it
    makes itself differ in the last bits."""
    archive, index, model = MemoryArchive(sample_articles()), local.index(), fitted_model(folder)
    assert model is not None
    rows = index.spaces[LSA].vectors(np.arange(index.max_doc))
    archive.encode(LSA, LSA, model, {index.article_id(doc): row for doc, row in enumerate(rows)})
    return Recommender(archive.engine(), MemoryCorpora(archive.source))


@pytest.fixture(scope="session")
def in_memory(memory: MemoryArchive) -> Recommender:
    """What recommends from the archive in memory."""
    return Recommender(memory.engine(), MemoryCorpora(memory.source))


@pytest.fixture(scope="session")
def in_folder(folder: Path) -> Iterator[Recommender]:
    """What recommends from the archive in the folder."""
    with open_recommender(folder) as recommender:
        yield recommender
