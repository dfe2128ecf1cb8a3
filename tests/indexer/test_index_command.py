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


def ids(data: Path) -> list[str]:
    return sorted(stored(data))


def test_files_of_one_name_have_their_folders_in_their_ids(run: Index, tmp_path: Path) -> None:
    for folder in ("site/de", "site/en", "site/2023/01", "site/2024/01"):
        write(f"{folder}/fair.md", title=folder)
    write("site/en/only.md", title="Only")

    first, second = run("site"), run("site")

    assert ids(tmp_path / "archive") == ["2023-01-fair", "2024-01-fair", "de-fair", "en-fair", "only"]
    assert (first["added"], first["warnings"], first["named_by_folder"]) == (5, [], 4)
    assert (second["added"], second["changed"], second["unchanged"]) == (0, 0, 5)


def test_page_bundles_in_several_languages_are_articles_each(run: Index, tmp_path: Path) -> None:
    for folder in ("bridge", "fair"):
        for name in ("index.md", "index.fr.md", "index.pt-br.md"):
            write(f"site/{folder}/{name}", title=folder + name)

    result = run("site")

    names = ["bridge", "bridge-fr", "bridge-pt-br", "fair", "fair-fr", "fair-pt-br"]
    assert (ids(tmp_path / "archive"), result["warnings"]) == (names, [])


def test_folders_read_by_separate_commands_do_not_replace_each_other(run: Index, tmp_path: Path) -> None:
    for language in ("en", "de"):
        write(f"site/{language}/fair.md", title=language)

    assert run("site/en")["warnings"] == []
    assert run("site/de")["warnings"] == [
        "site/de/fair.md: the id fair is that of the article at site/en/fair.md: de-fair is used"
    ]

    assert stored(tmp_path / "archive") == {"fair": "en", "de-fair": "de"}
    for sources in (
        ("site/en",),
        ("site/de",),
        ("site",),
        ("site/de/fair.md",),
        ("site", "site/en", "site/en/fair.md"),
    ):
        result = run(*sources)
        assert (result["added"], result["changed"]) == (0, 0)
        assert result["warnings"] == []


