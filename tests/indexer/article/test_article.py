"""The article record: what it accepts, what it writes and reads back, and which URLs it trusts."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.article.article import FIELDS, Article, Dateline, canonical_url, id_from_url, is_followable
from indexer.base.errors import ArticleError

TEXT = st.text(max_size=40)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
ZONES = st.integers(min_value=-1439, max_value=1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ARTICLES = st.builds(
    Article,
    id=st.from_regex(r"[A-Za-z0-9_-]{1,200}", fullmatch=True),
    url=st.sampled_from(["", "/a", "https://example.org/a?b=c"]),
    title=st.text(min_size=1, max_size=40).map(lambda text: f"x{text}"),
    body=TEXT,
    excerpt=TEXT,
    authors=TEXTS,
    date=st.one_of(st.none(), st.datetimes(timezones=ZONES)),
    dateline=st.builds(Dateline, TEXT, TEXT),
    section=TEXT,
    site=TEXT,
    tags=TEXTS,
    language=st.sampled_from(["", "en", "fr"]),
    links=TEXTS,
    offered=TEXTS,
    expires=st.one_of(st.none(), st.datetimes(timezones=ZONES)),
    status=st.sampled_from(["", "retracted"]),
    source=TEXT,
)


@settings(deadline=None)
@given(ARTICLES)
def test_an_article_reads_back_from_its_own_json(article: Article) -> None:
    assert Article.from_json(article.to_json()) == article
    assert "\n" not in article.to_json()


@settings(deadline=None)
@given(ARTICLES, st.sampled_from([name for name in FIELDS if name != "source"]))
def test_the_digest_changes_with_everything_but_the_source(article: Article, name: str) -> None:
    others: dict[str, Any] = {
        "id": article.id[:199] + ("a" if article.id[-1] != "a" else "b"),
        "url": "/elsewhere",
        "dateline": Dateline("Nowhere", "XYZ"),
        "date": datetime(1901, 2, 3, 4, 5, 6, tzinfo=UTC),
        "expires": datetime(1901, 2, 3, 4, 5, 6, tzinfo=UTC),
        "status": "" if article.status else "retracted",
        "fields": {**article.fields, "z": 1},
    }
    value = others.get(name)
    if name not in others:
        value = getattr(article, name) + (("z",) if name in ("authors", "tags", "links", "offered") else "z")

    assert dataclasses.replace(article, **{name: value}).digest() != article.digest()
    assert dataclasses.replace(article, source="moved.jsonl:1").digest() == article.digest()


def test_a_source_quoted_in_the_text_does_not_confuse_the_digest() -> None:
    body = 'He typed ,"source":"a.md" and saved.'

    assert Article(id="x", body=body, source="a.md").digest() == Article(id="x", body=body).digest()
    assert Article(id="x", body=body, source="a.md").digest() != Article(id="x", body="He typed").digest()


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    half, pair = "\ud83d", "\ud83d\ude80"  # a rocket in two halves, as some JSON readers hand it on
    article = Article(
        id="x", title=f"a{half}", body=pair, tags=(half, "ok"), dateline=Dateline(half), source=f"{half}.md"
    )

    stored = Article.from_json(article.to_json())

    assert (stored.title, stored.body, stored.tags, stored.source) == ("a\ufffd", "🚀", ("\ufffd", "ok"), "\ufffd.md")
    assert stored.dateline == Dateline("\ufffd")
    assert stored.digest() == article.digest()


def test_empty_fields_are_left_out_of_the_json() -> None:
    assert json.loads(Article(id="x", title="A").to_json()) == {"id": "x", "title": "A"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": ""}, "id '' must be 1 to 200 letters"),
        ({"id": "a/b"}, "id 'a/b' must be"),
        ({"id": "a\n"}, "id 'a' must be"),
        ({"id": "é"}, "must be 1 to 200 letters"),
        ({"id": "a" * 201}, "id 'a{57}...' must be"),
        ({"title": " ", "body": "\n"}, "^neither title nor text$"),
        ({"date": datetime(2024, 3, 18)}, "date 2024-03-18T00:00:00 has no time zone"),
        ({"url": "javascript:alert(1)"}, "url 'javascript:alert(1)' must be http"),
        ({"url": "javascript:" + "x" * 5000}, r"^url 'javascript:x{46}\.\.\.' must be"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_the_reason(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ArticleError, match=reason.replace("(1)", r"\(1\)")):
        Article(**{"id": "x", "title": "A"} | fields)


@pytest.mark.parametrize(
    ("title", "body", "headline"),
    [
        ("A", "b", "A"),
        ("", "One two three", "One two three"),
        ("", "1 2 3 4 5 6 7 8 9 10 11 12 13", "1 2 3 4 5 6 7 8 9 10 11 12 ..."),
    ],
)
def test_the_headline_stands_in_for_a_missing_title(title: str, body: str, headline: str) -> None:
    assert Article(id="x", title=title, body=body).headline == headline


def test_a_dateline_prints_as_it_is_written() -> None:
    assert str(Dateline("Beijing", "AFP")) == "Beijing (AFP)"
    assert str(Dateline("Beijing")) == "Beijing"
    assert str(Dateline(agency="AFP")) == "AFP"
    assert not Dateline()


@pytest.mark.parametrize(
    "url", ["/", "/2014/03/19/hello/", "http://a.org", "HTTPS://a.org/x?y#z", "https://[::1]:8080/"]
)
def test_urls_a_browser_may_follow(url: str) -> None:
    assert is_followable(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "a.html", "../a", "#top", "?q=1", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x",
        "mailto:a@b.org", "ftp://a.org/", "//evil.org/", "/\\evil.org", "/\t/evil.org", "\\\\evil.org", "http:",
        "http://", "http:///x", "http://:80/", "https://good.org\\@evil.org/", "java\nscript:alert(1)", "http://[bad/",
        "https://exa mple.org/", "\x01javascript:alert(1)", "/\ud800",
    ],
)  # fmt: skip
def test_urls_a_browser_must_not_follow(url: str) -> None:
    assert not is_followable(url)
    with pytest.raises(ArticleError, match="must be http, https or start with '/'"):
        canonical_url(url)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (" https://Example.ORG:443/A/b#c ", "https://example.org/A/b"),
        ("http://example.org", "http://example.org/"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("https://user:secret@example.org/", "https://example.org/"),
        ("http://[::1]:80/x", "http://[::1]/x"),
        ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("/2014/03/19/hello/#top", "/2014/03/19/hello/"),
        ("/x?utm_source=mail&id=7&fbclid=abc&utm%5Fmedium=x", "/x?id=7"),
        ("/x?utm_source=mail", "/x"),
        ("/x?flag&name=a+b&n=%E9&&m=%20", "/x?flag&name=a+b&n=%E9&m=%20"),  # stays as the server knows it
    ],
)
def test_a_url_loses_what_does_not_change_the_article(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_a_url_with_an_impossible_port_is_refused() -> None:
    with pytest.raises(ArticleError, match="port that is not a number"):
        canonical_url("http://example.org:http/")


URLS = st.one_of(
    TEXT,
    st.builds("{}{}{}".format, st.sampled_from(["/", "//", "http://", "https://a.org", "https://a.org/?"]), TEXT, TEXT),
    st.text(alphabet="/:.?#&=[]@\\ah%2t", max_size=30).map(lambda text: f"http:{text}"),
)


@settings(deadline=None)
@given(URLS)
def test_a_canonical_url_is_its_own_canonical_form_or_an_article_error(url: str) -> None:
    try:
        canonical = canonical_url(url)
    except ArticleError:
        return
    assert canonical_url(canonical) == canonical
    assert is_followable(canonical)


@settings(deadline=None)
@given(URLS)
def test_every_url_that_is_canonical_makes_an_id(url: str) -> None:
    try:
        canonical = canonical_url(url)
    except ArticleError:
        return
    assert Article(id=id_from_url(url), title="A").id == id_from_url(canonical)


def test_ids_from_urls_are_readable_and_the_urls_own() -> None:
    assert id_from_url("https://www.example.org/2024/03/Hello-World/").startswith(
        "www-example-org-2024-03-hello-world-"
    )
    assert id_from_url("https://e.org/?p=12#c") == id_from_url("https://e.org/?p=12&utm_source=x")
    assert "p-12-" in id_from_url("https://e.org/?p=12")  # readable where all articles share a path
    assert len({id_from_url(f"https://e.org/{path}") for path in ("a/b", "a-b", "a_b", "A/b", "")}) == 5
