"""The command line as its users meet it: answers, exit statuses, and one clear line for whatever is wrong."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

import readmore
from indexer.archive import Archive
from tests.indexer.embedders import ToyEncoder, embed
from web import command_table

REPO = Path(__file__).resolve().parent.parent


class Outcome(NamedTuple):
    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `readmore --data tmp_path/archive ...` in this process."""

    def call(*arguments: object, data: Path | None = None) -> Outcome:
        command = ["readmore", "--data", str(data or tmp_path / "archive"), *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", command)
        status = 0
        try:
            readmore.main()
        except SystemExit as error:
            status = int(error.code or 0)
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return call


def articles_file(path: Path, *records: dict[str, Any] | str) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in records), "utf-8")
    return path


MOON = {"id": "moon-1", "title": "A landing on the far side", "text": "The lander came down near the rim at dawn."}
MARS = {"id": "mars-1", "title": "Dust over Mars", "text": "A storm hides the rover from its orbiter."}


@pytest.fixture
def archive(run: Run, tmp_path: Path) -> Path:
    assert run("index", articles_file(tmp_path / "two.jsonl", MOON, MARS)).status == 0
    return tmp_path / "archive"


def test_indexed_articles_are_found_shown_and_counted(run: Run, archive: Path) -> None:
    found = run("search", "landings", "--json").json()
    assert [hit["id"] for hit in found["hits"]] == ["moon-1"]
    assert found["query"] == "landings"
    assert found["total"] == 1
    assert found["took_ms"] > 0
    assert set(found["hits"][0]) >= {"id", "title", "url", "date", "section", "score", "excerpt"}
    assert "<mark>landing</mark>" in found["hits"][0]["title_html"]
    assert run("show", "mars-1", "--json").json()["title"] == "Dust over Mars"
    status = run("status", "--json").json()
    assert status["articles"] == 2
    assert set(status) >= {"articles", "generation", "segments", "spaces", "bytes"}
    assert run("check").out == "intact\n"


def test_what_is_offered_while_somebody_types_may_be_of_some_articles_only(run: Run, tmp_path: Path) -> None:
    source = articles_file(tmp_path / "sites.jsonl", MOON | {"site": "A"}, MARS | {"site": "B", "title": "A landslide"})
    assert run("index", source).status == 0

    def offered(*options: str) -> set[str]:
        return {each["id"] for each in run("suggest", "a lan", *options, "--json").json()["articles"]}

    assert offered() == {"moon-1", "mars-1"}
    assert offered("--filter", "site = A") == {"moon-1"}
    assert offered("--filter", "site EXISTS", "--filter", "NOT site = A") == {"mars-1"}
    assert run("suggest", "a lan", "--filter", "colour = red").status == 2


def test_a_second_run_skips_what_has_not_changed_and_takes_what_has(run: Run, archive: Path, tmp_path: Path) -> None:
    generation = run("status", "--json").json()["generation"]
    again = run("index", tmp_path / "two.jsonl", "--json").json()
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 2)
    assert run("status", "--json").json()["generation"] == generation
    articles_file(tmp_path / "two.jsonl", MOON | {"text": "It fell over."}, MARS)
    changed = run("index", tmp_path / "two.jsonl", "--json").json()
    assert (changed["added"], changed["changed"], changed["unchanged"]) == (0, 1, 1)
    assert run("search", "rim", "--json").json()["total"] == 0
    assert run("search", "fell", "--json").json()["total"] == 1


def test_bad_articles_are_refused_by_name_and_the_others_go_on(run: Run, tmp_path: Path) -> None:
    lines = [{**MOON, "id": f"m{n}"} for n in range(1, 7)]
    source = articles_file(tmp_path / "posts.jsonl", *lines, '{"id": "m7", "title": ', {"id": "m8"}, MARS)
    outcome = run("index", source, "--json")
    assert outcome.status == 1
    assert [r["where"].rpartition("/")[2] for r in outcome.json()["refused"]] == ["posts.jsonl:7", "posts.jsonl:8"]
    assert outcome.err.count("\n") == 2
    assert "posts.jsonl:7: " in outcome.err
    assert "neither title nor text (id m8)" in outcome.err
    assert run("status", "--json").json()["articles"] == 7


def test_what_can_be_mended_is_indexed_with_a_warning(run: Run, tmp_path: Path) -> None:
    untitled = {"id": "u", "text": "Only a body, about a comet."}
    undated = {"id": "d", "title": "A comet", "date": "sometime in spring"}
    outcome = run("index", articles_file(tmp_path / "a.jsonl", untitled, undated), "--json")
    assert outcome.status == 0
    assert len(outcome.json()["warnings"]) == 2
    assert "sometime in spring" in outcome.err
    assert run("search", "comet", "--json").json()["total"] == 2


def test_the_same_id_twice_in_one_run_is_said_and_the_later_counts(run: Run, tmp_path: Path) -> None:
    outcome = run("index", articles_file(tmp_path / "a.jsonl", MOON, MOON | {"title": "Later"}), "--json")
    assert "the id moon-1 was at" in outcome.err
    assert run("show", "moon-1", "--json").json()["title"] == "Later"