def test_nor_do_working_directories(run: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for language in ("en", "de"):
        write(f"site/{language}/fair.md", text=f"The text in {language}", title=language)
    for _ in range(2):
        for language in ("en", "de"):
            monkeypatch.chdir(tmp_path / "site" / language)
            run(".")

    assert stored(tmp_path / "archive") == {"fair": "en", "de-fair": "de"}
    monkeypatch.chdir(tmp_path / "site")
    assert run(".")["unchanged"] == run(str(tmp_path / "site"))["unchanged"] == 2


def test_a_file_keeps_its_id_when_another_of_its_name_comes_and_when_it_changes(run: Index, tmp_path: Path) -> None:
    write("site/en/fair.md", title="First")
    run("site")
    write("site/de/fair.md", title="Other")
    write("site/en/fair.md", title="Second", text="Changed")

    result = run("site")

    assert stored(tmp_path / "archive") == {"fair": "Second", "de-fair": "Other"}
    assert (result["added"], result["changed"]) == (1, 1)


def test_a_file_that_was_moved_keeps_its_id(run: Index, tmp_path: Path) -> None:
    write("old/fair.md", title="Fair")
    run("old")
    Path("new").mkdir()
    Path("old/fair.md").rename("new/fair.md")
    assert run("new")["unchanged"] == 1
    write("new/fair.md", title="Fair", text="Changed")

    assert run("new")["changed"] == 1
    assert stored(tmp_path / "archive") == {"fair": "Fair"}


def test_another_article_in_the_place_of_a_file_that_is_gone_is_not_that_one(run: Index, tmp_path: Path) -> None:
    write("old/news.md", title="Old", text="Old text")
    run("old")
    Path("old/news.md").unlink()
    write("new/news.md", title="New", text="New text")

    run("new")

    assert stored(tmp_path / "archive") == {"news": "Old", "new-news": "New"}


def test_ids_in_front_matter_that_two_files_have_are_made_different(run: Index, tmp_path: Path) -> None:
    write("site/en/a.md", id="intro", title="en")
    write("site/de/b.md", id="intro", title="de")

    assert run("site")["warnings"] == [
        "site/en/a.md: the id intro is that of the article at site/de/b.md: en-intro is used"
    ]
    assert run("site")["unchanged"] == 2
    assert stored(tmp_path / "archive") == {"intro": "de", "en-intro": "en"}


def test_folders_whose_names_run_together_stay_apart(run: Index, tmp_path: Path) -> None:
    for path in ("site/a/b/c.md", "site/a-b/c.md"):
        write(path, title=path)

    run("site")

    assert set(stored(tmp_path / "archive").values()) == {"site/a/b/c.md", "site/a-b/c.md"}
    assert run("site")["unchanged"] == 2


def test_a_draft_takes_out_its_own_article_and_no_other_of_its_name(run: Index, tmp_path: Path) -> None:
    for language in ("en", "de"):
        write(f"site/{language}/fair.md", title=language)
    run("site/en")
    run("site/de")

    write("site/de/fair.md", title="de", status="Private")
    assert run("site")["removed"] == ["de-fair"]
    write("site/de/fair.md", title="de")
    run("site/de")
    write("site/en/fair.md", title="en", draft=1)
    assert run("site/en")["removed"] == ["fair"]
    assert stored(tmp_path / "archive") == {"de-fair": "de"}


def test_a_post_that_moves_to_the_drafts_is_taken_out(run: Index, tmp_path: Path) -> None:
    write("site/posts/fair.md", title="Fair")
    run("site")
    Path("site/_drafts").mkdir()
    Path("site/posts/fair.md").rename("site/_drafts/fair.md")

    assert run("site")["removed"] == ["fair"]
    assert stored(tmp_path / "archive") == {}


def test_what_is_passed_over_is_said(run: Index) -> None:
    write("posts/a.md", title="A")
    for name in ("b.docx", "c.DOCX", "d.png", "LICENSE", ".hidden"):
        Path("posts", name).write_text("x")

    result = run("posts")

    assert result["passed_over"] == {".docx": 2, ".png": 1, "without a suffix": 1, "hidden": 1}
    assert (result["articles"], result["refused"], result["status"]) == (1, [], 0)


def test_a_folder_of_other_kinds_alone_is_no_success(run: Index) -> None:
    Path("posts").mkdir()
    Path("posts/a.docx").write_text("x")

    result = run("posts")

    assert result["refused"] == [{"where": "posts", "id": "", "reason": "nothing to read in it, only 1 .docx"}]
    assert result["status"] == 1


def test_a_folder_of_drafts_alone_can_be_read(run: Index) -> None:
    write("posts/a.md", title="A", draft="yes")

    assert run("posts")["status"] == 0


def test_the_summary_names_what_was_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("posts/a.md", title="A", draft="yes")
    write("posts/en/b.md", title="B")
    write("posts/de/b.md", title="B")
    Path("posts/c.docx").write_text("x")

    done = CliRunner().invoke(index, ["posts", "--workers", "1"], obj={"data": tmp_path / "archive"})

    assert done.stdout.splitlines()[:4] == [
        "2 articles: 2 new, 0 changed, 0 unchanged",
        "2 with the folder in the id, too: files of other folders have the same name",
        "1 withheld as not for the public, each named above",
        "passed over as hidden or of a kind that is not read: 1 .docx",
    ]


def test_columns_of_other_names_are_mapped(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text("nr;kop;tekst\n1;Kraan;Een kraan.\n", "utf-8")
    options = ["--map", "id=nr", "--map", "title=kop", "--map", "body=tekst"]
    obj: dict[str, Any] = {"data": tmp_path / "archive"}
    done = CliRunner().invoke(index, [str(tmp_path / "posts.csv"), *options], obj=obj)
    assert done.exit_code == 0, done.output
    assert stored(obj["data"]) == {"1": "Kraan"}
    wrong = CliRunner().invoke(index, [str(tmp_path / "posts.csv"), "--map", "headline=kop"], obj=obj)
    assert wrong.exit_code == 2
    assert "is not FIELD=KEY with one of these fields:" in " ".join(wrong.output.split())


def said(tmp_path: Path, *arguments: str) -> list[str]:
    """What `readmore index` prints, but for its last line."""
    done = CliRunner().invoke(index, [*arguments, "--workers", "1"], obj={"data": tmp_path / "archive"})
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()[:-1]


def test_that_articles_have_no_address_is_said_with_what_gives_them_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write("site/content/posts/rye.md", title="Rye")
    write("site/content/posts/spelt.md", title="Spelt")
    Path("site/hugo.toml").write_text('title = "Backstube"\n')
    Path("more.jsonl").write_text('{"id": "a", "title": "A", "text": "A.", "url": "https://x.example/a"}\n')
    settings = tmp_path / "archive" / "readmore.toml"

    assert said(tmp_path, "site/content", "more.jsonl") == [
        "3 articles: 3 new, 0 changed, 0 unchanged",
        "2 of them have no address, by which their pages ask for related articles",
        f'  for site/content: --url hugo, or url = "hugo" in {settings}, as hugo makes them',
    ]
    assert said(tmp_path, "site/content", "--url", "hugo") == ["2 articles: 0 new, 2 changed, 0 unchanged"]
    pattern = "/posts/{folder}/{slug}/"
    assert said(tmp_path, "site/content/posts", "--url", "")[1:] == [
        "2 of them have no address, by which their pages ask for related articles; 2 had one until now",
        f"  for site/content/posts: --url '{pattern}', or url = \"{pattern}\" in {settings}, as hugo makes them",
    ]
    assert said(tmp_path, "site/content/posts", "--url", pattern) == ["2 articles: 0 new, 2 changed, 0 unchanged"]
    with Archive.open(tmp_path / "archive") as archive:
        assert set(archive.store.urls()) == {"https://x.example/a", "/posts/rye/", "/posts/spelt/"}


def test_of_what_no_generator_makes_a_pattern_is_proposed_and_sync_names_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write("posts/rye.md", title="Rye")
    settings = tmp_path / "archive" / "readmore.toml"
    settings.parent.mkdir()
    settings.write_text('[[sources]]\nfrom = "../posts"\n')
    lines = [
        "1 of them has no address, by which its page asks for related articles",
        f'  for {tmp_path}/posts: url = "/{{year}}/{{month}}/{{slug}}/" in {settings}, as the site has them',
    ]
    assert said(tmp_path)[1:] == lines
    assert said(tmp_path, "posts", "--url", "/{year}/{slug}/")[1:] == lines[:1]  # it has no date


def test_of_standard_input_no_setting_is_named(tmp_path: Path) -> None:
    record = '{"id": "a", "title": "A", "text": "A."}'
    done = CliRunner().invoke(index, ["-", "--workers", "1"], input=record, obj={"data": tmp_path / "archive"})
    assert done.stdout.splitlines()[2] == "  for -: --url '/{year}/{month}/{slug}/', as the site has them"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nosuch"], "nosuch: no such file or folder"),
        (["nosuch", "neither.jsonl"], "nosuch: no such file or folder; neither.jsonl: no such file or folder"),
        (["a.docx"], "a.docx: not a kind of file that can be read"),
        (["posts", "--url", "/{yaer}/"], "no part {yaer}"),
        (["posts", "nosuch", "--url", "blog"], "or name one of jekyll"),
    ],
)
def test_a_mistyped_source_leaves_no_archive_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write("posts/rye.md", title="Rye")
    Path("a.docx").write_text("x")
    done = CliRunner().invoke(index, arguments, obj={"data": tmp_path / "archive"})
    assert message in str(done.exception)
    assert not (tmp_path / "archive").exists()
    assert CliRunner().invoke(index, ["posts", "nosuch"], obj={"data": tmp_path / "archive"}).exit_code == 1
    assert stored(tmp_path / "archive") == {"rye": "Rye"}


