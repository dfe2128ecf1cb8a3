"""Archives for the recommender's tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from recommender.related import Recommender
from search.engine import Engine
from tests.opening import recommending


@pytest.fixture
def recommender_of(tmp_path: Path) -> Iterator[Callable[[Iterable[Article]], Recommender]]:
    """Makes an archive of the given articles and opens a recommender on it."""
    engines: list[Engine] = []

    def make(articles: Iterable[Article]) -> Recommender:
        folder = tmp_path / f"archive-{len(engines)}"
        with Archive.create(folder) as archive:
            archive.add(articles)
            archive.maintain()
        engines.append(open_engine(folder))
        return recommending(engines[-1])

    yield make
    for engine in engines:
        engine.close()


@pytest.fixture(scope="session")
def repo() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, repo: Path) -> Path:
    """The sample archive, indexed."""
    import readmore

    folder = tmp_path_factory.mktemp("sample") / "archive"
    source = repo / "indexer" / "sample"
    outcome = CliRunner().invoke(readmore.cli, ["--data", str(folder), "index", str(source)], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return folder


@pytest.fixture(scope="session")
def sample_recommender(sample: Path) -> Iterator[Recommender]:
    """A recommender on the sample archive."""
    with open_engine(sample) as engine:
        yield recommending(engine)


@pytest.fixture(scope="session")
def sample_articles(sample_recommender: Recommender) -> list[Article]:
    """The articles of the sample."""
    corpus = sample_recommender.corpus()
    return list(sample_recommender.engine.articles([corpus.article_id(doc) for doc in range(corpus.max_doc)]).values())


@pytest.fixture
def sample_copy(sample: Path, tmp_path: Path) -> Iterator[Recommender]:
    """A recommender on an archive of the sample that a test may change."""
    shutil.copytree(sample, tmp_path / "sample")
    with open_engine(tmp_path / "sample") as engine:
        yield recommending(engine)


@pytest.fixture
def data(sample: Path, tmp_path: Path) -> Path:
    """The folder of an archive of the sample that a test may change."""
    shutil.copytree(sample, tmp_path / "archive")
    return tmp_path / "archive"


@pytest.fixture(scope="session")
def truth(repo: Path) -> dict[str, Any]:
    """What is true of the sample archive."""
    record: dict[str, Any] = json.loads((repo / "tests" / "data" / "sample_truth.json").read_text("utf-8"))
    return record
