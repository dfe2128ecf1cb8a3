"""Options of sources hold again in later runs, and make the addresses of articles that do not say theirs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.archive import Archive
from tests.indexer.test_index_command import said, stored, write


def addresses(data: Path) -> dict[str, tuple[str, str]]:
    """The address and the site of each article by its id."""
    with Archive.open(data) as archive:
        return {article.id: (article.url, article.site) for _, article in archive.store.after(0)}


@pytest.mark.parametrize("source", ["posts", "posts/", "posts/2024", "posts/2024/rye.md", ".", "../{}/posts"])
def test_options_hold_again_for_a_source_and_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write("posts/2024/rye.md", title="Rye")
    said(tmp_path, "posts", "--url", "/blog/{folder}/{slug}/", "--site", "Bakery")
    write("posts/2024/rye.md", title="Rye bread")
    write("posts/2024/spelt.md", title="Spelt")

    lines = said(tmp_path, source.format(tmp_path.name))

    found = addresses(tmp_path / "archive")
    assert {url for url, _ in found.values()} <= {"/blog/2024/rye/", "/blog/2024/spelt/"}
    if source != ".":  # which has no site of its own
        assert {site for _, site in found.values()} == {"Bakery"}
        assert any("--url '/blog/{folder}/{slug}/' --site Bakery, as before" in line for line in lines)


def test_an_articles_own_slug_is_in_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("all/2024-03-18-rye.md", title="Rye", slug="bread-of-rye")
    write("all/2024-03-18-spelt.md", title="Spelt", Slug="'2024'")
    write("all/2024-03-18-oats.md", title="Oats", slug="'{{ title }}'")
    write("all/2024-03-18-flour.md", title="Flour", slug="a b?c")
    records = [{"id": 7, "slug": "bun"}, {"id": 8, "slug": {"current": "roll"}}, {"id": 9, "slug": 3}, {"id": 10}]
    records += [{"id": 11, "slug": "x", "url": "/own/"}, {"id": 12, "slug": ["a"]}, {"id": 13, "slug": "/de/roggen/"}]
    Path("all/more.jsonl").write_text("".join(json.dumps({"title": "T", "text": "A."} | r) + "\n" for r in records))
    said(tmp_path, "all", "--url", "/blog/{slug}/")
    assert {article_id: url for article_id, (url, _) in addresses(tmp_path / "archive").items()} == {
        "2024-03-18-rye": "/blog/bread-of-rye/",
        "2024-03-18-spelt": "/blog/2024/",
        "2024-03-18-oats": "/blog/oats/",
        "2024-03-18-flour": "/blog/flour/",
        "7": "/blog/bun/",
        "8": "/blog/roll/",
        "9": "/blog/3/",
        "10": "/blog/10/",
        "11": "/own/",
        "12": "/blog/12/",
        "13": "/blog/de/roggen/",
    }


def test_options_that_are_given_anew_hold_from_then_on_and_empty_ones_forget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write("all/posts/rye.md", title="Rye")
    Path("all/more.jsonl").write_text('{"id": "a", "Kopf": "Spelt", "text": "A."}\n')
    data = tmp_path / "archive"
    said(tmp_path, "all", "--url", "/{slug}/", "--map", "title=Kopf", "--site", "Bakery")
    said(tmp_path, "all/posts", "--url", "/of/{slug}/")
    said(tmp_path, "all")
    assert addresses(data) == {"rye": ("/of/rye/", "Bakery"), "a": ("/a/", "Bakery")}
    assert stored(data)["a"] == "Spelt"

    said(tmp_path, "all", "--url", "/new/{slug}/", "--dry-run")
    said(tmp_path, "all", "--url", "/new/{slug}/")  # in all/posts, too
    said(tmp_path, "all")
    assert addresses(data) == {"rye": ("/new/rye/", "Bakery"), "a": ("/new/a/", "Bakery")}

    said(tmp_path, "all", "--url", "", "--site", "", "--map", "")
    said(tmp_path, "all")
    assert addresses(data) == {"rye": ("", ""), "a": ("", "")}
    assert stored(data)["a"] == ""


def test_what_the_settings_say_of_a_source_holds_where_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write("posts/rye.md", title="Rye")
    said(tmp_path, "posts", "--url", "/{slug}/")
    settings = tmp_path / "archive" / "readmore.toml"
    settings.write_text('[[sources]]\nfrom = "../posts"\nurl = "/set/{slug}/"\nsite = "Bakery"\n')
    for sources in (["posts"], ["posts/rye.md"], []):
        said(tmp_path, *sources)
        assert addresses(tmp_path / "archive") == {"rye": ("/set/rye/", "Bakery")}
