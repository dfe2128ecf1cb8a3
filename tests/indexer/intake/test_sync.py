"""Keeping an archive in step with its sources: what is taken out, and what is not."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.archive import Archive
from indexer.commands.index import index
from indexer.commands.sync import sync
from tests.indexer.sources.crawl.site import site
from tests.indexer.sources.html.pages import article, page

Sync = Callable[..., dict[str, Any]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    posts = tmp_path / "posts"
    posts.mkdir()
    for number in range(30):
        write(tmp_path, number)
    data = tmp_path / "archive"
    data.mkdir()
    settings(data, 'from = "../posts"')
    return data


@pytest.fixture
def synced(data: Path) -> Sync:
    def call(*options: str, status: int = 0) -> dict[str, Any]:
        done = CliRunner().invoke(sync, [*options, "--json", "--workers", "1"], obj={"data": data})
        assert done.exit_code == status, done.output
        return json.loads(done.stdout) | {"said": done.stderr}

    return call


def write(tmp_path: Path, number: int, text: str = "Text") -> Path:
    path = tmp_path / "posts" / f"2024-03-{number + 1:02}-post-{number}.md"
    path.write_text(f"---\ntitle: Post {number}\n---\n{text} {number}.\n", "utf-8")
    return path


def settings(data: Path, *sources: str) -> None:
    (data / "readmore.toml").write_text("".join(f"[[sources]]\n{source}\n" for source in sources), "utf-8")


def ids(data: Path) -> set[str]:
    with Archive.open(data) as archive:
        return {each.id for _, each in archive.store.after(0)}


def test_what_is_gone_from_a_source_is_taken_out(data: Path, tmp_path: Path, synced: Sync) -> None:
    assert synced()["added"] == 30
    gone = write(tmp_path, 3)
    gone.unlink()
    write(tmp_path, 4, "Other text")
    result = synced()
    assert (result["changed"], result["unchanged"], result["pruned"]) == (1, 28, [gone.stem])
    assert gone.stem not in ids(data)
    assert synced()["pruned"] == []


def test_a_dry_run_says_the_same_and_changes_nothing(data: Path, tmp_path: Path, synced: Sync) -> None:
    first = synced("--dry-run")
    assert (first["added"], (data / "articles.db").exists()) == (30, False)
    synced()
    write(tmp_path, 3).unlink()
    write(tmp_path, 4, "Other text")
    before = ids(data)
    dry = synced("--dry-run")
    assert ids(data) == before
    real = synced()
    for key in ("added", "changed", "unchanged", "pruned", "withheld", "refused"):
        assert dry[key] == real[key], key


def test_no_more_than_a_tenth_is_taken_out_unless_told_to(data: Path, tmp_path: Path, synced: Sync) -> None:
    synced()
    for number in range(4):
        write(tmp_path, number).unlink()
    result = synced(status=1)
    assert (result["pruned"], len(ids(data))) == ([], 30)
    assert "4 of 30 are not there: give --yes" in str(result["kept"])
    assert len(synced("--yes")["pruned"]) == 4
    assert len(ids(data)) == 26


@pytest.mark.parametrize(("left", "taken_out"), [(5, 0), (4, 1), (2, 3), (1, 0)])
def test_up_to_three_are_always_taken_out_of_a_small_archive(
    data: Path, tmp_path: Path, synced: Sync, left: int, taken_out: int
) -> None:
    for number in range(5, 30):
        write(tmp_path, number).unlink()
    synced()
    for number in range(left, 5):
        write(tmp_path, number).unlink()
    assert len(synced(status=1 if left == 1 else 0)["pruned"]) == taken_out


def test_a_source_that_has_nothing_left_loses_no_few_articles(data: Path, tmp_path: Path, synced: Sync) -> None:
    records = [{"id": f"r{number}", "title": f"Record {number}", "text": f"Words {number}."} for number in range(3)]
    (tmp_path / "more.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    for number in range(10, 30):
        write(tmp_path, number).unlink()
    settings(data, 'from = "../posts"', 'from = "../more.jsonl"')
    synced()
    (tmp_path / "more.jsonl").write_text("")
    assert "3 of 13 are not there" in str(synced(status=1)["kept"])
    (tmp_path / "more.jsonl").write_text(json.dumps(records[0]))
    assert synced()["pruned"] == ["r1", "r2"]


def test_drafts_are_not_counted_as_gone(data: Path, tmp_path: Path, synced: Sync) -> None:
    synced()
    for number in range(5):
        write(tmp_path, number).write_text(f"---\ntitle: Post {number}\ndraft: true\n---\nText {number}.\n", "utf-8")
    write(tmp_path, 7).unlink()
    result = synced()
    assert (len(result["removed"]), len(result["pruned"]), result["kept"], len(ids(data))) == (5, 1, {}, 24)


@pytest.mark.parametrize("options", [(), ("--quiet",)])
def test_that_nothing_is_taken_out_is_said_once_to_cron(
    data: Path, tmp_path: Path, synced: Sync, options: tuple[str, ...]
) -> None:
    synced()
    for number in range(4):
        write(tmp_path, number).unlink()
    said = synced(*options, status=1)["said"]
    assert f"nothing taken out of what came from {tmp_path / 'posts'}: 4 of 30 are not there: give --yes" in said
    assert ("nothing taken out" in synced(*options, status=1)["said"]) is not bool(options)
    write(tmp_path, 5).unlink()
    assert "5 of 30 are not there" in synced(*options, status=1)["said"]


def test_a_mistake_in_a_post_takes_nothing_out(data: Path, tmp_path: Path, synced: Sync) -> None:
    synced()
    broken = write(tmp_path, 3)
    broken.write_text("---\ntitle: [\n---\nText\n")
    write(tmp_path, 5).unlink()
    result = synced(status=1)
    assert len(result["pruned"]) == 1
    assert broken.stem in ids(data)


def test_what_another_source_has_stays(data: Path, tmp_path: Path, synced: Sync) -> None:
    record = {"id": "2024-03-04-post-3", "title": "Post 3", "text": "Text 3."}
    (tmp_path / "more.jsonl").write_text(json.dumps(record))
    settings(data, 'from = "../posts"', 'from = "../more.jsonl"')
    synced()
    write(tmp_path, 3).unlink()
    assert synced()["pruned"] == []
    assert "2024-03-04-post-3" in ids(data)


def test_a_source_that_is_not_there_takes_nothing_out_and_the_others_are_read(
    data: Path, tmp_path: Path, synced: Sync
) -> None:
    settings(data, 'from = "../posts"', 'from = "../missing"')
    result = synced(status=1)
    assert result["added"] == 30
    assert "no such file or folder" in str(result["refused"])


def test_a_page_that_is_gone_from_a_sitemap_is_taken_out_and_one_that_fails_is_not(
    data: Path, tmp_path: Path, synced: Sync
) -> None:
    with site() as web:
        paths = [f"/story-{number}" for number in range(22)]
        web.pages |= {path: page(article(title=f"Vote number {path} on the pier")) for path in paths}
        settings(data, f'from = "{web.sitemap(*paths)}"\nprivate = true')
        assert synced()["added"] == 22
        web.sitemap(*paths[:-1])
        del web.pages[paths[0]]
        web.pages[paths[1]] = lambda handler: handler.send_error(503)
        result = synced(status=1)
        assert len(result["pruned"]) == 2
        assert not any(each.endswith(("story-0", "story-21")) for each in ids(data))
        assert len(ids(data)) == 20


def test_addresses_site_and_language_of_a_source(data: Path, synced: Sync) -> None:
    pattern = "https://x.example/{folder}/{year}/{month}/{slug}/"
    settings(data, f'from = "../posts"\nurl = "{pattern}"\nsite = "Harbour"\nlanguage = "nl"')
    synced()
    with Archive.open(data) as archive:
        article = archive.store.fetch(["2024-03-04-post-3"])["2024-03-04-post-3"]
    assert (article.url, article.site, article.language) == ("https://x.example/2024/03/post-3/", "Harbour", "nl")


def test_warnings_about_unchanged_articles_are_not_repeated(data: Path, tmp_path: Path, synced: Sync) -> None:
    write(tmp_path, 3).write_text("---\ntitle: Post 3\nlanguage: Dutch\n---\nText\n")
    assert "is not a two-letter code" in synced()["said"]
    assert "is not a two-letter code" not in synced()["said"]
    write(tmp_path, 3).write_text("---\ntitle: Post 3\nlanguage: Dutch\n---\nNew text\n")
    assert "is not a two-letter code" in synced()["said"]


def test_the_report_has_what_was_said(data: Path, tmp_path: Path, synced: Sync) -> None:
    write(tmp_path, 3).write_text("---\ntitle: [\n---\nText\n")
    synced("--report", str(tmp_path / "report.jsonl"), status=1)
    lines = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["refused", "done"]
    assert lines[0]["where"].endswith("post-3.md")
    assert lines[1]["added"] == 29


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "sources[1].from is missing"),
        ('from = "x"\nfrom_ = "y"', "sources[1].from_ is no setting; did you mean 'from'?"),
        ('from = "../posts"\nurl = "/{yaer}/"', "no part {yaer}"),
        ('from = "../posts"\nurl = "blog"', "write it as /blog/{year}/{slug}/, or name one of jekyll"),
    ],
)
def test_mistakes_in_the_settings_are_named(data: Path, source: str, message: str) -> None:
    settings(data, source)
    done = CliRunner().invoke(sync, [], obj={"data": data})
    assert done.exit_code
    assert message in str(done.exception)


def test_index_without_a_source_is_sync_and_says_so_where_none_is_named(data: Path) -> None:
    assert CliRunner().invoke(index, ["--workers", "1"], obj={"data": data}).exit_code == 0
    assert len(ids(data)) == 30
    settings(data)
    done = CliRunner().invoke(index, [], obj={"data": data})
    assert "or write [[sources]]" in str(done.exception)


def test_quiet_runs_say_only_what_is_new(data: Path, tmp_path: Path, synced: Sync) -> None:
    (tmp_path / "posts" / "draft.md").write_text("---\ntitle: A\ndraft: yes\n---\nText.\n")
    (tmp_path / "posts" / "broken.md").write_text("---\ntitle: A\n")
    first = synced("--quiet", status=1)
    assert [line.split(":")[0] for line in first["said"].splitlines()] == ["refused", "withheld"]
    again = synced("--quiet", status=1)
    assert again["said"] == ""
    assert (len(again["refused"]), len(again["withheld"])) == (1, 1)
    (tmp_path / "posts" / "worse.md").write_text("---\ntitle: B\n")
    (line,) = synced("--quiet", status=1)["said"].splitlines()
    assert "worse.md" in line
    assert len(synced(status=1)["said"].splitlines()) == 3  # who asks is told all
    (tmp_path / "posts" / "broken.md").write_text("---\ntitle: A\n---\nText.\n")
    assert synced("--quiet", status=1)["said"] == ""
    (tmp_path / "posts" / "broken.md").write_text("---\ntitle: A\n")
    assert "broken.md" in synced("--quiet", status=1)["said"]  # mended in between, and broken again


def test_quiet_runs_print_no_sums(data: Path) -> None:
    done = CliRunner().invoke(sync, ["--quiet", "--workers", "1"], obj={"data": data})
    assert (done.exit_code, done.output) == (0, "")


def test_a_record_of_sources_of_an_older_version_is_used(data: Path, synced: Sync) -> None:
    with sqlite3.connect(data / "sources.db") as database:
        database.execute("CREATE TABLE members (source TEXT, id TEXT, PRIMARY KEY (source, id)) WITHOUT ROWID")
    database.close()
    assert synced("--dry-run")["added"] == 30
    assert synced()["added"] == 30


def test_a_post_that_was_renamed_is_not_there_twice_and_not_lost(data: Path, tmp_path: Path, synced: Sync) -> None:
    synced()
    for number in range(6):  # more than a tenth
        old = write(tmp_path, number)
        old.rename(old.with_name(f"renamed-{number}.md"))
    write(tmp_path, 6).unlink()
    result = synced()
    assert (result["added"], len(result["renamed"]), len(result["pruned"])) == (6, 6, 1)
    assert len(ids(data)) == 29
    assert sum(each.startswith("renamed-") for each in ids(data)) == 6
    assert synced()["unchanged"] == 29


def test_a_post_that_was_renamed_is_not_there_twice_without_pruning(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    post, data = write(tmp_path, 1), tmp_path / "archive"
    arguments = [str(tmp_path / "posts"), "--workers", "1"]
    assert CliRunner().invoke(index, arguments, obj={"data": data}).exit_code == 0
    post.rename(post.with_name("another.md"))
    done = CliRunner().invoke(index, [*arguments, "--dry-run"], obj={"data": data})
    assert "1 taken out that their sources have under another id by now" in done.output
    assert ids(data) == {post.stem}
    assert CliRunner().invoke(index, arguments, obj={"data": data}).exit_code == 0
    assert ids(data) == {"another"}


def test_several_sources_together_take_out_no_more_than_a_tenth(data: Path, tmp_path: Path, synced: Sync) -> None:
    settings(data, 'from = "../posts"', 'from = "../more"')
    more = tmp_path / "more"
    more.mkdir()
    for number in range(10):
        (more / f"more-{number}.md").write_text(f"---\ntitle: More {number}\n---\nAnother text {number}.\n")
    synced()
    for number in range(3):
        write(tmp_path, number).unlink()
        (more / f"more-{number}.md").unlink()
    result = synced(status=1)
    assert (len(result["pruned"]), len(ids(data))) == (3, 37)
    assert "3 of 40 are not there: give --yes" in str(result["kept"])
    assert len(synced("--yes")["pruned"]) == 3


def test_what_is_refused_in_one_file_is_printed_up_to_a_bound_and_reported_in_full(tmp_path: Path) -> None:
    lines = [
        '{"id": "ok", "title": "T"}',
        *['{"id": "bad id"}'] * 50,
        *['{"id": "d", "title": "T", "draft": true}'] * 50,
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    (tmp_path / "b.jsonl").write_text('{"id": "bad id"}\n')
    report = tmp_path / "report.jsonl"
    arguments = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl"), "--report", str(report)]
    done = CliRunner().invoke(index, arguments, obj={"data": tmp_path / "archive"})
    assert done.exit_code == 1
    assert done.stderr.count("a.jsonl:") == 20 + 1
    assert done.stderr.count("b.jsonl:1") == 1
    assert "a.jsonl: more like these are not printed: --report FILE has all" in done.stderr
    assert "51 refused, most of them not named above" in done.stdout
    events = [json.loads(line)["event"] for line in report.read_text().splitlines()]
    assert (events.count("refused"), events.count("withheld")) == (51, 50)


def test_control_codes_in_names_of_files_do_nothing_to_a_terminal(tmp_path: Path) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    (posts / "a\x1b]0;owned\x07\nb\u202e.md").write_text("---\ntitle: [\n---\n")
    (posts / "c\x9b2J.md").write_text("---\ntitle: C\n---\nText\n")
    done = CliRunner().invoke(index, [str(posts)], obj={"data": tmp_path / "archive"})
    assert done.exit_code == 1
    assert r"a\x1b]0;owned\x07\nb\u202e.md: YAML front matter" in done.stderr
    with Archive.open(tmp_path / "archive") as archive:
        ((_, article),) = archive.store.after(0)
    assert article.source.endswith(r"c\x9b2J.md")
    assert article.title == "C"


def test_one_bad_link_costs_the_link(tmp_path: Path) -> None:
    text = "[a](http://[bad/) [b](https://x.example:port/) <https://ok.example/z> [c](https://ok.example/c) ![d](http://[e)"
    (tmp_path / "a.md").write_text(f"---\ntitle: A\nimage: http://[bad\nurl: http://[bad/\n---\nText {text}\n")
    page_text = article('<p>Text <a href="http://[bad/">a</a> <a href="https://ok.example/c">c</a></p>')
    (tmp_path / "b.html").write_text(page(page_text, '<link rel="canonical" href="http://[bad/">'))
    record = {"id": "c", "title": "C", "links": ["http://[bad/", "https://ok.example/c"], "body": "x"}
    (tmp_path / "c.jsonl").write_text(json.dumps(record))
    done = CliRunner().invoke(index, [str(tmp_path)], obj={"data": tmp_path / "archive"})
    assert done.exit_code == 0, done.output
    with Archive.open(tmp_path / "archive") as archive:
        stored = {each.id: each for _, each in archive.store.after(0)}
    assert {"https://ok.example/z", "https://ok.example/c"} <= set(stored["a"].links)
    assert stored["c"].links == ("https://ok.example/c",)
    assert set(stored) == {"a", "b", "c"}
