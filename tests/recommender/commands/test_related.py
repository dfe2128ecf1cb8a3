"""`readmore related` as a person and a program meet it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

import readmore
from readmore import open_engine

ARTICLE = "2024-02-22-odysseus-lands"


def run(sample: Path, *arguments: str) -> str:
    outcome = CliRunner().invoke(readmore.cli, ["--data", str(sample), *arguments], catch_exceptions=False)
    assert outcome.exit_code == 0
    return outcome.stdout


def test_json_is_one_document_of_the_promised_shape(sample: Path) -> None:
    answer = json.loads(run(sample, "related", ARTICLE, "--limit", "3", "--json"))
    assert set(answer) == {"id", "took_ms", "related"}
    assert answer["id"] == ARTICLE
    assert len(answer["related"]) == 3
    expected = {"id", "title", "url", "date", "section", "site", "score", "reason", "excerpt", "siblings", "relation"}
    assert expected <= set(answer["related"][0])


def test_text_fits_eighty_columns_and_says_why(sample: Path) -> None:
    text = run(sample, "related", ARTICLE)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "earlier in this story" in text


def test_an_unknown_id_is_one_line_on_standard_error_and_status_2(sample: Path, repo: Path) -> None:
    command = [sys.executable, str(repo / "readmore.py"), "--data", str(sample), "related", "no-such", "--json"]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 2
    assert outcome.stdout == ""
    assert outcome.stderr.count("\n") == 1
    assert "no-such" in outcome.stderr


def test_what_related_articles_need_is_there_once_a_command_has_indexed(tmp_path: Path, repo: Path) -> None:
    posts = repo / "indexer" / "sample"
    run(tmp_path / "archive", "index", str(next(path for path in sorted(posts.iterdir()) if path.is_dir())))
    prepared = {path.name for path in (tmp_path / "archive" / "related").iterdir()}
    with open_engine(tmp_path / "archive") as engine:
        (names,) = (name for name in prepared if name.startswith("openings-"))
        assert prepared == {
            "names.json",
            "openings.json",
            names,
            *(segment.entry.name for segment in engine.snapshot().segments),
        }
