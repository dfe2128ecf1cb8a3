"""`readmore demo`: the sample archive, ready to be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import readmore
from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import ReadmoreError
from web.commands import demo as demo_module
from web.config.sources import Config


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were served."""
    folders: list[Path] = []

    def run(open_recommender: Any, data: Path, config: Config) -> None:
        folders.append(data)

    monkeypatch.setattr(demo_module, "run", run)
    return folders


def stamps(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_what_related_articles_need_is_derived_once(tmp_path: Path, served: list[Path]) -> None:
    data = tmp_path / "demo"
    command = ["--data", str(data), "demo"]
    outcome = CliRunner().invoke(readmore.cli, command, catch_exceptions=False)
    assert f"articles, into {data}" in outcome.stdout
    derived = stamps(data / "related")
    assert {Path(name).name for name in derived} >= {"about.json"}
    CliRunner().invoke(readmore.cli, command, catch_exceptions=False)
    assert stamps(data / "related") == derived
    assert served == [data, data]


def test_other_articles_are_left_alone(tmp_path: Path, served: list[Path]) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id="own", title="Of its own")])
    with pytest.raises(ReadmoreError, match="1 other articles: name a new folder"):
        CliRunner().invoke(readmore.cli, ["--data", str(tmp_path), "demo"], catch_exceptions=False)
    assert served == []
