"""Markdown posts: front matter, dates and ids from file names, and the text a reader sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.article.article import Article
from indexer.sources import Accepted, Item, Refused, read_source
from indexer.sources.markup.links import Links
from indexer.sources.markup.liquid import without_liquid
from indexer.sources.markup.markdown_text import plain_text
from indexer.sources.markup.tags import html_text


@pytest.fixture
def post(tmp_path: Path) -> Callable[..., Item]:
    def make(text: str | bytes, name: str = "2024-03-18-a-post.md") -> Item:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        (item,) = read_source(path)
        assert item.where == str(path)
        return item

    return make


def accepted(item: Item) -> Accepted:
    assert isinstance(item, Accepted), item
    return item


def test_a_jekyll_post(post: Callable[..., Item]) -> None:
    item = post(
        "---\n"
        "layout: post\n"
        "title: 'Yes: 12:30'\n"
        "authors:\n- ann\n- bob\n"
        "date: 2014-03-19 9:14:29 -4\n"
        "categories: [news, space]\n"
        "tags: [x, on]\n"
        'excerpt: "An *excerpt* with [a link](/x) &amp; more"\n'
        "permalink: /2014/03/19/a-post/\n"
        "image: /assets/a.png\n"
        "---\n\n"
        "Hello *world*.\n"
    )

    assert item == Accepted(
        Article(
            id="2024-03-18-a-post",
            url="/2014/03/19/a-post/",
            title="Yes: 12:30",
            body="Hello world.",
            excerpt="An excerpt with a link & more",
            authors=("ann", "bob"),
            date=datetime(2014, 3, 19, 9, 14, 29, tzinfo=timezone(timedelta(hours=-4))),
            section="news",
            tags=("x", "on", "space"),
            image="/assets/a.png",
            source=item.where,
        ),
        item.where,
    )


def test_a_hugo_post_with_toml(post: Callable[..., Item]) -> None:
    item = accepted(
        post(
            '+++\ntitle = "Tab\\tand all"\ndate = 2024-03-18T10:00:00Z\ntags = ["a", "b"]\ndraft = false\n+++\nText\n',
            "content/my-post/index.md",
        )
    )

    assert item.warnings == ()
    assert (item.article.id, item.article.title, item.article.tags) == ("my-post", "Tab and all", ("a", "b"))
    assert item.article.date == datetime(2024, 3, 18, 10, tzinfo=UTC)


def test_values_stay_as_they_are_written(post: Callable[..., Item]) -> None:
    article = accepted(post("---\ntitle: No\nsection: 1.10\nid: 007\nsite: ~\nlang: null\nauthor: on\n---\nx")).article

    assert (article.title, article.section, article.id, article.authors) == ("No", "1.10", "007", ("on",))
    assert (article.site, article.language) == ("", "")


def test_without_front_matter_the_first_heading_is_the_title(post: Callable[..., Item]) -> None:
    item = accepted(post("# The *title*\n\nThe text.\n\n# Another heading\n", "notes.markdown"))

    assert (item.article.title, item.article.body) == ("The title", "The text.\n\nAnother heading")
    assert (item.article.id, item.article.date, item.warnings) == ("notes", None, ())


def test_a_heading_that_differs_from_the_title_stays_in_the_text(post: Callable[..., Item]) -> None:
    assert accepted(post("---\ntitle: One\n---\n# Two\n\nx")).article.body == "Two\n\nx"
    assert accepted(post("---\ntitle: One\n---\n# One\n\nx")).article.body == "x"


@pytest.mark.parametrize("spell", [str.capitalize, str.upper])
def test_keys_in_capitals_are_those_in_small_letters(post: Callable[..., Item], spell: Callable[[str], str]) -> None:
    keys = {"id": "own", "title": "A fair", "date": "2024-05-01", "summary": "So *it* is"}
    front = "".join(f"{spell(key)}: {value}\n" for key, value in keys.items())

    item = accepted(post(f"---\n{front}---\n# Another heading\n\nText\n"))

    article = item.article
    assert (article.id, article.title, str(article.date)[:10]) == ("own", "A fair", "2024-05-01")
    assert (article.excerpt, article.body) == ("So it is", "Another heading\n\nText")
    assert item.warnings == ()


def test_a_title_is_missed_where_there_is_none(post: Callable[..., Item]) -> None:
    assert accepted(post("Only text")).warnings == ("no title: indexed with an empty title",)


@pytest.mark.parametrize(
    ("name", "front", "date", "warnings"),
    [
        ("2024-12-05-x.md", "", datetime(2024, 12, 5, tzinfo=UTC), ()),
        (
            "2024-12-5-x.md",
            "",
            datetime(2024, 12, 5, tzinfo=UTC),
            ("the date in the file name, '2024-12-5', is not written YYYY-MM-DD: read as 2024-12-05",),
        ),
        (
            "2024-12-5-x.md",
            "date: 2024-12-06\n",
            datetime(2024, 12, 6, tzinfo=UTC),
            ("the date in the file name, '2024-12-5', is not written YYYY-MM-DD: the front matter's date is used",),
        ),
        ("2024-12-x.md", "", None, ("the date in the file name, '2024-12', has no day: not used",)),
        ("2024-13-45-x.md", "", None, ("the date in the file name, '2024-13-45', is not a date: not used",)),
        ("2024-25-budget.md", "", None, ()),
        ("2024-in-review.md", "", None, ()),
        ("x.md", "date: sometime\n", None, ("date 'sometime' is not a date: indexed without one",)),
        (
            "2024-12-05-x.md",
            "date: sometime\n",
            datetime(2024, 12, 5, tzinfo=UTC),
            ("date 'sometime' is not a date: 2024-12-05 is used",),
        ),
    ],
)
def test_the_date_comes_from_the_front_matter_or_the_file_name(
    post: Callable[..., Item], name: str, front: str, date: datetime | None, warnings: tuple[str, ...]
) -> None:
    item = accepted(post(f"---\ntitle: T\n{front}---\nx", name))

    assert (item.article.date, item.warnings) == (date, warnings)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("2016-02-18-analytics.usa.gov-dashboards.md", "2016-02-18-analytics-usa-gov-dashboards"),
        ("a_day in the life!.md", "a_day-in-the-life"),
        ("résumé.md", "resume"),
        ("Index.md", "2024-folder"),
    ],
)
def test_the_id_comes_from_the_file_name(post: Callable[..., Item], name: str, id: str) -> None:
    assert accepted(post("# T\n\nx", f"2024-folder/{name}")).article.id == id


def test_ids_of_names_that_lose_letters_stay_apart(post: Callable[..., Item]) -> None:
    ids = [accepted(post("# T\n\nx", f"{stem}.md")).article.id for stem in ("статья", "новость", "статья-2", "x" * 230)]

    assert len(set(ids)) == 4
    assert ids[2].startswith("2-")
    assert all(len(id) <= 200 for id in ids)


def test_a_tab_in_the_yaml_is_read_as_spaces_with_a_warning_for_its_line(post: Callable[..., Item]) -> None:
    item = accepted(post("---\ntitle: T\nauthors:\n- ann\t\n\t- bob\n---\n\tcode\n".replace("\n\t- ", "\n-\t")))

    assert item.article.authors == ("ann", "bob")
    assert item.warnings == (
        "line 4: a tab in the YAML front matter was read as spaces",
        "line 5: a tab in the YAML front matter was read as spaces",
    )


def test_what_is_wrong_with_a_url_is_said_and_the_post_kept(post: Callable[..., Item]) -> None:
    item = accepted(post("---\ntitle: T\nurl: javascript:alert(1)\nlink: https://elsewhere.org/\n---\nx"))

    assert item.article.url == ""
    assert item.warnings == ("url 'javascript:alert(1)' must be http, https or start with '/': dropped",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: T\nno end", "front matter opens on line 1 and does not close: end it with a line '---'"),
        ("+++\ntitle = 'T'\n", "front matter opens on line 1 and does not close: end it with a line '+++'"),
        (
            "---\na: b\ntitle: one: two\n---\nx",
            "YAML front matter cannot be read on line 3: mapping values are not allowed in this context;"
            " put a value with ': ' in quotes",
        ),
        (
            "---\ntitle: 'Rye bread\ndate: 2024-01-02\n---\nx",
            "YAML front matter cannot be read: a quotation mark on line 2 is not closed",
        ),
        (
            '---\na: b\nauthor: "Zoë\ntags: [a, b]\n---\nx',
            "YAML front matter cannot be read: a quotation mark on line 3 is not closed",
        ),
        ("---\njust words\n---\nx", "YAML front matter must be 'key: value' lines"),
        ("---\n- a\n---\nx", "YAML front matter must be 'key: value' lines"),
        ("---\n[a]: b\n---\nx", "YAML front matter cannot be read on line 2: found unhashable key"),
        (
            "+++\na = 1\na = 2\n+++\nx",
            "TOML front matter cannot be read: Cannot overwrite a value (at line 3, column 6)",
        ),
        (f"+++\na = {'7' * 5000}\n+++\nx", "TOML front matter has a number with thousands of digits: write it as text"),
        (f"+++\na = {'[' * 10000}\n+++\nx", "TOML front matter is nested too deeply: up to 50 levels are read"),
        (f"---\na: {'[' * 10000}\n---\nx", "YAML front matter is nested too deeply: up to 50 levels are read"),
        ("---\ntitle: [a, b]\n---\nx", "title must be text, not a list"),
        ("+++\ntitle = true\n+++\nx", "title must be text, not true or false"),
        ('{\n"title": "T"\n', "JSON front matter opens on line 1 and does not close: end it with '}'"),
        ("---\nid: a/b\ntitle: T\n---\nx", "id 'a/b' must be 1 to 200 letters, digits, '-' or '_'"),
        ("---\nlayout: post\n---\n", "neither title nor text"),
        ("", "neither title nor text"),
        (" \n\n", "neither title nor text"),
        (b"Caf\xe9", "not UTF-8 text (byte 4 is 0xe9): save it as UTF-8"),
        (b"a\0b", "NUL bytes: not a text file"),
        (b"x" * (4 * 1024**2 + 1), "larger than 4 MB: not one article"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    post: Callable[..., Item], text: str | bytes, reason: str | None
) -> None:
    item = post(text)

    assert isinstance(item, Refused)
    assert "\n" not in item.reason
    if reason:
        assert item.reason == reason
    assert item.id in ("2024-03-18-a-post", "a/b")


def test_line_ends_byte_order_mark_and_control_codes_do_not_matter(post: Callable[..., Item]) -> None:
    item = accepted(post("\ufeff---\r\ntitle: T\r\n---\r\nOne\x0b\r\n\r\nTwo\x7f\r\n"))

    assert (item.article.title, item.article.body) == ("T", "One\n\nTwo")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("One\ntwo\n\nthree  \nfour", "One two\n\nthree\nfour"),
        ("A\n=\n\nB\n-\n\n### C ###", "B\n\nC"),  # A is the title
        ("*a* **b** _c_ ~~d~~ `e*` \\*f\\*", "a b c d e* *f*"),
        ("[text](/a) <https://b.org> ![alt](/c.png)x [r]\n\n[r]: /r", "text https://b.org x r"),
        ("&amp; &lt;p&gt; &eacute; &#x2014;", "& <p> é —"),
        ("> quoted\n> text\n\nafter", "quoted text\n\nafter"),
        ("before\n\n* a\n* b\n  * c\n\nafter", "before\n\n- a\n- b\n- c\n\nafter"),
        ("1. a\n2. b\n\n   more of b", "1. a\n\n2. b\n\nmore of b"),
        ("- a\n\n1. b\n2. c", "- a\n\n1. b\n2. c"),
        ("```python\nif x:\n\n    y = '<b>'\n```\nafter", "if x:\n\n    y = '<b>'\n\nafter"),
        ("    indented <code>\n", "indented <code>"),
        ("| a | b |\n|---|---|\n| 1 | *2* |\n\nafter", "a | b\n1 | 2\n\nafter"),
        ("a<br>b <span class='x'>c</span> <!-- no -->d<script>no()</script>e", "a\nb c de"),
        ("<div class='x'>\n<p>One &amp; two</p>\n<p>Three</p>\n</div>\n\nafter", "One & two\n\nThree\n\nafter"),
        ("<script>\n\nno()\n</script>\n\n<style>no {}</style>\n\nyes", "yes"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<div>\n\n    <blockquote>in it</blockquote>\n\n</div>\n\n    <b>code</b>", "in it\n\n<b>code</b>"),
        ("note[^1] and[^2].\n\n[^1]: The first\n", "note and.\n\nThe first"),
        ("`[^a-z]` stays", "[^a-z] stays"),
        ("text\n{: .lead}\n\n[x](/a){:target=\"_blank\"} {:foo => 1}", "text\n\nx {:foo => 1}"),
        ("- \n-\n\nx", "x"),
        ("a\n\n***\n\nb", "a\n\nb"),
    ],
)  # fmt: skip
def test_markdown_as_a_reader_sees_it(source: str, text: str) -> None:
    assert plain_text(source).body == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('[a]({{ "/2014/07/31/x/" | url }})', "[a](/2014/07/31/x/)"),
        ("[a]({{ '/x/' | relative_url }}#b)", "[a](/x/#b)"),
        ("[a]({{ site.baseurl }}/x/) [b]({{site.baseurl}}/y)", "[a](/x/) [b](/y)"),
        ("[a]({% post_url 2014-01-01-x %})", "[a](@/2014-01-01-x)"),
        ("Read {% post_url 2014-01-01-x %}", "Read "),
        ('By {{ "ann" | team_link }}.', "By ."),
        ("{% image 'a.png'\n   alt='%} no' %}x", " no' %}x"),
        ("{% raw %}{{ stays }} {% so %}{% endraw %}", "{{ stays }} {% so %}"),
        ("{%- raw -%}{{a}}{%- endraw -%}{{b}}", "{{a}}"),
        ("a {% comment %}no {{ x }} no{% endcomment %}b", "a b"),
        ("<div>\n  {% image %}\n<p>x</p>", "<div>\n<p>x</p>"),
        ("a {{ open", "a {{ open"),
        ("no tags { here } %}", "no tags { here } %}"),
    ],
)
def test_liquid_goes_and_its_urls_stay(source: str, text: str) -> None:
    assert without_liquid(source) == text


def test_links_are_canonical_each_once_in_order() -> None:
    text = plain_text(
        "[a]({{ site.baseurl }}/b/#top) [b](HTTPS://B.org?utm_source=x) <http://c.org/d> [again](/b/)\n"
        '<a href="/e?x=1&amp;y=2">e</a>\n'
        "[mail](mailto:a@b.org) [js](javascript:alert(1)) [rel](../f) [here](#g)\n\n"
        "<p><a class='x' data-href='/no' href=/h>h</a> <abbr href='/no'>i</abbr></p>\n\n"
        "![image](/i.png) [![image](/j.png)](/k)\n"
    )

    assert list(text.links) == ["/b/", "https://b.org/", "http://c.org/d", "/e?x=1&y=2", "../f", "/h", "/k"]


def test_html_that_is_broken_is_text() -> None:
    links = Links()

    assert html_text("<p>1 < 2 <a href='/x", links) == "1 < 2 <a href='/x"
    assert html_text("a <![x <b", links) == "a <![x <b"
    assert html_text("<script>never closed", links) == ""
    assert list(links) == []


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                *"<>&;\"'[]()!*_`#-|{}%\n\t ax/=:",
                "<a href=",
                "<!--",
                "<![",
                "</div>",
                "{%",
                "{{",
                "---\n",
                "+++\n",
                "http://",
                "<script",
            ]
        )
    ).map("".join)
)
def test_any_markup_gives_text(source: str) -> None:
    text = plain_text(source)

    assert "\0" not in text.body
    assert text.body == text.body.strip()


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(),
        st.text().map(lambda text: f"---\n{text}\n---\n{text}".encode()),
        st.text().map(lambda text: f"+++\n{text}\n+++\n".encode()),
    )
)
def test_any_bytes_are_one_item(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(data)

    (item,) = read_source(path)

    assert item.where == str(path)


@pytest.fixture(scope="module")
def posts(shared: Callable[[str], Path]) -> list[Item]:
    return list(read_source(shared("inputs/18f-posts")))


def test_the_posts_of_18f_are_all_accepted(posts: list[Item], shared: Callable[[str], Path]) -> None:
    items = [accepted(item) for item in posts]
    by_id = {item.article.id: item for item in items}

    assert len(items) == len(by_id) == len(list(shared("inputs/18f-posts").glob("*.md")))
    assert {id[:12]: item.warnings for id, item in by_id.items() if item.warnings} == {
        "2016-05-19-c": ("line 5: a tab in the YAML front matter was read as spaces",),
        "2024-12-5-18": (
            "the date in the file name, '2024-12-5', is not written YYYY-MM-DD: the front matter's date is used",
        ),
    }
    assert all(item.article.title and item.article.date and item.article.authors for item in items)
    assert not [
        id for id, item in by_id.items() if "{% image" in item.article.body or "<blockquote" in item.article.body
    ]


def test_every_link_of_18fs_editors_is_found(posts: list[Item], shared: Callable[[str], Path]) -> None:
    links = {
        item.article.id: [url.rstrip("/").rpartition("/")[2] for url in item.article.links]
        for item in posts
        if isinstance(item, Accepted)
    }
    pairs = [line.split("\t") for line in shared("collections/18f/related.tsv").read_text().splitlines()]

    assert len(pairs) == 482
    assert not [(a, b) for a, b, _ in pairs if b[len("2014-01-01-") :] not in links[a]]