def unreadable(folder: Path) -> list[list[str]]:
    """Sources of which nothing at all can be read."""
    (folder / "broken.jsonl").write_text("{\n")
    (folder / "nothing").mkdir()
    (folder / "nothing" / "a.docx").write_text("x")
    return [["http://127.0.0.1:9/"], ["http://127.0.0.1:9/feed.xml", "--private"], ["broken.jsonl"], ["nothing"]]


def test_sources_of_which_nothing_could_be_read_leave_no_archive_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data" / "archive"
    for sources in unreadable(tmp_path):
        done = CliRunner().invoke(index, [*sources, "--workers", "1"], obj={"data": data})
        assert done.exit_code == 1
        assert f"no archive made in {data}" in done.stdout or done.exception is not None
        assert not data.parent.exists()


def test_what_else_is_in_the_folder_stays_and_so_does_an_archive_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "archive"
    data.mkdir()
    (data / "readmore.toml").write_text('language = "de"\n')
    for sources in unreadable(tmp_path):
        CliRunner().invoke(index, [*sources, "--report", str(data / "report")], obj={"data": data})
        assert {path.name for path in data.iterdir()} <= {"readmore.toml", "report"}
    write("posts/rye.md", title="Rye")
    said(tmp_path, "posts")
    for sources in unreadable(tmp_path / "posts"):
        CliRunner().invoke(index, sources, obj={"data": data})
        assert stored(data) == {"rye": "Rye"}
