"""Exports of content systems and feeds: what readers may see of them, with its date, authors and tags."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from indexer.article.article import Article
from indexer.sources import Accepted, Document, Item, Refused, read_document, read_source
from indexer.sources.formats.ghost import record_of

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"{wp}><channel><title>The Harbour Post</title>
<link>https://harbour.example</link><language>en-GB</language>
{content}</channel></rss>"""
WP = ' xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:wp="http://wordpress.org/export/1.2/"'


def items(path: Path) -> list[Item]:
    return list(read_source(path))


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def articles(path: Path) -> list[Article]:
    return [item.article for item in items(path) if isinstance(item, Accepted)]


def wordpress_item(slug: str, status: str = "publish", kind: str = "post", more: str = "", body: str = "") -> str:
    return f"""<item><title>On {slug} &amp; tides</title><link>https://harbour.example/{slug}/</link>
<pubDate>Mon, 04 Mar 2024 09:30:00 +0000</pubDate><dc:creator><![CDATA[ada]]></dc:creator>
<content:encoded><![CDATA[{body or f"The text of {slug}."}]]></content:encoded>
<excerpt:encoded><![CDATA[In short.]]></excerpt:encoded><wp:post_id>7</wp:post_id>
<wp:post_date>2024-03-04 10:30:00</wp:post_date><wp:post_date_gmt>2024-03-04 09:30:00</wp:post_date_gmt>
<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>
<category domain="category" nicename="port"><![CDATA[Port]]></category>
<category domain="category" nicename="news"><![CDATA[News]]></category>
<category domain="post_tag" nicename="ships"><![CDATA[Ships & boats]]></category>{more}</item>"""


def wordpress(*content: str) -> str:
    author = (
        "<wp:author><wp:author_login>ada</wp:author_login>"
        "<wp:author_display_name><![CDATA[Ada Quay]]></wp:author_display_name></wp:author>"
    )
    return RSS.format(wp=WP, content=author + "".join(content))


def test_a_wordpress_export_has_its_posts_and_pages_and_nothing_else(tmp_path: Path) -> None:
    password = "<wp:post_password>x</wp:post_password>"
    noindex = (
        "<wp:postmeta><wp:meta_key>_yoast_wpseo_meta-robots-noindex</wp:meta_key>"
        "<wp:meta_value>1</wp:meta_value></wp:postmeta>"
    )
    path = written(
        tmp_path,
        "export.xml",
        wordpress(
            wordpress_item("moorings"),
            wordpress_item("about", kind="page"),
            wordpress_item("regatta", kind="event"),
            wordpress_item("photo", "inherit", "attachment"),
            wordpress_item("menu", kind="nav_menu_item"),
            wordpress_item("later", "future"),
            wordpress_item("unready", "draft"),
            wordpress_item("ours", "private"),
            wordpress_item("secret", more=password),
            wordpress_item("unlisted", more=noindex),
        ),
    )
    found = items(path)
    assert [a.url.split("/")[3] for a in articles(path)] == ["moorings", "about", "regatta"]
    withheld = [item for item in found if isinstance(item, Refused)]
    assert len(withheld) == 5
    assert all(item.withheld for item in withheld)
    article = articles(path)[0]
    assert article.title == "On moorings & tides"
    assert article.authors == ("Ada Quay",)
    assert article.date == datetime(2024, 3, 4, 9, 30, tzinfo=UTC)
    assert (article.section, article.tags) == ("Port", ("Ships & boats", "News"))
    assert (article.excerpt, article.site, article.language) == ("In short.", "The Harbour Post", "en")


