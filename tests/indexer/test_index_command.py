"""`readmore index` on folders as publishers have them: nothing leaks, nothing is lost, and what is left out is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.archive import Archive
from indexer.commands.index import index

Index = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """Runs `readmore index --json` in `tmp_path` and returns its result, with the exit status and what was said."""
    monkeypatch.chdir(tmp_path)

    def call(*sources: str) -> dict[str, Any]:
        done = CliRunner().invoke(index, [*sources, "--json", "--workers", "1"], obj={"data": tmp_path / "archive"})
        assert done.exit_code in (0, 1), done.output
        return json.loads(done.stdout) | {"status": done.exit_code, "said": done.stderr.splitlines()}

    return call


def write(path: str, text: str = "Text", **front: object) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("---\n" + "".join(f"{key}: {value}\n" for key, value in front.items()) + f"---\n{text}\n")


def stored(data: Path) -> dict[str, str]:
    """The titles of all articles by id."""
    with Archive.open(data) as archive:
        return {article.id: article.title for _, article in archive.store.after(0)}


def test_an_article_that_is_a_draft_now_is_taken_out_and_comes_back(run: Index, tmp_path: Path) -> None:
    write("posts/a.md", title="A")
    write("posts/b.md", title="B")
    run("posts")
    write("posts/a.md", title="A", draft="yes")

    result = run("posts")

    assert stored(tmp_path / "archive") == {"b": "B"}
    assert (result["removed"], result["refused"], result["status"]) == (["a"], [], 0)
    reason = "not public: it says draft: yes"
    assert result["withheld"] == [{"where": "posts/a.md", "id": "a", "reason": reason}]
    assert result["said"] == [f"withheld: posts/a.md: {reason} (id a)"]
    write("posts/a.md", title="A")
    assert (run("posts")["added"], sorted(stored(tmp_path / "archive"))) == (1, ["a", "b"])


def test_of_records_with_one_id_the_last_says_whether_it_is_public(run: Index, tmp_path: Path) -> None:
    lines = [{"id": "a", "title": "A"}, {"id": "a", "title": "A", "status": "trash"}, {"id": "b", "title": "B"}]
    Path("x.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    run("x.jsonl")
    assert stored(tmp_path / "archive") == {"b": "B"}

    Path("x.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines[::-1]))
    assert run("x.jsonl")["removed"] == []
    assert sorted(stored(tmp_path / "archive")) == ["a", "b"]
