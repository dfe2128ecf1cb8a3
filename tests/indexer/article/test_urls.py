"""Which URLs are trusted, which are one and the same, and the ids made of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.article.article import Article
from indexer.article.urls import canonical_url, id_from_url, is_followable
from indexer.base.errors import ArticleError

TEXT = st.text(max_size=40)


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