def test_standard_input_is_json_lines(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO((json.dumps(MOON) + "\n").encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert run("index", "-", "--json").json()["added"] == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("search", ""), "the query is empty"),
        (("search", "   "), "the query is empty"),
        (("show", "nobody"), "no article with the id or URL 'nobody'"),
        (("related", "nobody"), "no article with the id or URL 'nobody'"),
        (("index", "not-there.jsonl"), "not-there.jsonl"),
        (("index", "/dev/null"), "/dev/null"),
        (("search", "x", "--limit", "0"), "--limit"),
        (("no-such-command",), "no-such-command"),
        (("eval", "not-a-folder"), "not-a-folder"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line_and_exit_status_2(
    run: Run, archive: Path, arguments: tuple[str, ...], says: str
) -> None:
    outcome = run(*arguments)
    assert outcome.status == 2
    assert outcome.out == ""
    assert says in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("command", [("search", "x"), ("related", "x"), ("show", "x"), ("status",), ("check",)])
def test_an_archive_that_is_not_there_says_how_to_make_one(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    outcome = run(*command, data=tmp_path / "nowhere")
    assert outcome.status == 2
    assert outcome.err.count("\n") == 1
    assert "no archive at" in outcome.err
    assert "index" in outcome.err
    assert not (tmp_path / "nowhere").exists()


def test_a_missing_source_beside_a_good_one_is_refused_and_the_good_one_indexed(
    run: Run, archive: Path, tmp_path: Path
) -> None:
    other = articles_file(tmp_path / "other.jsonl", {"id": "c", "title": "Comet"})
    outcome = run("index", tmp_path / "gone.jsonl", other, "--json")
    assert outcome.status == 1
    assert outcome.json()["added"] == 1
    assert "gone.jsonl" in outcome.err


def test_removed_articles_are_gone_and_unknown_ids_are_named(run: Run, archive: Path) -> None:
    outcome = run("remove", "moon-1", "nobody")
    assert outcome.status == 1
    assert "nobody" in outcome.err
    assert run("search", "landing", "--json").json()["total"] == 0
    assert run("status", "--json").json()["articles"] == 1


def test_reindex_heals_a_damaged_index(run: Run, archive: Path) -> None:
    damaged = next((archive / "index" / "segments").glob("*/arrays.npys"))
    damaged.write_bytes(b"not an array")
    outcome = run("search", "landing")
    assert outcome.status == 2
    assert "arrays.npys" in outcome.err
    assert "reindex" in outcome.err
    assert run("check").status == 1
    assert run("reindex").status == 0
    assert run("check").status == 0
    assert run("search", "landing", "--json").json()["total"] == 1


def test_text_output_fits_80_columns(run: Run, archive: Path) -> None:
    for command in (("search", "landing"), ("related", "moon-1"), ("status",), ("--help",)):
        lines = run(*command).out.splitlines()
        assert lines
        assert max(map(len, lines)) <= 80 or command == ("status",)


def test_a_search_imports_neither_torch_nor_flask_nor_scipy(archive: Path) -> None:
    code = (
        "import sys, readmore\n"
        f"sys.argv = ['readmore', '--data', {str(archive)!r}, 'search', 'landing']\n"
        "try: readmore.main()\n"
        "except SystemExit as e: assert not e.code\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'flask', 'scipy', 'sklearn', 'ir_measures'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPO)
    assert done.stderr == "[]\n"


def test_the_installed_command_runs_as_a_process_of_its_own(archive: Path) -> None:
    command = [sys.executable, "-m", "readmore", "--data", str(archive), "search", "dust", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ, cwd=REPO)
    assert json.loads(done.stdout)["hits"][0]["id"] == "mars-1"
    assert done.stderr == ""


@pytest.mark.parametrize("line", ["index posts --data x", "search moon --data=x", "rules pin a b --data x"])
def test_the_archives_folder_behind_a_command_is_answered_with_where_it_goes(line: str) -> None:
    done = CliRunner().invoke(readmore.cli, line.split(), prog_name="readmore")
    command = " ".join(line.split()[: 2 if line.startswith("rules") else 1])
    assert done.exit_code == 2
    assert f"--data goes before the command: readmore --data FOLDER {command} ..." in done.output
    assert "No such option '--dta'" in CliRunner().invoke(readmore.cli, ["index", "posts", "--dta", "x"]).output


def test_a_slip_in_the_name_of_a_command_is_answered_with_what_was_meant() -> None:
    done = CliRunner().invoke(readmore.cli, ["serach", "dust"])
    assert done.exit_code == 2
    assert "No such command 'serach'. Did you mean 'search'?" in done.output
    assert "Did you mean" not in CliRunner().invoke(readmore.cli, ["qqqq"]).output


def test_a_source_that_is_not_there_is_said_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "readmore", "--data", str(tmp_path / "archive"), "index", "no-such-file"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ, cwd=REPO)
    assert done.returncode == 2
    assert done.stderr.count("no-such-file") == 1


def test_every_command_is_in_the_readme(run: Run) -> None:
    text = (REPO / "README.md").read_text("utf-8")
    for name in command_table.COMMANDS:
        assert f"`{name}" in text or f" {name} " in text, f"README does not mention {name}"


def test_the_front_door_from_python(tmp_path: Path) -> None:
    with readmore.open(tmp_path / "archive") as archive:
        report = archive.add([readmore.Article(id="a", title="Far side", body="A landing on the Moon.")])
        archive.add([readmore.Article(id="b", title="Far side revisited", body="Another landing on the Moon.")])
        assert report.added == 1
        assert next(hit.article.id for hit in archive.search("revisited").hits) == "b"
        assert archive.article("a").title == "Far side"
        assert [item.article.id for item in archive.related("a").related] == ["b"]
        assert not archive.search("landing", filters={"section": ["NEWS"]}).hits
        draft = readmore.Article(id="draft", title="The far side", body="One more landing on the Moon.")
        assert {item.article.id for item in archive.related(readmore.DraftSeed(draft)).related} == {"a", "b"}
        assert len(archive.related(readmore.DraftSeed(draft), limit=1).related) == 1
        without = archive.related(readmore.DraftSeed(draft), readmore.RelatedOptions(exclude=["b"]))
        assert [item.article.id for item in without.related] == ["a"]
        assert archive.related(readmore.SessionSeed(("b", "a"))).id == archive.block("a").id == "a"
        assert archive.engine.explain("revisited", "b")
        assert archive.remove(["b", "c"]) == (["b"], ["c"])
        assert archive.status()["articles"] == 1


@pytest.mark.slow
def test_reuters_goes_in_but_for_the_articles_without_title_and_text(run: Run, shared: Callable[[str], Path]) -> None:
    source = shared("collections/reuters/docs.jsonl.gz")
    outcome = run("index", source, "--json")
    first = outcome.json()
    assert outcome.status == 1
    assert (first["articles"], first["added"], first["headline_only"]) == (20_841, 20_841, 1_798)
    assert len(first["refused"]) == 737
    with gzip.open(source, "rt") as lines:
        records = {record["id"]: record for record in map(json.loads, lines)}
    assert all(not (records[r["id"]]["title"] + records[r["id"]]["text"]).strip() for r in first["refused"])
    shown = run("show", "1", "--json").json()
    assert shown["date"] == "1987-02-26T15:01:01.790000+00:00"
    assert shown["dateline"] == {"place": "SALVADOR", "agency": ""}
    again = run("index", source, "--json").json()
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 20_841)
    assert again["took_s"] < first["took_s"]


def test_all_posts_of_a_real_blog_go_in_with_what_was_odd_about_two(run: Run, shared: Callable[[str], Path]) -> None:
    posts = shared("inputs/18f-posts")
    outcome = run("index", posts, "--json")
    result = outcome.json()
    assert outcome.status == 0
    assert result["added"] == len(list(posts.glob("*.md")))
    assert len(result["warnings"]) == 2
    assert any("tab" in warning for warning in result["warnings"])
    assert any("2024-12-5-18f-project-defaults" in warning for warning in result["warnings"])


def test_embed_says_in_one_line_what_is_wrong(run: Run, archive: Path, tmp_path: Path) -> None:
    for arguments, message in {
        ("embed",): "no neural space in this archive yet: add one with 'readmore embed MODEL'",
        ("embed", "./nowhere"): "./nowhere: no such folder",
        ("embed", str(tmp_path)): "not a sentence-transformers model",
        ("embed", str(tmp_path), "--name", "lsa"): "a space cannot be called 'lsa'",
        ("embed", "--remove", "gone"): "no neural space called 'gone' in this archive; there are: none",
    }.items():
        outcome = run(*arguments)
        assert (outcome.status, outcome.out) == (2, "")
        assert message in outcome.err
        assert outcome.err.count("\n") == 1
    assert run("embed", "minilm", "--remove", "minilm").status == 2
    assert run("search", "landings").status == 0
    assert run("check").out == "intact\n"


def test_embed_shows_what_it_did(run: Run, archive: Path) -> None:
    with Archive.open(archive) as opened:
        embed(opened, ToyEncoder())
    status = run("status", "--json").json()["spaces"]["toy"]
    assert (status["ready"], status["total"]) == (2, 2)
    assert "space       toy: 32 dimensions, model toy-model (torch)" in run("status").out
    report = run("embed", "--json").json()
    assert report["spaces"] == {"toy": {"encoded": 0, "reused": 0, "ready": 2, "total": 2, "refused": 0}}
    assert "space toy: 2 of 2 articles ready, 0 new" in run("embed").out
    run("index", articles_file(archive.parent / "third.jsonl", {**MOON, "id": "moon-2"}))
    assert "2 of 3 articles ready; 'readmore embed' encodes the others" in run("status").out
    assert run("embed").out.startswith("space toy: 3 of 3 articles ready, 0 new, 1 encoded before\n")
    assert run("embed", "--remove", "toy").out == "space toy removed\n"
    assert "toy" not in run("status").out
