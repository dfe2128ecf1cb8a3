"""Feeds: RSS of every version, Atom, and what Blogger exports, which is Atom."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from indexer.article.images import Image, image_in, image_url
from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.formats.format import Format
from indexer.sources.formats.xml_kinds import xml_kind
from indexer.sources.gzipped import GZIP_ERRORS, unpacked
from indexer.sources.item import Item, Refused
from indexer.sources.limits import unforeseen
from indexer.sources.markup.links import Links
from indexer.sources.markup.tags import html_text, without_references
from indexer.sources.names import readable_id
from indexer.sources.record import item_from_record
from indexer.sources.text import without_controls

MAX_FEED_BYTES = 64 * 1024 * 1024
"""Feeds are read as a whole. Blogger's exports of twenty years have less."""
_KIND = "http://schemas.google.com/g/2005#kind"
_BLOGGER = "http://schemas.google.com/blogger/2008/kind#"
_ARTICLE_KINDS = ("post", "page")
_MOST_PICTURES = 20  # of one entry that are looked at


def is_feed(document: Document) -> bool:
    """Whether a document is a feed; False if it cannot be read twice."""
    return xml_kind(document) == "feed"


def read(document: Document) -> Iterator[Item]:
    """An item for each entry. Raises OSError if it cannot be read, ArticleError if it is no feed or too large."""
    import feedparser  # takes long to import

    try:
        with unpacked(document) as file:
            data = file.read(MAX_FEED_BYTES + 1)
    except GZIP_ERRORS as error:
        raise ArticleError(f"damaged gzip data: {error}") from None
    if len(data) > MAX_FEED_BYTES:
        raise ArticleError(f"a feed of more than {MAX_FEED_BYTES // 1024**2} MB")
    known = feedparser.parse(data, response_headers={"content-location": document.url} if document.url else {})
    if not known.version and not known.entries:
        raise ArticleError(f"no feed: {known.get('bozo_exception') or 'no entries in it'}")
    site = known.feed
    for number, entry in enumerate(known.entries, 1):
        where = f"{document.where}: entry {number}"
        try:
            if _is_article(entry):
                yield _item(entry, site, where, document)
        except ArticleError as error:
            yield Refused(where, str(error))
        except Exception as error:  # unforeseen; the other entries are read all the same
            yield Refused(where, unforeseen(error))
    if known.bozo and not known.entries:
        yield Refused(document.where, f"damaged feed: {known.get('bozo_exception')}")


def _item(entry: Any, site: Any, where: str, document: Document) -> Item:
    base = site.get("link") or document.url
    url = urljoin(base, entry.get("link", "")) if entry.get("link") else ""
    content, summary = _content(entry)
    links = Links()
    state: dict[str, Any] = {"url": url}
    if str(entry.get("app_draft", entry.get("draft", ""))).strip().lower() == "yes":
        state["draft"] = "yes"
    return item_from_record(
        state,
        where,
        fallback_date=_date(entry, "published_parsed", "updated_parsed") or document.fallback_date,
        fallback_id=readable_id(entry.get("id", "")) if entry.get("id") else "",
        is_draft=document.is_draft,
        title=" ".join(_plain(entry.get("title_detail") or {}).split()),
        body=html_text(content or summary, links),
        excerpt=" ".join(html_text(summary, Links()).split()) if content else "",
        authors=_authors(entry),
        tags=_tags(entry),
        site=_plain(site.get("title_detail") or {}),
        language=_language(entry, site) or _code(document.language),
        links=tuple(link for link in links if link.startswith("/") or "://" in link),
        image=_image(entry, url or base),
        modified=_date(entry, "updated_parsed"),
    )


def _is_article(entry: Any) -> bool:
    """False for the comments, settings and templates that Blogger exports as entries."""
    kinds = [tag.get("term") or "" for tag in entry.get("tags", ()) if tag.get("scheme") == _KIND]
    return all(kind.removeprefix(_BLOGGER) in _ARTICLE_KINDS for kind in kinds)


def _content(entry: Any) -> tuple[str, str]:
    """The full text of an entry as HTML where it has one, and its summary."""
    summary = _html(entry.get("summary_detail") or {})
    contents = [_html(each) for each in entry.get("content", ())]
    content = max(contents, key=len, default="")
    return (content, summary) if content != summary else ("", summary)


def _html(detail: Any) -> str:
    text = without_controls(str(detail.get("value") or ""))
    if detail.get("type") == "text/plain" and "<" not in text:
        return text.replace("\n\n", "\n<p>\n")
    return text


def _plain(detail: Any) -> str:
    text = without_controls(str(detail.get("value") or ""))
    return html_text(text, Links()) if "<" in text and "html" in str(detail.get("type")) else without_references(text)


def _language(entry: Any, site: Any) -> str:
    """The language of an entry, two letters: its own, as ``dc:language`` or as ``xml:lang`` around its text, or else
    that of the whole feed; empty where none of them says one."""
    inherited = (site.get("title_detail") or {}).get("language")  # of all, though their own element may say another
    details = [*entry.get("content", ())[:1], entry.get("summary_detail") or {}, entry.get("title_detail") or {}]
    around = [each.get("language") for each in details]
    own = [entry.get("language"), *(each for each in around if each != inherited)]
    return next(filter(None, map(_code, [*own, site.get("language"), inherited])), "")


def _code(language: str | None) -> str:
    """The two letters of ``de`` and ``de-AT``; empty for all else."""
    language = (language or "").strip()
    code = language[:2]
    return code.lower() if code.isascii() and code.isalpha() and language[2:3] in ("", "-", "_") else ""


def _authors(entry: Any) -> tuple[str, ...]:
    names = [str(author.get("name") or "").strip() for author in entry.get("authors", ())]
    return tuple(dict.fromkeys(name for name in names if name and "@" not in name))


def _tags(entry: Any) -> tuple[str, ...]:
    tags = [
        " ".join(without_references(without_controls(str(tag.get("label") or tag.get("term") or ""))).split())
        for tag in entry.get("tags", ())
        if tag.get("scheme") != _KIND
    ]
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _image(entry: Any, base: str) -> Image:
    """The picture that an entry names in Media RSS, as an enclosure or as podcasts do; of several sizes the largest."""
    named = [each for each in entry.get("media_content", ()) if _is_picture(each)]
    named.sort(key=lambda each: -int(width) if (width := str(each.get("width") or "0")).isdecimal() else 0)
    named += entry.get("media_thumbnail", ())
    named += [each for each in entry.get("enclosures", ()) if _is_picture(each)]
    named += [entry.image] if isinstance(entry.get("image"), dict) else []
    urls = (image_url(str(each.get("url") or each.get("href") or ""), base) for each in named[:_MOST_PICTURES])
    return Image(next(filter(None, urls), ""), "")


def _is_picture(named: Any) -> bool:
    kind = str(named.get("medium") or named.get("type") or "")
    return kind.lower().startswith("image") or (image_in(str(named.get("url") or "")).reference != "" and not kind)


def _date(entry: Any, *names: str) -> datetime | None:
    for name in names:
        if found := dict.get(entry, name):  # the entry itself takes one for the other, with a warning
            return datetime.fromtimestamp(calendar.timegm(found), UTC)
    return None


FORMAT = Format("feed", (), "application/rss+xml", read, lambda document: None)
MEDIA_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