def test_the_text_of_a_post_is_what_wordpress_shows(tmp_path: Path) -> None:
    body = (
        '<!-- wp:paragraph --><p>One <a href="https://harbour.example/b/">link</a>.</p><!-- /wp:paragraph -->\n\n'
        '[caption id="a_1" align="left"]<img src="a.png" alt="x" /> A pier[/caption]\n\n'
        'Second [sic] paragraph.\r\n\r\n[gallery ids="1,2"]Third.[su_note]Mind the gap.[/su_note]'
    )
    path = written(tmp_path, "export.xml", wordpress(wordpress_item("a", body=body)))
    (article,) = articles(path)
    assert article.body == "One link.\n\nA pier\n\nSecond [sic] paragraph.\n\nThird.Mind the gap."
    assert article.links == ("https://harbour.example/b/",)


def test_an_export_that_breaks_off_gives_what_is_whole_and_says_so(tmp_path: Path) -> None:
    text = wordpress(wordpress_item("a"), wordpress_item("b"))
    path = written(tmp_path, "export.xml", text[: text.rindex("<wp:status>")])
    found = items(path)
    assert [item.article.title for item in found if isinstance(item, Accepted)] == ["On a & tides"]
    unknown, broken = (item for item in found if isinstance(item, Refused))
    assert "not known whether it is for the public" in unknown.reason
    assert "breaks off" in broken.reason


def test_control_codes_in_an_export_cost_nothing_else(tmp_path: Path) -> None:
    path = written(
        tmp_path, "export.xml", wordpress(wordpress_item("a", body="Bell\x07 and \x0bwhistle."), wordpress_item("b"))
    )
    assert [a.title for a in articles(path)] == ["On a & tides", "On b & tides"]


def test_an_xml_bomb_is_not_unfolded(tmp_path: Path) -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = wordpress(wordpress_item("a", body="x"), wordpress_item("b")).replace("On a ", "On &a11; ")
    bomb = bomb.replace("?>\n", f"?>\n<!DOCTYPE rss [{entities}]>\n", 1)
    for text in (bomb, bomb.replace(WP, "")):
        for article in articles(written(tmp_path, "export.xml", text)):
            assert len(article.title) < 100


def test_a_file_that_an_entity_names_is_not_read(tmp_path: Path) -> None:
    secret = written(tmp_path, "secret", "hunter2")
    for wp in (WP, ""):
        text = RSS.format(wp=wp, content=wordpress_item("a").replace("On a", "On &s;"))
        text = text.replace("?>\n", f'?>\n<!DOCTYPE rss [<!ENTITY s SYSTEM "file://{secret}">]>\n', 1)
        path = written(tmp_path, "export.xml", text)
        assert "hunter2" not in "".join(map(str, items(path)))


@pytest.mark.parametrize("packed", [False, True])
def test_rss_with_the_full_text_and_with_a_summary_only(tmp_path: Path, packed: bool) -> None:
    content = """<item><title>Ferry &amp; fog</title><link>https://harbour.example/ferry?utm_source=rss</link>
<pubDate>Tue, 05 Mar 2024 08:00:00 +0100</pubDate><dc:creator>Ben Buoy</dc:creator><category>Port</category>
<description>The ferry waits.</description><content:encoded>&lt;p&gt;The ferry waited. &lt;a
href="/fog"&gt;Fog&lt;/a&gt;&lt;/p&gt;&lt;p&gt;All day.&lt;/p&gt;</content:encoded></item>
<item><title>Crane</title><guid isPermaLink="false">crane/1</guid><description>A new crane.</description></item>"""
    path = tmp_path / ("feed.xml.gz" if packed else "feed.rss")
    data = RSS.format(wp="", content=content).encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    ferry, crane = articles(path)
    assert (ferry.title, ferry.url) == ("Ferry & fog", "https://harbour.example/ferry")
    assert ferry.body == "The ferry waited. Fog\n\nAll day."
    assert ferry.excerpt == "The ferry waits."
    assert ferry.date == datetime(2024, 3, 5, 7, tzinfo=UTC)
    assert (ferry.authors, ferry.tags, ferry.site, ferry.language) == (
        ("Ben Buoy",),
        ("Port",),
        "The Harbour Post",
        "en",
    )
    assert (crane.id, crane.body, crane.excerpt) == ("crane-1", "A new crane.", "")


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("<dc:language>de</dc:language>", "de"),
        ("<dc:language> it-IT </dc:language><content:encoded>&lt;p&gt;Il porto&lt;/p&gt;</content:encoded>", "it"),
        ("<dc:language>zh_TW</dc:language>", "zh"),
        ("<dc:language>PT-br</dc:language>", "pt"),
        ("<language>ko</language>", "ko"),
        ('<description xml:lang="ar">x</description>', "ar"),
        ("", "en"),
        ("<dc:language></dc:language>", "en"),
        ("<dc:language>Nederlands</dc:language>", "en"),
        ("<dc:language>日本</dc:language>", "en"),
    ],
)
@pytest.mark.parametrize("around", ["", ' xml:lang="fr"'])
def test_an_entry_of_rss_is_in_the_language_that_it_says_before_the_feeds(
    tmp_path: Path, said: str, language: str, around: str
) -> None:
    entry = f"<item><title>Harbour</title><guid>a</guid><description>Text.</description>{said}</item>"
    text = RSS.format(wp=around, content=entry)
    (article,) = articles(written(tmp_path, "feed.rss", text))
    assert article.language == language


