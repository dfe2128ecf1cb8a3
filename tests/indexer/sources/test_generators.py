"""Front matter and records as the generators and content systems write them that others use."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from indexer.article.article import Article
from indexer.article.dates import parse_date
from indexer.base.errors import ArticleError
from indexer.sources import Accepted, Refused, read_source


def read(path: Path, text: str) -> Article:
    path.write_text(text, "utf-8")
    (item,) = read_source(path)
    assert isinstance(item, Accepted), item
    return item.article


WANTED = {"title": "Mill reopens", "section": "Local", "tags": ("mill", "river"), "authors": ("Ann Lee",)}


@pytest.mark.parametrize(
    "text",
    [
        # Zola
        '+++\ntitle = "Mill reopens"\n[taxonomies]\ntags = ["mill", "river"]\ncategories = ["Local"]\n[extra]\n'
        'author = "Ann Lee"\n+++\nText.',
        # Hugo
        "---\nTitle: Mill reopens\nparams:\n  author: Ann Lee\ncategories: [Local]\nTAGS: [mill, river]\n---  \nText.",
        '{"title": "Mill reopens", "tags": ["mill", "river"], "author": "Ann Lee", "section": "Local"}\n\nText.',
        # Eleventy
        '---json\n{"title": "Mill reopens", "tags": ["mill", "river"], "author": "Ann Lee", "category": "Local"}\n---\n'
        "Text.",
        # Hexo
        "title: Mill reopens\nauthor: Ann Lee\ncategories:\n- [Local, mill]\n- [river]\n---\nText.",
        # Hexo with JSON
        ';;;\n"title": "Mill reopens", "tags": ["mill", "river"], "author": "Ann Lee", "category": ["Local"]\n;;;\nText.',  # noqa: E501
        ';;;\n{"title": "Mill reopens", "tags": ["mill", "river"], "author": "Ann Lee", "section": "Local"}\n;;;\nText.',  # noqa: E501
        # Pelican
        "Title: Mill reopens\nCategory: Local\nTags: mill,\n  river\nAuthor: Ann Lee\n\nText.",
        # Jekyll
        "--- \t\ntitle: Mill reopens\ncategories: Local\ntags: mill river\nauthor:\n  name: Ann Lee\n---\t\nText.",
        # Docusaurus, Obsidian
        "---\ntitle: Mill reopens\nauthors:\n- name: Ann Lee\n  url: https://a.example/\nsection: Local\n"
        "tags: ['#mill', '#river']\n---\nText.",
    ],
)
def test_each_generators_front_matter_says_the_same(tmp_path: Path, text: str) -> None:
    article = read(tmp_path / "mill.md", text)
    assert {name: getattr(article, name) for name in WANTED} == WANTED
    assert article.body == "Text."


def test_what_only_some_generators_have(tmp_path: Path) -> None:
    (tmp_path / "grav.md").write_text("---\ntitle: G\ntaxonomy:\n  category: News\n  tag: [a, b]\n---\nText\n")
    (tmp_path / "docusaurus.md").write_text("---\ntitle: D\nlast_update:\n  date: 2024-02-03\n  author: x\n---\nText\n")
    (tmp_path / "pandoc.md").write_text("% A title\n  in two lines\n% Ina Berg; Jo Doe\n% February 3, 2024\n\nText\n")
    (tmp_path / "prose.md").write_text("% of the catch\nis thrown back\n\nText\n")
    docusaurus, grav, pandoc, prose = [item.article for item in read_source(tmp_path) if isinstance(item, Accepted)]
    assert (grav.section, grav.tags) == ("News", ("a", "b"))
    assert docusaurus.modified is not None
    assert docusaurus.modified.date().isoformat() == "2024-02-03"
    assert (pandoc.title, pandoc.authors) == ("A title in two lines", ("Ina Berg", "Jo Doe"))
    assert (pandoc.date.date().isoformat() if pandoc.date else "", pandoc.body) == ("2024-02-03", "Text")
    assert prose.body == "% of the catch is thrown back\n\nText"


def test_nested_values_are_fields_like_others(tmp_path: Path) -> None:
    article = read(tmp_path / "a.md", '+++\ntitle = 1984\nstars = 1\n[extra]\nstars = 5\nseries = "Novels"\n+++\nText.')
    assert article.title == "1984"
    assert dict(article.fields) == {"stars": 1, "series": "Novels"}


def test_a_key_as_records_spell_it_goes_before_others(tmp_path: Path) -> None:
    article = read(tmp_path / "a.md", "---\nTITLE: One\npublishDate: 2020-01-01\ntitle: Two\ndate: 2024-03-18\n---\nx")
    assert (article.title, article.date) == ("Two", datetime(2024, 3, 18, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("Note: this is prose.\n\nAnd more.", "", "Note: this is prose.\n\nAnd more."),
        ("Title: A\nwith prose below\n\nText.", "", "Title: A with prose below\n\nText."),
        ("Date: unknown\n\nText.", "", "Date: unknown\n\nText."),
        ("{curly} words\n\nText.", "", "{curly} words\n\nText."),
        ("Summary: a heading\n---\n\nText.", "", "Summary: a heading\n\nText."),
    ],
)
def test_prose_is_no_header(tmp_path: Path, text: str, title: str, body: str) -> None:
    article = read(tmp_path / "a.md", text)
    assert (article.title, article.body) == (title, body)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Thu Aug 15 2019 09:00:00 GMT-0700 (PDT)", "2019-08-15T09:00:00-07:00"),
        ("Sat Feb 03 2024 10:00:00 GMT+0100 (Central European Standard Time)", "2024-02-03T10:00:00+01:00"),
        ("Sat Feb 03 2024 10:00:00 GMT+0530", "2024-02-03T10:00:00+05:30"),
        ("15 Aug 2019 09:00 GMT-7", "2019-08-15T09:00:00-07:00"),
        ("2019-08-15 09:00 UTC+5:30", "2019-08-15T09:00:00+05:30"),
        ("1er mars 2024", "2024-03-01T00:00:00+00:00"),
        ("1º de marzo de 2024", "2024-03-01T00:00:00+00:00"),
        ("2024年3月18日", "2024-03-18T00:00:00+00:00"),
        ("2024年3月18日(月) 10:30", "2024-03-18T10:30:00+00:00"),
        ("2024년 3월 18일", "2024-03-18T00:00:00+00:00"),
        ("2024년 3월 18일 오후 2:30", "2024-03-18T14:30:00+00:00"),
        ("2024年3月18日星期一 下午2:30", "2024-03-18T14:30:00+00:00"),
        ("2024年3月18日月曜日 午前12時05分", "2024-03-18T00:05:00+00:00"),
        ("令和6年3月18日", "2024-03-18T00:00:00+00:00"),
        ("平成元年4月1日", "1989-04-01T00:00:00+00:00"),
        ("1.º de enero de 2024", "2024-01-01T00:00:00+00:00"),
        ("le lundi 18 mars 2024 à 14h30", "2024-03-18T14:30:00+00:00"),
        ("lunedì 18 marzo 2024 alle ore 14:30", "2024-03-18T14:30:00+00:00"),
        ("segunda-feira, 18 de março de 2024 às 14h30", "2024-03-18T14:30:00+00:00"),
        ("Montag, 18. März 2024, 14:30 Uhr", "2024-03-18T14:30:00+00:00"),
        ("maandag 18 maart 2024 om 14.30 uur", "2024-03-18T14:30:00+00:00"),
        ("den 18 mars 2024 kl. 14.30", "2024-03-18T14:30:00+00:00"),
        ("maanantaina 18. maaliskuuta 2024 klo 14.30", "2024-03-18T14:30:00+00:00"),
        ("18 marca 2024 r.", "2024-03-18T00:00:00+00:00"),
        ("18. března 2024", "2024-03-18T00:00:00+00:00"),
        ("18 марта 2024 г. в 14:30", "2024-03-18T14:30:00+00:00"),
        ("18 Μαρτίου 2024", "2024-03-18T00:00:00+00:00"),
        ("18 Mart 2024 Pazartesi 14:30", "2024-03-18T14:30:00+00:00"),
        ("18 March 2024 at 2:30 pm", "2024-03-18T14:30:00+00:00"),
    ],
)
def test_dates_of_other_programs_and_countries(text: str, when: str) -> None:
    assert parse_date(text).isoformat() == when


@pytest.mark.parametrize(
    "text",
    [
        "2024年13月18日",
        "6年3月18日",
        "令和2024年3月18日",
        "18 foo 2024 à 14h30",
        "Thu Foo 15 2019 09:00:00 GMT-0700",
        "32er mars 2024",
    ],
)
def test_what_only_looks_like_such_a_date_is_none(text: str) -> None:
    with pytest.raises(ArticleError):
        parse_date(text)


@pytest.mark.parametrize(
    ("record", "title", "body"),
    [
        (
            {"title": {"rendered": "Ferry &#8217;s <em>back</em>"}, "content": {"rendered": "<p>It is</p><p>back</p>"}},
            "Ferry ’s back",
            "It is\n\nback",
        ),
        ({"title": "A", "content_html": "<p>Hello &amp; <b>you</b></p>"}, "A", "Hello & you"),
        ({"title": "A", "text": "One", "content_html": "<p>Two</p>"}, "A", "One"),
        ({"title": "A", "body": "<p>a</p><script>track()</script><p>b<br>c</p>"}, "A", "a\n\nb\nc"),
        ({"title": "A", "body": "if a < b and b > c, <b is no tag"}, "A", "if a < b and b > c, <b is no tag"),
        ({"title": "a < b", "body": "&lt;p&gt; as text"}, "a < b", "&lt;p&gt; as text"),
        ({"title": "A", "body": "&lt;p class=&quot;x&quot;&gt;a &amp;amp; b&lt;/p&gt;\n"}, "A", "a & b"),
        ({"title": "A", "body": "&lt;p&gt;a&lt;/p&gt; is HTML"}, "A", "&lt;p&gt;a&lt;/p&gt; is HTML"),
    ],
)
def test_html_in_records_is_read_as_html(tmp_path: Path, record: dict[str, Any], title: str, body: str) -> None:
    article = read(tmp_path / "a.jsonl", json.dumps({"id": 1, **record}))
    assert (article.title, article.body) == (title, body)


def test_links_and_names_of_records_in_html(tmp_path: Path) -> None:
    record = {"id": 1, "content": '<p><a href="/b">b</a></p>', "category": {"name": "News"}, "excerpt": "<p>x</p>"}
    article = read(tmp_path / "a.jsonl", json.dumps(record))
    assert (article.links, article.section, article.excerpt) == (("/b",), "News", "x")
    assert read(tmp_path / "a.jsonl", json.dumps(record | {"links": ["/c"]})).links == ("/c",)


def test_an_author_by_number_is_left_out_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "title": "T", "author": 3}')
    (item,) = read_source(tmp_path / "a.jsonl")
    assert isinstance(item, Accepted)
    assert item.article.authors == ()
    assert item.warnings == ("author 3 is a number: left out",)


def test_html_with_front_matter_is_a_post_like_others(tmp_path: Path) -> None:
    article = read(
        tmp_path / "2024-03-18-quay.html",
        "---\nTitle: The quay\ntags: harbour news\n---\n"
        "<p>Boats &amp; <a href='{% post_url 2024-01-01-b %}'>more</a>.</p>"
        "\n<script>no()</script>{% include x %}\n",
    )
    assert (article.id, article.title, article.tags) == ("2024-03-18-quay", "The quay", ("harbour", "news"))
    assert (article.body, article.links) == ("Boats & more.", ("@/2024-01-01-b",))
    assert article.date == datetime(2024, 3, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Title: T\nStatus: draft\n\nText.",
        "---\nTitle: T\nDRAFT: true\n---\nText.",
        '+++\ntitle = "T"\n[extra]\ndraft = true\n+++\nText.',
        '{"title": "T", "draft": true}\n\nText.',
        "title: T\npublished: false\n---\nText.",
    ],
)
def test_what_is_not_for_the_public_is_withheld_in_every_form(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text)
    (item,) = read_source(tmp_path / "a.md")
    assert isinstance(item, Refused)
    assert item.withheld


@pytest.mark.parametrize("before", ["\n\n", "\u200b", "  \n", "\ufeff\n"])
@pytest.mark.parametrize("front", ["---\ntitle: Plan\ndraft: true\n---\n", '+++\ntitle = "Plan"\ndraft = true\n+++\n'])
def test_front_matter_behind_blank_lines_is_front_matter(tmp_path: Path, before: str, front: str) -> None:
    path = tmp_path / "plan.md"
    path.write_text(before + front + "Secret.", "utf-8")
    (item,) = read_source(path)
    assert isinstance(item, Refused)
    assert item.withheld


def test_rules_behind_blank_lines_are_none(tmp_path: Path) -> None:
    assert "Between" in read(tmp_path / "a.md", "\n---\nBetween two rules.\n\n---\nText.").body


def test_codes_for_terminals_are_no_text(tmp_path: Path) -> None:
    found = read(tmp_path / "a.md", "---\ntitle: A \u009b2Jtide\n---\nIt \x1b[2J\u0085turned.")
    assert (found.title, "\x1b" in found.body, "\u0085" in found.body) == ("A 2Jtide", False, False)
