"""What a generator's folder says of all posts in it: a section of drafts is not public."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.article.article import Article
from indexer.sources import Accepted, Refused, read_source

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


def test_settings_that_cannot_be_read_say_nothing(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "_config.yml": "defaults: [" * 1000,
            "_posts/2024-03-19-flood.md": POST.format("flood", ""),
            "_posts/_posts.json": "{" * 5000,
        },
    )
    public, _ = read(tmp_path)
    assert "flood" in public
