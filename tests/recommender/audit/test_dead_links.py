"""Links to what readers should not be sent to."""

from __future__ import annotations

from pathlib import Path

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from recommender.audit.dead_links import dead_links
from recommender.feedback.editor_links import Link, all_links, editor_links
from tests.opening import recommending


def link(url: str, target: int | None = None, host: str = "daily.example") -> Link:
    return Link(0, url, host, url.removeprefix("https://daily.example"), target)


def found(*links: Link, removed: str = "", ids: str = "a", urls: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    dead = dead_links(links, {7: "retracted", 8: "expired"}, frozenset([removed]), frozenset([ids]), urls)
    return [(one.why, one.link.url) for one in dead]


def test_links_to_articles_that_are_retracted_or_expired_come_first() -> None:
    assert found(link("/b", 8), link("/c", 3), link("/a", 7)) == [("retracted", "/a"), ("expired", "/b")]


def test_a_link_to_an_article_that_was_removed() -> None:
    assert found(link("/2024/03/19/gone"), removed="2024-03-19-gone") == [("removed", "/2024/03/19/gone")]


def test_a_missing_article_is_told_from_another_page_by_its_address() -> None:
    urls = ("https://www.daily.example/2023/11/02/moon/", "https://daily.example:443/stories/mars")
    assert found(link("/2024/03/19/hello"), link("/about"), link("/stories/venus?x=1"), urls=urls) == [
        ("missing", "/2024/03/19/hello"),
        ("missing", "/stories/venus?x=1"),
    ]
    assert found(link("/2024/03/19/hello", host="elsewhere.example"), urls=urls) == []


def test_an_archive_without_addresses_knows_its_articles_by_dated_ids() -> None:
    dated = link("/2024/03/19/hello", host="")
    assert found(dated, link("/about", host=""), ids="2023-11-02-moon") == [("missing", "/2024/03/19/hello")]
    assert found(dated, ids="moon") == []


def test_links_of_an_archive(tmp_path: Path) -> None:
    base = "https://daily.example/"
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(
            [
                Article(id="a", url=f"{base}a", title="A", links=("/b/", f"{base}a", "https://other.example/b")),
                Article(id="b", url=f"{base}b", title="B"),
            ]
        )
        corpus = recommending(engine).corpus()
        links = all_links(engine, corpus)
        assert [one.target for one in links] == [1, 0, None]
        assert editor_links(engine, corpus) == {0: frozenset({1})}
