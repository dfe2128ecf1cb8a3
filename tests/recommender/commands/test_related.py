"""`readmore related` as a person and a program meet it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.base.errors import ReadmoreError
from readmore import open_engine
from tests.recommender.command import run

ARTICLE = "2024-02-22-odysseus-lands"


def test_json_is_one_document_of_the_promised_shape(sample: Path) -> None:
    answer = json.loads(run(sample, "related", ARTICLE, "--limit", "3", "--json").stdout)
    assert set(answer) == {"id", "took_ms", "related"}
    assert answer["id"] == ARTICLE
    assert len(answer["related"]) == 3
    expected = {"id", "title", "url", "date", "section", "site", "score", "reason", "excerpt", "siblings", "relation"}
    assert expected <= set(answer["related"][0])


def test_text_fits_eighty_columns_and_says_why(sample: Path) -> None:
    text = run(sample, "related", ARTICLE).stdout
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "earlier in this story" in text


@pytest.mark.parametrize("block", [(), ("--block",)])
def test_ids_are_whole_and_can_be_copied(sample: Path, block: tuple[str, ...]) -> None:
    asked = ("related", "2024-05-03-change-6-launches", *block)
    answer = json.loads(run(sample, *asked, "--json").stdout)
    items = [answer["lead"], *(item for group in answer["groups"] for item in group["items"])] if block else []
    text = run(sample, *asked).stdout
    for item in items or answer["related"]:
        assert item["id"] in text.split()


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ((), "related; these only stand in"),
        (("--language", "no"), "related, and nothing is left to stand in"),
        (("--since", "2031-01-01"), "related, and nothing is left to stand in"),
    ],
)
def test_articles_that_stand_in_are_only_announced_where_there_are_some(
    sample: Path, tmp_path: Path, filters: tuple[str, ...], said: str
) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text("Zwxq qqvvx jjkwz", "utf-8")
    done = run(sample, "related", "--text", str(draft), "--limit", "3", *filters)
    assert done.stderr == f"note: nothing in the archive is {said}\n"
    assert done.stdout.startswith("0 related" if filters else "3 related")


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
        assert prepared == {
            "names.json",
            *(segment.entry.name for segment in engine.index().snapshot.segments),
        }


def test_the_command_takes_a_draft_from_a_file_or_standard_input(sample: Path, tmp_path: Path) -> None:
    text = "Odysseus lands\n\nThe lander Odysseus of Intuitive Machines set down near the south pole of the Moon."
    (tmp_path / "draft.txt").write_text(text, "utf-8")
    by_file = json.loads(run(sample, "related", "--text", str(tmp_path / "draft.txt"), "--json").stdout)
    by_input = json.loads(run(sample, "related", "--text", "-", "--json", given=text).stdout)
    assert by_file["related"] == by_input["related"]
    assert by_file["id"] == "draft"
    assert ARTICLE in [item["id"] for item in by_file["related"]]


def test_the_command_narrows_in_every_way(sample: Path) -> None:
    def related(*options: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(run(sample, "related", ARTICLE, *options, "--json").stdout)["related"]
        return found

    first = related()[0]["id"]
    assert first not in [item["id"] for item in related("--exclude", first)]
    assert {item["site"] for item in related("--site", "Perihelion", "--site", "High Ground Report")} == {
        "Perihelion",
        "High Ground Report",
    }
    assert {item["section"] for item in related("--section", "mars")} == {"MARS"}
    assert {item["language"] for item in related("--language", "fr")} <= {"fr"}
    assert min(item["date"] for item in related("--since", "2024-03-01")) >= "2024-03-01"
    assert max(item["date"] for item in related("--until", "2024-02-15")) < "2024-02-16"
    assert related("--since", "1d") == []


def test_the_command_shows_the_block_and_its_groups(sample: Path) -> None:
    text = run(sample, "related", "2024-07-26-starliner-white-sands-thrusters", "--block").stdout
    assert "earlier in this story" in text.lower()
    assert "\nStarliner\n" in text
    assert max(map(len, text.splitlines())) <= 80
    record = json.loads(run(sample, "related", ARTICLE, "2024-02-15-odysseus-launch", "--block", "--json").stdout)
    assert list(record) == ["id", "took_ms", "lead", "groups"]
    assert record["id"] == "2024-02-15-odysseus-launch"


def test_the_command_names_unknown_articles_of_a_session(sample: Path) -> None:
    outcome = run(sample, "related", "gone", ARTICLE, "--json")
    assert "'gone'" in outcome.stderr
    assert json.loads(outcome.stdout)["id"] == ARTICLE


@pytest.mark.parametrize("arguments", [[], [ARTICLE, "--text", "-"], [ARTICLE, "--since", "whenever"]])
def test_the_command_says_what_it_needs(sample: Path, arguments: list[str]) -> None:
    run(sample, "related", *arguments, status=2)


def test_the_command_refuses_an_empty_draft_and_a_missing_file(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(ReadmoreError, match="empty"):
        run(sample, "related", "--text", "-")
    with pytest.raises(ReadmoreError, match="No such file"):
        run(sample, "related", "--text", "no-such-file")