@pytest.mark.parametrize(
    ("around", "inside", "language"),
    [
        ("", "<summary>Text.</summary>", "en"),
        (' xml:lang="de"', "<summary>Text.</summary>", "de"),
        (' xml:lang="de"', "", "de"),
        ("", '<content xml:lang="fr">Text.</content>', "fr"),
        ("", "<dc:language>nl</dc:language><content>Text.</content>", "nl"),
    ],
)
def test_an_entry_of_atom_is_in_the_language_that_it_says(
    tmp_path: Path, around: str, inside: str, language: str
) -> None:
    text = f"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="en">
<title>The Harbour Post</title><id>a</id><entry{around}><title>Harbour</title><id>b</id>{inside}</entry></feed>"""
    (article,) = articles(written(tmp_path, "feed.atom", text))
    assert article.language == language


def test_atom_and_a_blogger_export(tmp_path: Path) -> None:
    kind = '<category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#{}"/>'
    entry = """<entry><id>tag:x,1</id><title type="html">{title}</title><published>2024-03-05T08:00:00Z</published>
<link rel="alternate" href="https://harbour.example/{title}"/><author><name>Ada Quay</name></author>{more}
<content type="html">&lt;p&gt;Text of {title}.&lt;/p&gt;</content></entry>"""
    draft = '<app:control xmlns:app="http://purl.org/atom/app#"><app:draft>yes</app:draft></app:control>'
    text = (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nl"><title>Haven</title>'
        + entry.format(title="kade", more=kind.format("post"))
        + entry.format(title="praatje", more=kind.format("comment"))
        + entry.format(title="concept", more=kind.format("post") + draft)
        + "</feed>"
    )
    first, second = items(written(tmp_path, "feed.atom", text))
    assert isinstance(first, Accepted)
    assert first.article.body == "Text of kade."
    assert (first.article.language, first.article.authors) == ("nl", ("Ada Quay",))
    assert isinstance(second, Refused)
    assert second.withheld


def ghost(**posts: dict[str, Any]) -> str:
    rows = [
        {"id": key, "slug": key, "title": f"On {key}", "html": f"<p>Text of {key}.</p>", "status": "published"}
        | {"visibility": "public", "type": "post", "published_at": "2024-03-05T08:00:00.000Z", **more}
        for key, more in posts.items()
    ]
    data = {
        "posts": rows,
        "tags": [{"id": "t1", "name": "Port"}, {"id": "t2", "name": "#internal", "visibility": "internal"}],
        "users": [{"id": "u1", "name": "Ada Quay", "email": "ada@harbour.example", "password": "$2a$secret"}],
        "posts_tags": [{"id": "x", "post_id": key, "tag_id": tag} for key in posts for tag in ("t1", "t2")],
        "posts_authors": [{"id": "y", "post_id": key, "author_id": "u1"} for key in posts],
        "settings": [{"key": "title", "value": "Harbour"}],
    }
    return json.dumps({"db": [{"meta": {"exported_on": 1, "version": "5.1"}, "data": data}]})


def test_a_ghost_export_has_what_is_published_for_all(tmp_path: Path) -> None:
    text = ghost(
        kade={}, unready={"status": "draft"}, later={"status": "scheduled"}, ours={"visibility": "members"},
        paid={"visibility": "tiers"}, about={"type": "page"},
    )  # fmt: skip
    found = items(written(tmp_path, "ghost.json", text))
    assert [item.article.url for item in found if isinstance(item, Accepted)] == ["/kade/", "/about/"]
    assert sum(isinstance(item, Refused) and item.withheld for item in found) == 4
    assert isinstance(found[0], Accepted)
    article = found[0].article
    assert (article.title, article.body, article.authors) == ("On kade", "Text of kade.", ("Ada Quay",))
    assert (article.section, article.tags, article.site) == ("Port", (), "Harbour")
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    "more",
    [
        {"status": "sent"}, {"status": "another"}, {"status": None}, {"email_only": True}, {"email_only": 1},
        {"email_only": "1"}, {"posts_meta": {"email_only": True}}, {"posts_meta": {"email_only": 1}},
        *({"visibility": name} for name in ("filter", "status:-free", "label:vip", "product:gold", "gold", "")),
        *({"visibility": name} for name in ("tiers", "paid", "members")),
    ],
    ids=str,
)  # fmt: skip
def test_what_ghost_has_for_some_is_withheld(tmp_path: Path, more: dict[str, Any]) -> None:
    """From an export, of which `posts_meta` is a table, and from a webhook."""
    export = json.loads(ghost(one=more, two={"email_only": 0}))
    metas = [{"post_id": "one", **more.get("posts_meta", {})}, {"post_id": "two", "email_only": False}]
    export["db"][0]["data"]["posts_meta"] = metas
    first, second = items(written(tmp_path, "ghost.json", json.dumps(export)))
    assert isinstance(first, Refused)
    assert first.withheld
    assert first.id == "ghost-one"
    assert isinstance(second, Accepted)

    post = {"id": "one", "title": "On one", "html": "<p>Text.</p>", "status": "published", "visibility": "public"}
    for sent, is_withheld in ((post | more, True), (post | {"email_only": False, "posts_meta": {}}, False)):
        (item,) = read_document(
            Document.of_bytes(json.dumps(record_of(sent)).encode(), "x", media_type="application/json")
        )
        assert (isinstance(item, Refused) and item.withheld) == is_withheld


def test_posts_as_wordpress_answers_them(tmp_path: Path) -> None:
    post = {
        "id": 12, "date": "2024-03-05T09:00:00", "date_gmt": "2024-03-05T08:00:00", "status": "publish", "author": 3,
        "link": "https://harbour.example/kade/", "title": {"rendered": "Quay &#038; crane"}, "categories": [4],
        "content": {"rendered": "<p>Text.</p>", "protected": False}, "excerpt": {"rendered": "<p>Short.</p>"},
        "_embedded": {
            "author": [{"name": "Ada Quay"}],
            "wp:term": [[{"taxonomy": "category", "name": "Port"}], [{"taxonomy": "post_tag", "name": "Crane"}]],
        },
    }  # fmt: skip
    bare = {key: value for key, value in post.items() if key != "_embedded"} | {"link": "https://harbour.example/b/"}
    first, second = articles(written(tmp_path, "posts.json", json.dumps([post, bare])))
    assert (first.title, first.body, first.excerpt) == ("Quay & crane", "Text.", "Short.")
    assert (first.authors, first.section, first.tags) == (("Ada Quay",), "Port", ("Crane",))
    assert first.date == datetime(2024, 3, 5, 8, tzinfo=UTC)
    assert (second.authors, second.section) == ((), "")
    assert first.id != "12"  # another site has a post of that number


def test_json_feed_strapi_and_a_plain_list(tmp_path: Path) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Haven", "language": "nl", "items": [
        {"id": "https://x.example/1", "url": "https://x.example/1", "title": "Kade", "content_html": "<p>Tekst.</p>",
         "authors": [{"name": "Ada Quay"}], "date_published": "2024-03-05T08:00:00Z"}]}  # fmt: skip
    (article,) = articles(written(tmp_path, "feed.json", json.dumps(feed)))
    assert (article.body, article.site, article.language, article.authors) == ("Tekst.", "Haven", "nl", ("Ada Quay",))
    strapi = {"data": [{"id": 5, "attributes": {"title": "Kade", "body": "Tekst."}}], "meta": {"pagination": {}}}
    (article,) = articles(written(tmp_path, "strapi.json", json.dumps(strapi)))
    assert (article.id, article.title) == ("5", "Kade")
    plain = [{"id": "a", "title": "A", "text": "x"}, 3, {"id": "b", "title": "B", "text": "\ud83d y"}]
    assert [each.id for each in articles(written(tmp_path, "plain.json", json.dumps(plain)))] == ["a", "b"]
    assert [each.id for each in articles(written(tmp_path, "one.json", json.dumps(plain[0])))] == ["a"]


def test_one_bad_record_of_a_list_costs_itself(tmp_path: Path) -> None:
    good = '{"id": "a", "title": "A", "text": "x"}'
    for bad in (
        '{"id": 1, "title": ["x"]}',
        '{"n": ' + "9" * 5000 + "}",
        '{"title": tru}',
        '{"a":' * 52 + "1" + "}" * 52,
    ):
        found = items(written(tmp_path, "list.json", f"[{good},\n{bad},\n{good.replace('a', 'b', 1)}]"))
        assert [isinstance(item, Accepted) for item in found] == [True, False, True], bad[:20]
        assert found[1].where.endswith("list.json:2")
    found = items(written(tmp_path, "list.json", f"[{good}, " + "[" * 100_000))
    assert isinstance(found[0], Accepted)
    assert isinstance(found[-1], Refused)
    assert "nested too deeply" in found[-1].reason
    cut = items(written(tmp_path, "list.json", f'[{good}, {{"id": "b", "ti'))
    assert isinstance(cut[-1], Refused)
    assert "breaks off" in cut[-1].reason


def test_json_and_xml_that_are_no_articles_are_passed_over_in_a_folder(tmp_path: Path) -> None:
    written(tmp_path, "post.md", "# A\n\nText.")
    written(tmp_path, "package.json", '{"name": "x", "version": "1", "description": "y", "dependencies": {}}')
    written(tmp_path, "broken.json", "{")
    written(tmp_path, "sitemap.xml", '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>')
    written(tmp_path, "config.xml", "<config><title>x</title></config>")
    written(tmp_path, "figures.csv", "year,tons\n2020,3\n")
    from collections import Counter

    passed_over: Counter[str] = Counter()
    found = list(read_source(tmp_path, passed_over=passed_over))
    assert len(found) == 1
    assert passed_over == {".json": 2, ".xml": 2, ".csv": 1}


def test_a_link_that_leads_out_of_the_source_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "private"
    outside.mkdir()
    written(outside, "secret.md", "# Secret\n\nNot for anybody.")
    site = tmp_path / "site"
    site.mkdir()
    written(site, "a.md", "# A\n\nText.")
    (site / "all").symlink_to(outside)
    (site / "one.md").symlink_to(outside / "secret.md")
    (site / "again.md").symlink_to(site / "a.md")
    found = items(site)
    assert "Not for anybody" not in str(found)
    assert sum(isinstance(item, Refused) and "leads out of the source" in item.reason for item in found) == 2
    assert [item.article.id for item in found if isinstance(item, Accepted)] == ["a", "again"]
