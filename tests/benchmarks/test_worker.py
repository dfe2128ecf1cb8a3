"""A worker builds, opens, searches and adds, with the one engine that is always there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import archives, environment, queries
from benchmarks.processes import Process


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> archives.Archive:
    return archives.prepare("generated:200", tmp_path_factory.mktemp("archive"))


@pytest.fixture
def sqlite() -> Iterator[Process]:
    with Process("sqlite") as process:
        yield process


def test_a_worker_measures_an_engine(sqlite: Process, archive: archives.Archive, tmp_path: Path) -> None:
    folder = str(tmp_path / "index")
    built = sqlite.build(articles=str(archive.batches), folder=folder, limit=None)
    assert built["articles"] == archive.articles == 200
    assert built["seconds"] > 0
    assert built["peak"] > 1_000_000
    assert sqlite.ask("size", folder=folder)["total"] > archive.text_bytes
    assert "error" not in sqlite.ask("open", folder=folder)

    ids_there = {a["id"] for a in archive.sample}
    for kind, asked in (
        ("or", queries.term_queries(archive.sample, 10, 4, 1)),
        ("and", queries.term_queries(archive.sample, 10, 2, 1)),
        ("phrase", queries.phrase_queries(archive.sample, 10, 2, 1)),
        ("prefix", queries.prefix_queries(archive.sample, 10, 1)),
    ):
        answer = sqlite.ask("search", kind=kind, queries=asked)
        assert len(answer["ms"]) == len(asked)
        assert all(len(ids) <= 10 and set(ids) <= ids_there for ids in answer["found"]), kind
        if kind != "prefix":  # a prefix may be longer than the stem that the index has
            assert all(answer["found"]), kind

    page = sqlite.ask("page", queries=queries.term_queries(archive.sample, 1, 4, 1))["last"]
    assert all(article == next(a for a in archive.sample if a["id"] == article["id"]) for article in page)

    added = sqlite.ask("add", article=archive.sample[0] | {"id": "new", "title": "Zqxaaa"}, word="zqxaaa")
    assert 0 < added["seconds"] < 5


def test_an_engine_that_fails_says_why(sqlite: Process, tmp_path: Path) -> None:
    answer = sqlite.ask("open", folder=str(tmp_path / "missing"))
    assert answer["error"].startswith("OperationalError")


def test_an_engine_that_is_not_installed_says_so(tmp_path: Path) -> None:
    """In an environment without site packages there is no tantivy."""
    command = [sys.executable, "-S", "-m", "benchmarks.worker", "tantivy"]
    done = subprocess.run(
        command, input='{"do": "about"}\n', capture_output=True, text=True, cwd=environment.ROOT, check=True
    )
    assert "not installed" in done.stdout


def test_a_missing_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(archives.ArchiveMissingError, match=r"none\.jsonl"):
        archives.prepare(str(tmp_path / "none.jsonl"), tmp_path)
