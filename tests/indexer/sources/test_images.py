"""The picture that stands for an article, what it shows, and when an article was changed last."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.article.images import image_in, image_url
from indexer.base.errors import ArticleError
from indexer.commands.index import index
from indexer.sources import Accepted, read_source
from tests.indexer.sources.html.pages import article, article_of, meta, page
from tests.indexer.sources.test_exports import articles, wordpress, wordpress_item, written

HOME = "https://harbour.example"


@pytest.mark.parametrize(
    ("reference", "base", "url"),
    [
        ("https://cdn.example/a.jpg?w=12&utm_source=x", "/a/", "https://cdn.example/a.jpg?w=12&utm_source=x"),
        ("/img/a.jpg", f"{HOME}/2024/a/", f"{HOME}/img/a.jpg"),
        ("a b.jpg#top", f"{HOME}/2024/a/", f"{HOME}/2024/a/a%20b.jpg"),
        ("../a.jpg", f"{HOME}/2024/a/", f"{HOME}/2024/a.jpg"),
        ("//cdn.example/a.jpg", f"{HOME}/a/", "https://cdn.example/a.jpg"),
        ("//cdn.example/a.jpg", "", "https://cdn.example/a.jpg"),
        ("/img/a.jpg", "/2024/a/", "/img/a.jpg"),
        ("/img/a.jpg", "", "/img/a.jpg"),
        ("a.jpg", "/2024/a/", "/2024/a/a.jpg"),
        ("a.jpg", "", ""),
        ("data:image/png;base64,AAAA", f"{HOME}/a/", ""),
        ("javascript:alert(1)//a.jpg", f"{HOME}/a/", ""),
        ("file:///etc/a.jpg", f"{HOME}/a/", ""),
        ("https://me:secret@cdn.example/a.jpg", f"{HOME}/a/", ""),
        ("{{ site.url }}/a.jpg", f"{HOME}/a/", ""),
        ("\\\\cdn.example\\a.jpg", f"{HOME}/a/", ""),
        ("https://[broken/a.jpg", f"{HOME}/a/", ""),
        ("https://x.example:99999/a.jpg", f"{HOME}/a/", ""),
    ],
)
def test_an_address_is_one_that_a_browser_may_load(reference: str, base: str, url: str) -> None:
    assert image_url(reference, base) == url


@pytest.mark.parametrize(
    ("value", "reference", "alt"),
    [
        ("/a.jpg", "/a.jpg", ""),
        ({"url": "/a.jpg", "alt": "A  quay"}, "/a.jpg", "A quay"),
        ({"data": {"attributes": {"url": "/a.jpg", "alternativeText": "A quay"}}}, "/a.jpg", "A quay"),
        ({"image": {"src": "a.webp"}, "alt": "A quay"}, "a.webp", "A quay"),
        ([{"source_url": "/a.jpg", "alt_text": "A quay"}, "/b.jpg"], "/a.jpg", "A quay"),
        ([None, 7, "", "/b.jpg"], "/b.jpg", ""),
        ("full-width", "", ""),
        ("Welcome to the quay", "", ""),
        (4711, "", ""),
        (True, "", ""),
        ("x" * 5000 + ".jpg", "", ""),
        ({"url": {"url": {"url": {"url": {"url": {"url": {"url": "/deep.jpg"}}}}}}}, "", ""),
    ],
)
def test_a_picture_in_whatever_form(value: Any, reference: str, alt: str) -> None:
    assert tuple(image_in(value)) == (reference, alt)


def test_pages_say_it_in_json_ld_before_open_graph_before_microdata() -> None:
    node = {
        "@type": "NewsArticle",
        "headline": "x",
        "image": [{"@id": "#pic"}],
        "dateModified": "2024-03-19T08:00:00+01:00",
    }
    graph = {"@graph": [node, {"@type": "ImageObject", "@id": "#pic", "url": "/ld.jpg", "caption": "A quay"}]}
    canonical = f'<link rel="canonical" href="{HOME}/2024/pier/">'
    tags = canonical + meta(og__image="og.jpg", og__image__alt="Two boats", article__modified_time="2024-03-20")
    marked = '<figure itemprop="image"><img src="/seen.jpg" alt="Three boats"></figure>'
    linked = article_of(page(article(marked), tags, linked=graph))
    assert (linked.image, linked.image_alt) == (f"{HOME}/ld.jpg", "A quay")
    assert linked.modified == datetime.fromisoformat("2024-03-19T08:00:00+01:00")
    said = article_of(page(article(marked), tags))
    assert (said.image, said.image_alt) == (f"{HOME}/2024/pier/og.jpg", "Two boats")
    assert said.modified == datetime(2024, 3, 20, tzinfo=UTC)
    seen = article_of(page(article(marked), canonical))
    assert (seen.image, seen.image_alt) == (f"{HOME}/seen.jpg", "Three boats")
    unsafe = article_of(page(article(), canonical + meta(og__image="data:image/png;base64,AA")))
    assert (unsafe.image, unsafe.image_alt, unsafe.modified) == ("", "", None)


def test_feeds_have_it_in_media_rss_or_as_an_enclosure(tmp_path: Path) -> None:
    entry = "<item><title>{}</title><link>/{}</link><description>Text</description>{}</item>"
    media = (
        '<media:content url="/small.jpg" medium="image" width="90"/>'
        '<media:content url="/large.jpg" medium="image" width="1200"/><media:thumbnail url="/thumb.jpg"/>'
    )
    enclosures = '<enclosure url="/talk.mp3" type="audio/mpeg"/><enclosure url="/cover.png" type="image/png"/>'
    feed = written(
        tmp_path,
        "feed.xml",
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>H</title>'
        f"<link>{HOME}</link>{entry.format('A', 'a', media)}{entry.format('B', 'b', enclosures)}"
        f"{entry.format('C', 'c', '')}</channel></rss>",
    )
    assert [each.image for each in articles(feed)] == [f"{HOME}/large.jpg", f"{HOME}/cover.png", ""]


def test_atom_says_when_an_entry_was_changed(tmp_path: Path) -> None:
    feed = written(
        tmp_path,
        "feed.atom",
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>H</title><entry><title>A</title>'
        f'<link href="{HOME}/a"/><published>2024-03-18T10:00:00Z</published><updated>2024-03-20T10:00:00Z</updated>'
        "<content>Text</content></entry></feed>",
    )
    assert articles(feed)[0].modified == datetime(2024, 3, 20, 10, tzinfo=UTC)


def test_the_featured_image_of_a_wordpress_export_may_stand_behind_its_post(tmp_path: Path) -> None:
    def noted(key: str, value: str) -> str:
        return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"

    changed = "<wp:post_modified_gmt>2024-03-05 09:30:00</wp:post_modified_gmt>"
    attached = f"<wp:attachment_url>{HOME}/files/quay.jpg</wp:attachment_url>" + noted(
        "_wp_attachment_image_alt", "A quay"
    )
    picture = wordpress_item("quay-jpg", "inherit", "attachment", attached).replace("<wp:post_id>7<", "<wp:post_id>9<")
    export = wordpress(
        wordpress_item("with", more=noted("_thumbnail_id", "9") + changed), wordpress_item("no"), picture
    )
    first, second = articles(written(tmp_path, "site.xml", export))
    assert (first.image, first.image_alt) == (f"{HOME}/files/quay.jpg", "A quay")
    assert first.modified == datetime(2024, 3, 5, 9, 30, tzinfo=UTC)
    assert (second.image, second.image_alt, second.modified) == ("", "", None)


def test_ghost_keeps_its_own_address_out_of_exports(tmp_path: Path) -> None:
    post = {
        "id": "1", "title": "A", "slug": "a", "status": "published", "visibility": "public",
        "html": '<p>Text, and <a href="__GHOST_URL__/b/">more</a></p>', "feature_image": "__GHOST_URL__/content/a.jpg",
        "published_at": "2024-03-18T10:00:00Z", "updated_at": "2024-03-19T10:00:00Z",
    }  # fmt: skip
    tables = {"posts": [post], "posts_meta": [{"post_id": "1", "feature_image_alt": "A quay"}]}
    export = {"db": [{"meta": {"exported_on": 1}, "data": tables | {"posts_tags": [], "posts_authors": []}}]}
    (found,) = articles(written(tmp_path, "ghost.json", json.dumps(export)))
    assert (found.image, found.image_alt) == ("/content/a.jpg", "A quay")
    assert found.modified == datetime(2024, 3, 19, 10, tzinfo=UTC)
    assert found.links == ("/b/",)


def test_wordpress_answers_it_when_asked_for_what_is_embedded(tmp_path: Path) -> None:
    post = {
        "link": f"{HOME}/a/",
        "title": {"rendered": "A"},
        "content": {"rendered": "<p>Text</p>"},
        "modified": "2024-03-19T11:00:00",
        "modified_gmt": "2024-03-19T10:00:00",
        "_embedded": {"wp:featuredmedia": [{"source_url": f"{HOME}/a.jpg", "alt_text": "A quay"}]},
    }
    (found,) = articles(written(tmp_path, "posts.json", json.dumps([post])))
    assert (found.image, found.image_alt) == (f"{HOME}/a.jpg", "A quay")
    assert found.modified == datetime(2024, 3, 19, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("front", "image", "alt"),
    [
        ("image: /a.jpg", "/a.jpg", ""),
        ("image:\n  path: /a.jpg\n  alt: A quay", "/a.jpg", "A quay"),
        ("cover:\n  image: a.jpg\n  alt: A quay", "/2024/a/a.jpg", "A quay"),
        ("header:\n  teaser: /a.jpg", "/a.jpg", ""),
        ("header: big", "", ""),
        ("heroImage: ./a.jpg\nheroAlt: A quay", "/2024/a/a.jpg", "A quay"),
        ("images: [/a.jpg, /b.jpg]", "/a.jpg", ""),
        ("image_alt: no picture", "", ""),
    ],
)
def test_front_matter_of_generators(tmp_path: Path, front: str, image: str, alt: str) -> None:
    post = written(tmp_path, "a.md", f"---\ntitle: A\nurl: /2024/a/\n{front}\nlastmod: 2024-03-19\n---\nText\n")
    (found,) = articles(post)
    assert (found.image, found.image_alt) == (image, alt)
    assert found.modified == datetime(2024, 3, 19, tzinfo=UTC)


def test_a_picture_beside_a_post_has_its_address_from_the_pattern(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    post = written(tmp_path / "posts", "quay.md", "---\ntitle: A\nimage: a.jpg\nimage_alt: A quay\n---\nText\n")
    (item,) = read_source(post)
    assert isinstance(item, Accepted)
    assert (item.article.image, item.image) == ("", "a.jpg")
    data = tmp_path / "archive"
    arguments = [str(tmp_path / "posts"), "--workers", "1"]
    assert CliRunner().invoke(index, [*arguments, "--url", "/blog/{slug}/"], obj={"data": data}).exit_code == 0
    with Archive.open(data) as archive:
        stored = archive.store.get("quay")
    assert (stored.url, stored.image, stored.image_alt) == ("/blog/quay/", "/blog/quay/a.jpg", "A quay")
    assert CliRunner().invoke(index, arguments, obj={"data": tmp_path / "other"}).exit_code == 0
    with Archive.open(tmp_path / "other") as archive:
        stored = archive.store.get("quay")
    assert (stored.image, stored.image_alt) == ("", "")


def test_what_is_no_date_of_a_change_is_kept_as_it_was(tmp_path: Path) -> None:
    (found,) = articles(written(tmp_path, "a.md", "---\ntitle: A\nmodified: by Ann\nimage: 7\n---\nText\n"))
    assert (found.modified, found.image) == (None, "")
    assert dict(found.fields) == {"image": "7", "modified": "by Ann"}


def test_an_article_takes_no_picture_that_a_browser_must_not_load() -> None:
    with pytest.raises(ArticleError, match="image 'javascript:x' must be http, https or start with '/'"):
        Article(id="x", title="T", image="javascript:x")
    with pytest.raises(ArticleError, match="modified 2024-03-18T00:00:00 has no time zone"):
        Article(id="x", title="T", modified=datetime(2024, 3, 18))
