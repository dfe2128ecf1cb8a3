"""`readmore try`: what would be taken from one page, where on it that stands, and why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from indexer.commands.try_page import try_command
from tests.indexer.sources.crawl.site import site
from tests.indexer.sources.html.pages import PARAGRAPHS, TITLE, article, page

LINKED = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": TITLE,
    "author": [{"@type": "Person", "name": "Ana Quist"}],
    "datePublished": "2024-03-18T10:00:00+01:00",
}
HEAD = (
    '<link rel="canonical" href="https://courier.example/pier"><meta property="og:site_name" content="Marlow Courier">'
    '<meta property="article:section" content="Harbour">'
)
NOWHERE = {"data": Path("no-archive")}


def tried(place: str, *options: str, status: int = 0) -> dict[str, Any]:
    done = CliRunner().invoke(try_command, [place, "--json", *options], obj=NOWHERE, catch_exceptions=False)
    assert done.exit_code == status, done.output
    return json.loads(done.stdout)


def test_each_field_of_a_page_with_the_place_that_says_it(tmp_path: Path) -> None:
    file = tmp_path / "pier.html"
    file.write_text(page(head=HEAD, linked=LINKED), "utf-8")
    found = tried(str(file))
    assert (found["kind"], found["outcome"]) == ("HTML", "taken")
    assert found["fields"]["authors"] == "Ana Quist"
    assert found["fields"]["date"] == "2024-03-18 10:00:00+01:00"
    assert found["origins"] == {
        "title": "JSON-LD headline",
        "url": '<link "canonical">',
        "authors": "JSON-LD author.name",
        "date": "JSON-LD datePublished",
        "section": '<meta "article:section">',
        "site": '<meta "og:site_name">',
        "language": "<html lang>",
    }
    assert found["body"].split("\n\n") == list(PARAGRAPHS)


def test_what_readers_see_is_an_origin_as_well(tmp_path: Path) -> None:
    file = tmp_path / "pier.html"
    below = '<p class="byline">By Ana Quist</p><time datetime="2024-03-18">March 18, 2024</time>'
    file.write_text(page(article(below_title=below)), "utf-8")
    found = tried(str(file))
    assert found["origins"]["authors"] == '<p class="byline">'
    assert found["origins"]["date"] == "<time>"
    assert found["origins"]["title"] == "<h1>"
    assert found["origins"]["id"] == "the file's name"


def test_what_is_printed_fits_80_columns_and_shows_where_the_text_begins_and_ends(tmp_path: Path) -> None:
    file = tmp_path / "pier.html"
    file.write_text(page(article(end="<p>" + "The pier stays open for walkers. " * 30 + "</p>"), HEAD, linked=LINKED))
    done = CliRunner().invoke(try_command, [str(file)], obj=NOWHERE)
    assert done.exit_code == 0
    lines = done.stdout.replace(str(file), "pier.html").splitlines()
    assert max(map(len, lines)) <= 80
    assert "pier.html: HTML, would be taken" in " ".join(" ".join(lines).split())
    assert "from JSON-LD headline" in done.stdout
    assert "begins   The town council" in done.stdout
    assert "ends     ..." in done.stdout


def test_what_would_be_withheld_or_refused_and_why(tmp_path: Path) -> None:
    draft = tmp_path / "a.md"
    draft.write_text("---\ntitle: A\ndraft: yes\n---\nText.\n")
    found = tried(str(draft), status=1)
    assert (found["outcome"], found["reason"]) == ("withheld", "not public: it says draft: yes")
    hidden = tmp_path / "b.html"
    hidden.write_text(page(head='<meta name="robots" content="noindex">'))
    assert "robots noindex" in tried(str(hidden), status=1)["reason"]


def test_of_many_articles_the_first_is_shown_and_the_others_counted(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    lines = [
        {"id": "a", "title": "A"},
        {"id": "b", "title": "B", "draft": True},
        {"id": "c"},
        {"id": "d", "title": "D"},
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    found = tried(str(file))
    assert found["fields"] == {"id": "a", "title": "A"}
    assert found["others"] == {"withheld": 1, "refused": 1, "taken": 1}


def test_a_column_is_mapped_as_for_index(tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text("id,Kop,text\n1,High tide,It holds.\n")
    assert tried(str(file), "--map", "title=Kop")["fields"]["title"] == "High tide"


def test_a_page_on_the_web_and_what_cannot_be_had(tmp_path: Path) -> None:
    with site() as web:
        web.pages["/pier"] = page()
        found = tried(f"{web.address}/pier", "--private")
        assert found["fields"]["url"] == f"{web.address}/pier"
        assert found["origins"]["url"] == "the address it was fetched from"
        assert tried(f"{web.address}/gone", "--private", status=1)["reason"] == "answered with status 404"
        assert "--private" in tried(f"{web.address}/pier", status=1)["reason"]
        done = CliRunner().invoke(try_command, [web.sitemap("/pier"), "--private"])
        assert "a sitemap" in str(done.exception)


def test_a_post_with_a_date_in_the_future_stays_hidden_until_then(tmp_path: Path) -> None:
    post = tmp_path / "a.md"
    post.write_text("---\ntitle: A\ndate: 2900-03-04\n---\nOne paragraph.\n")
    data = tmp_path / "archive"
    data.mkdir()
    (data / "readmore.toml").write_text('timezone = "America/New_York"\n')
    done = CliRunner().invoke(try_command, [str(post)], obj={"data": data}, catch_exceptions=False)
    said = " ".join(done.stdout.split())
    assert "stay hidden until 2900-03-04 00:00:00-05:00, and appear then by itself" in said
    assert "2 words in 1 paragraph One paragraph." in said
    assert tried(str(post))["hidden_until"] == "2900-03-04 00:00:00+00:00"
    post.write_text("---\ntitle: A\ndate: 2020-03-04\n---\nOne paragraph.\n")
    assert "hidden_until" not in tried(str(post))
