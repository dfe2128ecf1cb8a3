"""What a generator's folder says of all posts in it: a section of drafts is not public."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from indexer.article.article import Article
from indexer.sources import Accepted, Refused, folder_fields, read_source

POST = "---\ntitle: {}\ndate: 2024-03-18\n{}---\nThe tide turned in the harbour."


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def read(folder: Path) -> tuple[dict[str, Article], set[str]]:
    """The articles by title, and the titles of what is withheld, which are the names of files here."""
    items = list(read_source(folder))
    withheld = {Path(item.where).stem for item in items if isinstance(item, Refused) and item.withheld}
    return {item.article.title: item.article for item in items if isinstance(item, Accepted)}, withheld


@pytest.mark.parametrize(
    "section",
    [
        "---\ntitle: Soon\ncascade:\n  draft: true\n---\n",
        "---\ntitle: Soon\ncascade:\n  - build:\n      list: never\n      render: never\n---\n",
        '+++\ntitle = "Soon"\n[cascade]\ndraft = true\n+++\n',
        '+++\ntitle = "Soon"\n[[cascade]]\ndraft = true\n[cascade._target]\nkind = "page"\n+++\n',
        "---\ntitle: Soon\ncascade:\n  - draft: true\n    target:\n      path: /soon/**\n---\n",
    ],
)
def test_a_section_whose_cascade_says_draft(tmp_path: Path, section: str) -> None:
    write(
        tmp_path,
        {
            "content/soon/_index.md": section,
            "content/soon/tide.md": POST.format("tide", ""),
            "content/soon/deep/ebb.md": POST.format("ebb", ""),
            "content/soon/out.md": POST.format("out", "draft: false\nbuild: {render: always, list: always}\n"),
            "content/news/flood.md": POST.format("flood", ""),
        },
    )
    public, withheld = read(tmp_path)
    assert withheld >= {"tide", "ebb"}
    assert {"out", "flood"} <= set(public)


def test_a_cascade_for_some_posts_only(tmp_path: Path) -> None:
    cascade = "---\ncascade:\n- _target: {path: /news/2023/**}\n  draft: true\n- author: Ilsa Varn\n---\n"
    write(
        tmp_path,
        {
            "content/news/_index.md": cascade,
            "content/news/2023/old.md": POST.format("old", ""),
            "content/news/2024/new.md": POST.format("new", ""),
        },
    )
    public, withheld = read(tmp_path)
    assert (set(public) & {"old", "new"}, withheld - {"_index"}) == ({"new"}, {"old"})
    assert public["new"].authors == ("Ilsa Varn",)


def test_a_cascade_of_the_whole_site(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "hugo.toml": 'title = "Site"\n[[cascade]]\ndraft = true\n[cascade.target]\npath = "/internal/**"\n',
            "content/internal/plan.md": POST.format("plan", ""),
            "content/news/flood.md": POST.format("flood", ""),
        },
    )
    public, withheld = read(tmp_path)
    assert ({"flood"}, {"plan"}) == (set(public), withheld)


@pytest.mark.parametrize("name", ["posts.json", "posts.11tydata.json"])
def test_directory_data(tmp_path: Path, name: str) -> None:
    data = '{"tags": ["tides"], "author": "Ilsa Varn", "title": "No post", "permalink": "/x/{{ page.fileSlug }}/"}'
    write(tmp_path, {f"posts/{name}": data, "posts/flood.md": POST.format("flood", "")})
    public, _ = read(tmp_path)
    assert (public["flood"].tags, public["flood"].authors) == (("tides",), ("Ilsa Varn",))
    write(tmp_path, {f"posts/{name}": '{"permalink": false}'})
    public, withheld = read(tmp_path)
    assert ("flood" in public, withheld) == (False, {"flood"})


def test_defaults_of_a_jekyll_site(tmp_path: Path) -> None:
    config = (
        'defaults:\n- scope: {path: ""}\n  values: {author: Ilsa Varn}\n'
        "- scope: {path: _posts/internal, type: posts}\n  values: {published: false}\n"
    )
    write(
        tmp_path,
        {
            "_config.yml": config,
            "_posts/internal/2024-03-18-plan.md": POST.format("plan", ""),
            "_posts/2024-03-19-flood.md": POST.format("flood", ""),
        },
    )
    public, withheld = read(tmp_path)
    assert (set(public), withheld) == ({"flood"}, {"2024-03-18-plan"})
    assert public["flood"].authors == ("Ilsa Varn",)


@pytest.mark.parametrize(
    "files",
    [
        {"config/_default/hugo.toml": "[[cascade]]\ndraft = true\n", "content/plan.md": ""},
        {"content/_index.en.md": "---\ncascade:\n  draft: true\n---\n", "content/plan.md": ""},
        {
            "content/_index.md": "---\ncascade:\n- _target: {kind: '{page,section}'}\n  draft: true\n---\n",
            "content/plan.md": "",
        },
        {
            "content/_index.md": "---\ncascade:\n- _target: {path: '{/plan,/x/**}'}\n  draft: true\n---\n",
            "content/plan.md": "",
        },
        {"hugo.toml": 'contentDir = "src"\n[cascade]\ndraft = true\n', "src/plan.md": ""},
        {"_config.yml": "---\ndefaults:\n- scope: {path: ''}\n  values: {published: false}\n", "_posts/plan.md": ""},
        {
            "_config.yml": "---\ndefaults:\n- scope: {path: ''}\n  values: {published: false}\n---\n",
            "_posts/plan.md": "",
        },
        {"_config.yaml": "defaults:\n- scope: {path: ''}\n  values: {published: false}\n", "_posts/plan.md": ""},
        {"_config.yml": "collections:\n  team: {output: false}\n", "_team/plan.md": ""},
        {"posts/plan.11tydata.json": '{"draft": true}', "posts/plan.md": ""},
        {"posts/plan.json": '{"draft": true}', "posts/plan.md": ""},
        {"posts/posts.json": '{"draft": true}', "posts/2024/plan.md": ""},
        {
            "content/_index.md": "---\ncascade: {draft: false}\n---\n",
            "content/plan.md": POST.format("plan", "Draft: true\n"),
        },
        {
            "content/_index.md": "---\ncascade:\n- {draft: true, target: {path: /plan}}\n- draft: false\n---\n",
            "content/plan.md": "",
        },
        {
            "_config.yml": "defaults:\n- {scope: {path: _posts/x}, values: {published: no}}\n"
            "- {scope: {path: ''}, values: {published: yes}}\n",
            "_posts/x/plan.md": "",
        },
        {
            "_config.yml": "defaults:\n- {scope: {path: '', type: posts}, values: {published: no}}\n"
            "- {scope: {path: ''}, values: {published: yes}}\n",
            "_posts/plan.md": "",
        },
    ],
)
def test_a_folder_that_says_draft_in_another_way(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, {name: text or POST.format("plan", "") for name, text in files.items()})
    public, withheld = read(tmp_path)
    assert "plan" not in public
    assert "plan" in withheld


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("_config.yml", "defaults: ["),
        ("posts/_index.md", "---\ncascade: {draft: true\n---\n"),
        ("posts/posts.json", '{"draft": true,}'),
        ("posts/flood.json", '{"draft": true,}'),
        ("posts/flood.11tydata.json", '{"draft": true,' + " " * 200_000 + "}"),
        ("_config.yml", "a: b\n" * 60_000),
    ],
)
def test_settings_that_cannot_be_read_are_named_and_what_may_be_a_draft_by_them_is_not_read(
    tmp_path: Path, name: str, text: str
) -> None:
    write(tmp_path, {name: text, "posts/flood.md": POST.format("flood", ""), "other/ebb.md": POST.format("ebb", "")})
    refused = [item.reason for item in read_source(tmp_path) if isinstance(item, Refused)]
    assert any(reason.startswith(f"{Path(name).name} says what holds for posts here") for reason in refused)
    public, _ = read(tmp_path)
    assert set(public) == ({"ebb"} if name.startswith("posts/") else set())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_settings_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, {"content/plan.md": POST.format("plan", "")})
    (tmp_path / "content" / "_index.md").write_text("---\ncascade: {draft: true}\n---\n", encoding)
    assert read(tmp_path)[1] >= {"plan"}


def test_nothing_outside_of_the_source_and_no_pipe_is_read_for_settings(tmp_path: Path) -> None:
    write(tmp_path, {"secret.json": '{"tags": ["secret"]}', "site/posts/flood.md": POST.format("flood", "")})
    os.mkfifo(tmp_path / "site" / "posts" / "_index.md")
    public, _ = read(tmp_path / "site")
    assert public["flood"].tags == ()
    (tmp_path / "site" / "posts" / "posts.json").symlink_to(tmp_path / "secret.json")
    refused = [item.reason for item in read_source(tmp_path / "site") if isinstance(item, Refused)]
    assert any("posts.json" in reason and "leads out of the source" in reason for reason in refused)
    assert "flood" not in read(tmp_path / "site")[0]


def test_what_stands_beside_each_of_many_posts_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"tide{number}" for number in range(40)]
    write(tmp_path, {f"posts/{name}.md": POST.format(name, "") for name in names})
    write(tmp_path, {f"posts/{name}.json": '{"tags": ["tides"]}' for name in names})
    whole, asked = folder_fields._record, Counter[str]()

    def record(path: Path, home: Path, fence: str = "") -> Mapping[str, Any]:
        asked[path.name] += 1
        return whole(path, home, fence)

    monkeypatch.setattr(folder_fields, "_record", record)
    public, _ = read(tmp_path)
    assert {public[name].tags for name in names} == {("tides",)}
    assert {asked[f"{name}.json"] for name in names} == {1}
    beside = [path.name for path in (tmp_path / "posts").iterdir()]
    assert not folder_fields.FolderFields(tmp_path).within(tmp_path / "posts", beside).given, "not asked of each post"


def test_an_export_in_a_folder_of_its_name_is_no_settings(tmp_path: Path) -> None:
    write(tmp_path, {"export/export.json": '{"db": [' + "1," * 100_000 + "1]}"})
    assert not [item for item in read_source(tmp_path) if isinstance(item, Refused) and "all posts" in item.reason]
