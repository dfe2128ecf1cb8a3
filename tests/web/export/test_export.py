"""`readmore export`: what the service shows, as files."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import readmore
from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import IndexDamagedError, ReadmoreError
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed, Seed
from recommender.results import Block
from tests.opening import backend_of, recommending
from tests.recommender.archives import article, several
from web.app import create_app
from web.export.export import ExportReport, export

LINK = "/posts/{id}"


NO_NAMES = "[blocks]\njustified = false\n"  # of articles that have no names, which nothing justifies


def exported(data: Path, root: Path, link: str, *, size: int | None = None, workers: int | None = None) -> ExportReport:
    """Exports the archive in a folder."""
    with readmore.open_engine(data) as engine:
        return export(recommending(engine), root, link, size=size, workers=workers)


def add(data: Path, *articles: Article) -> None:
    with Archive.create(data) as archive:
        archive.add(articles)
        archive.maintain()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    add(tmp_path / "archive", *several(8), article("bread", 40, id="Bread-1"), article("chess", 50, id="nul"))
    (tmp_path / "archive" / "readmore.toml").write_text(NO_NAMES, "utf-8")
    return tmp_path / "archive"


def contents(root: Path) -> dict[str, bytes]:
    """Every file that a site would serve."""
    paths = [root / "index.json", *(root / "json").iterdir(), *(root / "html").iterdir()]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def stamps(root: Path) -> dict[str, int]:
    return {name: (root / name).stat().st_mtime_ns for name in contents(root)}


def test_blocks_are_those_of_the_service(data: Path, tmp_path: Path) -> None:
    report = exported(data, tmp_path / "out", "/article/{id}")
    client = create_app(data, backend_of(data)).test_client()
    index = json.loads((tmp_path / "out" / "index.json").read_text())["articles"]
    assert report.articles == len(index) == 34
    assert index["Bread-1"] != "bread-1"
    for article_id, name in index.items():
        answer = client.get(f"/api/block/{article_id}").json
        assert answer.pop("took_ms") >= 0
        assert json.loads((tmp_path / "out" / "json" / f"{name}.json").read_text()) == answer
        page = client.get(f"/article/{article_id}").text
        fragment = (tmp_path / "out" / "html" / f"{name}.html").read_text()
        block = fragment.removeprefix('<div class="readmore-block">\n').removesuffix("</div>\n")
        assert (len(block) < len(fragment)) == bool(fragment)
        assert block.strip() in page
        assert fragment.count("<aside") == (1 if answer["lead"] else 0)


def test_articles_are_linked_by_their_own_address_or_by_the_pattern(tmp_path: Path) -> None:
    add(tmp_path / "a", *several(6), article("chess", 9, id="here", url="https://daily.example/here?a=1&b=2"))
    (tmp_path / "a" / "readmore.toml").write_text(NO_NAMES, "utf-8")
    exported(tmp_path / "a", tmp_path / "out", LINK)
    html = "".join(path.read_text() for path in (tmp_path / "out" / "html").iterdir())
    assert 'href="https://daily.example/here?a=1&amp;b=2"' in html
    assert 'href="/posts/chess-1"' in html
    assert "/article/" not in html


def test_blocks_have_the_size_that_is_asked_for_and_another_size_writes_them_anew(data: Path, tmp_path: Path) -> None:
    def shown() -> list[int]:
        blocks = [json.loads(path.read_text()) for path in sorted((tmp_path / "out" / "json").iterdir())]
        return [(block["lead"] is not None) + sum(len(group["items"]) for group in block["groups"]) for block in blocks]

    exported(data, tmp_path / "out", LINK)
    usual = shown()
    exported(data, tmp_path / "out", LINK, size=2)
    assert shown() == [min(2, size) for size in usual]
    assert max(usual) > 2


@pytest.mark.parametrize("pattern", ["posts", "/posts/", "javascript:{id}", "/{id}/{slug}", "//host/{id}"])
def test_a_pattern_that_makes_no_address_is_refused(data: Path, tmp_path: Path, pattern: str) -> None:
    with pytest.raises(ReadmoreError, match="makes no address"):
        exported(data, tmp_path / "out", pattern)
    assert not (tmp_path / "out").exists()


def test_after_changes_the_folder_is_that_of_a_full_run_and_only_what_differs_is_written(
    data: Path, tmp_path: Path
) -> None:
    exported(data, tmp_path / "out", LINK)
    first = stamps(tmp_path / "out")
    assert exported(data, tmp_path / "out", LINK).written == 0
    assert stamps(tmp_path / "out") == first
    with Archive.open(data) as archive:
        archive.remove(["violin-3", "Bread-1"])
        archive.add([article("chess", 70), article("glacier", 2, extra="Now with a rook and a bishop.")])
    before = contents(tmp_path / "out")
    report = exported(data, tmp_path / "out", LINK)
    full = exported(data, tmp_path / "full", LINK)
    after = contents(tmp_path / "out")
    assert after == contents(tmp_path / "full")
    assert (report.articles, report.removed, full.written) == (33, 2, 33)
    changed = {Path(name).stem for name, content in after.items() if before.get(name) != content} - {"index"}
    assert report.written == len(changed)
    for name, stamp in stamps(tmp_path / "out").items():
        assert (stamp == first.get(name)) == (before.get(name) == after[name])


def test_learned_weights_are_another_state(data: Path, tmp_path: Path) -> None:
    exported(data, tmp_path / "out", LINK)
    weights = {"version": 1, "in_use": True, "weights": {"tfidf": 1.0, "timely": -0.5}}
    (data / "related-weights.json").write_text(json.dumps(weights))
    assert exported(data, tmp_path / "out", LINK).written > 0
    exported(data, tmp_path / "full", LINK)
    assert contents(tmp_path / "out") == contents(tmp_path / "full")


def test_several_processes_make_what_one_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.base.processes.FEW", 8)
    monkeypatch.setattr("indexer.base.processes.CHUNK", 4)
    add(tmp_path / "a", *several(8))
    exported(tmp_path / "a", tmp_path / "one", LINK, workers=1)
    exported(tmp_path / "a", tmp_path / "two", LINK, workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_one_article_that_fails_does_not_stop_the_others(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    whole = Recommender.block

    def block(self: Recommender, seed: Seed, options: RelatedOptions) -> Block:
        if seed == ArticleSeed("chess-2"):
            raise ValueError("of its own kind")
        return whole(self, seed, options)

    monkeypatch.setattr(Recommender, "block", block)
    report = exported(data, tmp_path / "out", LINK)
    assert report.failed == [("chess-2", "ValueError: of its own kind")]
    assert report.articles == 33
    assert "refused: chess-2: ValueError" in capsys.readouterr().err
    assert [record.exc_info is not None for record in caplog.records] == [True], "where the mistake is"
    monkeypatch.setattr(Recommender, "block", whole)
    assert exported(data, tmp_path / "out", LINK).written == 1, "only what is missing is made"


def test_an_archive_that_changes_meanwhile_is_noticed(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Recommender.block

    def block(self: Recommender, seed: Seed, options: RelatedOptions) -> Block:
        if seed == ArticleSeed("chess-2"):
            with Archive.open(data) as archive:
                archive.remove(["bread-0", "violin-7"])  # one is done by now, the other not
        return whole(self, seed, options)

    monkeypatch.setattr(Recommender, "block", block)
    assert exported(data, tmp_path / "out", LINK).overtaken
    monkeypatch.setattr(Recommender, "block", whole)
    assert not exported(data, tmp_path / "out", LINK).overtaken
    exported(data, tmp_path / "full", LINK)
    assert contents(tmp_path / "out") == contents(tmp_path / "full")


def test_after_a_kill_it_goes_on_and_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    add(tmp_path / "a", *several(100))
    script = (
        "import sys; from pathlib import Path; "
        "from readmore import open_recommender; from web.export import folder; from web.export.export import export\n"
        "folder.SECONDS_BETWEEN_NOTES = 0.0\n"
        f"export(open_recommender(sys.argv[1]), Path(sys.argv[2]), {LINK!r}, workers=1)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "a"), str(tmp_path / "out")]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[3])
    progress = tmp_path / "out" / ".readmore-progress"
    deadline = time.monotonic() + 60
    while not (progress.exists() and progress.read_text().count("\n") > 64) and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    made = len(list((tmp_path / "out" / "html").iterdir()))
    assert 64 <= made < 400
    report = exported(tmp_path / "a", tmp_path / "out", LINK, workers=1)
    assert 0 < report.written <= 400 - 64
    exported(tmp_path / "a", tmp_path / "full", LINK)
    assert contents(tmp_path / "out") == contents(tmp_path / "full")


def test_an_empty_archive_and_one_of_one_article(tmp_path: Path) -> None:
    add(tmp_path / "none")
    assert exported(tmp_path / "none", tmp_path / "out-none", LINK).articles == 0
    add(tmp_path / "one", article("chess", 1))
    exported(tmp_path / "one", tmp_path / "out-one", LINK)
    assert (tmp_path / "out-one" / "html" / "chess-1.html").read_text() == "", "a page that includes it shows nothing"
    assert json.loads((tmp_path / "out-one" / "json" / "chess-1.json").read_text())["lead"] is None


def test_the_command_says_what_it_did(data: Path, tmp_path: Path) -> None:
    command = ["--data", str(data), "export", str(tmp_path / "out")]
    first = CliRunner().invoke(readmore.cli, command, catch_exceptions=False)
    assert first.exit_code == 0
    assert first.stdout.startswith("34 articles in ")
    again = CliRunner().invoke(readmore.cli, [*command, "--json"], catch_exceptions=False)
    answer = json.loads(again.stdout)
    assert (answer["articles"], answer["written"], answer["removed"], answer["refused"]) == (34, 0, 0, [])


@pytest.mark.parametrize("method", ["prepare", "block"])
def test_a_damaged_file_ends_the_export_and_is_named(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """It said of every article that it was refused, because of an IndexError."""
    file = next((data / "index/segments").glob("*/impacts-*.npy"))
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    def out_of_range(*args: object) -> None:
        raise IndexError("index 7 is out of bounds")

    monkeypatch.setattr(Recommender, method, out_of_range)
    with pytest.raises(IndexDamagedError, match=r"impacts-.*run 'readmore reindex'"):
        exported(data, tmp_path / "out", LINK)
