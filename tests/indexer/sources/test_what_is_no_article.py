"""What generators keep beside articles, and posts of which they make no page that readers come upon."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.commands.index import index
from indexer.sources import Accepted, Refused, read_source

TEXT = "The harbour council voted on Monday to reopen the old ferry pier, and the first boats leave in June."


def files(folder: Path, *names: str, text: str = f"---\ntitle: A post\n---\n{TEXT}\n") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def read(folder: Path) -> tuple[set[str], Counter[str]]:
    """The names of the files below the folder that give articles, and what is passed over."""
    passed_over = Counter[str]()
    items = list(read_source(folder, workers=1, passed_over=passed_over))
    assert all(isinstance(item, Accepted) for item in items), items
    return {str(Path(item.where).relative_to(folder)) for item in items}, passed_over


@pytest.mark.parametrize(
    ("marks", "content", "other"),
    [
        (["hugo.toml"], ["content/a.md"], ["archetypes/b.md", "layouts/b.md", "themes/x/content/b.md", "public/b.md"]),
        (["hugo.yaml"], ["content/a.md"], ["archetypes/b.md", "README.md", "LICENSE.md", "README.fr.md"]),
        (["config.toml"], ["content/a.md"], ["templates/b.md", "themes/b.md", "public/b.md"]),
        (["_config.yml"], ["_posts/a.md", "themes/a.md"], ["_site/b.md", "_includes/b.md", "_layouts/b.md"]),
        (["_config.yml", "scaffolds/p.md"], ["source/_posts/a.md"], ["themes/b.md", "public/b.md"]),
        (["docusaurus.config.ts"], ["blog/a.mdx", "docs/a.md"], ["build/b.md", "src/pages/b.md", "docs/_part.mdx"]),
        (["astro.config.mjs"], ["src/content/a.md"], ["dist/b.md", "public/b.md", "src/content/_part.md"]),
        (["pelicanconf.py"], ["content/a.md"], ["output/b.md", "theme/b.md", "README.md"]),
        ([], ["public/a.md", "layouts/a.md", "themes/a.md", "README.md", "x_y.md"], ["node_modules/b.md"]),
    ],
)
def test_templates_themes_and_built_pages_are_no_articles(
    tmp_path: Path, marks: list[str], content: list[str], other: list[str]
) -> None:
    files(tmp_path, *marks, text="")
    files(tmp_path, *content, *other)
    found, passed_over = read(tmp_path)
    assert found - set(marks) == set(content)
    assert sum(passed_over.values()) >= len({name.partition("/")[0] for name in other})


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("build:\n  render: never", "build: render: never"),
        ("_build:\n  list: never", "_build: list: never"),
        ("build:\n  render: link", "build: render: link"),
        ("headless: true", "headless: true"),
        ("render: false", "render: false"),
        ("permalink: false", "permalink: false"),
        ("eleventyExcludeFromCollections: true", "eleventyexcludefromcollections: true"),
        ("robots: noindex, nofollow", "robots: noindex"),
        ("noindex: true", "noindex: true"),
        ("search: false", "search: false"),
        ("search_exclude: true", "search_exclude: true"),
        ("excludeFromSearch: yes", "excludefromsearch: yes"),
        ("excalidraw-plugin: parsed", "a drawing"),
    ],
)
def test_what_no_reader_is_to_come_upon_is_withheld(tmp_path: Path, front: str, reason: str) -> None:
    files(tmp_path, "a.md", text=f"---\ntitle: A\n{front}\n---\n{TEXT}\n")
    (item,) = read_source(tmp_path)
    assert isinstance(item, Refused)
    assert item.withheld
    assert reason.lower() in item.reason.lower()
    assert item.id == "a"


@pytest.mark.parametrize(
    "front",
    ["build:\n  render: always\n  list: local", "headless: false", "permalink: /a/", "render: true", "robots: index",
     "search: true", "build: 7", "permalink: pretty"],
)  # fmt: skip
def test_what_says_that_it_is_a_page_is_one(tmp_path: Path, front: str) -> None:
    files(tmp_path, "a.md", text=f"---\ntitle: A\n{front}\n---\n{TEXT}\n")
    (item,) = read_source(tmp_path)
    assert isinstance(item, Accepted)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("posts/_index.md", "---\ntitle: Posts\n---\n", "a list of others"),
        ("index.html", "---\nlayout: home\n---\n{% for post in site.posts %}{{ post.title }}{% endfor %}", "a list"),
        ("404.md", f"---\ntitle: Not found\n---\n{TEXT}", "not there"),
        ("posts/draft_A-story-ab12.html", f"<html><body><article><p>{TEXT}</p></article></body></html>", "a draft"),
        (
            "a.html",
            f'<html><head><meta name="status" content="draft"></head><body><p>{TEXT}</p></body></html>',
            "draft",
        ),
    ],
)
def test_pages_that_are_no_articles_and_drafts_by_name(tmp_path: Path, name: str, text: str, reason: str) -> None:
    files(tmp_path, name, text=text)
    (item,) = read_source(tmp_path, workers=1)
    assert isinstance(item, Refused)
    assert reason in item.reason


def test_a_template_of_a_feed_is_no_feed(tmp_path: Path) -> None:
    files(tmp_path, "a.md")
    files(
        tmp_path, "feed.xml", text="---\nlayout: null\n---\n<?xml version='1.0'?><rss><channel><item/></channel></rss>"
    )
    assert read(tmp_path) == ({"a.md"}, Counter({".xml": 1}))


@pytest.mark.parametrize(
    ("name", "title"),
    [("Ferry notes.md", "Ferry notes"), ("Pier.md", "Pier"), ("ferry-notes.md", ""), ("pier.md", ""), ("P1.md", "")],
)
def test_the_name_of_a_note_is_its_title(tmp_path: Path, name: str, title: str) -> None:
    files(tmp_path, name, text=TEXT)
    (item,) = read_source(tmp_path)
    assert isinstance(item, Accepted)
    assert item.article.title == title


@pytest.mark.parametrize(
    "name", ["2024-03-01_fair.md", "2024-03-01 Fair.md", "2024-03-01.fair.md", "2024-03-01-fair.md", "2024-03-01.md"]
)
def test_a_date_before_a_name_is_read_however_it_is_joined(tmp_path: Path, name: str) -> None:
    files(tmp_path, name)
    (item,) = read_source(tmp_path)
    assert isinstance(item, Accepted)
    assert str(item.article.date)[:10] == "2024-03-01"
    assert item.warnings == ()


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("One.\n\n%%\nsecret\n\nmore\n%%\n\nTwo %%secret%% and three.", "One.\n\nTwo  and three."),
        ("Of 100%% sure, 50%% may.", "Of 100%% sure, 50%% may."),
        ("```\n%%\nkept\n%%\n```", "%%\nkept\n%%"),
        ("* toc\n{:toc}\n\nText.", "Text."),
        ("1. Contents\n{: .x toc}\n\nText.", "Text."),
        ('::alert{type="info"}\nMind the **gap**.\n::\n\nText.', "Mind the gap.\n\nText."),
        ("Text.\n\n::\n\nMore.", "Text.\n\n::\n\nMore."),
    ],
)
def test_more_marks_that_are_no_text(tmp_path: Path, text: str, body: str) -> None:
    files(tmp_path, "a.md", text=f"---\ntitle: A\n---\n{text}\n")
    (item,) = read_source(tmp_path)
    assert isinstance(item, Accepted)
    assert " ".join(item.article.body.split()) == " ".join(body.split())


def test_front_matter_in_javascript(tmp_path: Path) -> None:
    files(tmp_path, "a.md", text=f'---js\n{{\n  title: "A fair",\n  date: "2024-05-01",\n}}\n---\n{TEXT}\n')
    files(tmp_path, "b.md", text=f"---js\n{{\n  title: (() => 1)(),\n}}\n---\n{TEXT}\n")
    good, bad = read_source(tmp_path)
    assert isinstance(good, Accepted)
    assert (good.article.title, good.article.body) == ("A fair", TEXT)
    assert isinstance(bad, Refused)
    assert "JavaScript" in bad.reason


def test_addresses_that_are_templates_are_none(tmp_path: Path) -> None:
    files(tmp_path, "a.md", text=f'---\ntitle: A\npermalink: "/blog/{{{{ title | slugify }}}}/"\n---\n{TEXT}\n')
    files(tmp_path, "b.md", text=f"---\ntitle: B\npermalink: /:year/:title/\n---\n{TEXT}\n")
    for item in read_source(tmp_path):
        assert isinstance(item, Accepted)
        assert item.article.url == ""
        assert "is a template, and no address: dropped" in item.warnings[0]


def test_pelicans_links_to_files(tmp_path: Path) -> None:
    text = "[a]({filename}b.md) [c]({filename}/x/c.md) [d](|filename|../d.md) [e]({static}/e.pdf)"
    files(tmp_path, "a.md", text=f"Title: A\nDate: 2024-01-01\n\n{text}\n")
    (item,) = read_source(tmp_path)
    assert isinstance(item, Accepted)
    assert item.article.links == ("b.md", "@/x/c.md", "../d.md")


@pytest.mark.parametrize(
    "head", ['<meta name="robots" content="noindex">', '<meta name="status" content="draft">', "<title>x</title>"]
)
def test_a_page_that_is_not_for_the_public_any_more_is_taken_out(tmp_path: Path, head: str) -> None:
    site, data = tmp_path / "site", tmp_path / "data"
    html = f"<html><head>{{}}</head><body><article><h1>The pier</h1><p>{TEXT} {TEXT}</p></article></body></html>"
    for text in (html.format(""), html.format(head)):
        files(site, "a.html", text=text)
        done = CliRunner().invoke(index, [str(site), "--workers", "1", "--json"], obj={"data": data})
        assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["removed"] == ([] if "title" in head else ["a"])
