"""WordPress's own export (WXR): posts, pages and what other kinds of posts a site has, read one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from indexer.article.dates import parse_date
from indexer.article.images import Image
from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.formats.format import Format
from indexer.sources.formats.xml_kinds import xml_kind
from indexer.sources.gzipped import GZIP_ERRORS, unpacked
from indexer.sources.item import Item, Refused
from indexer.sources.limits import MAX_ARTICLE_BYTES, unforeseen
from indexer.sources.markup.links import Links
from indexer.sources.markup.tags import html_text
from indexer.sources.record import item_from_record
from indexer.sources.text import without_controls

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Posts to WordPress, and no articles to anybody else: files, menus, styles, forms, parts of templates, orders.
_NO_ARTICLES = re.compile(
    r"attachment|revision|nav_menu_item|custom_css|customize_changeset|oembed_cache|user_request|wp_.*|acf.*|feedback"
    r"|elementor.*|et_.*|fl-.*|wpcf7.*|shop_.*|product_variation|scheduled-action|amp_.*|jp_.*|mc4wp.*|nf_sub"
)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_SHORTCODE = re.compile(
    r"\[/?(?:caption|wp_caption|gallery|audio|video|playlist|embed)(?:\s[^\[\]]{0,2000})?/?\]"  # WordPress's own
    r"|\[/?[a-z][a-z0-9_-]{0,40}(?:\s+[a-z0-9_-]{1,40}=(?:\"[^\"]{0,1000}\"|'[^']{0,1000}'|[^\s\]\"']{1,200}))+\s*/?\]"
)
_CLOSING = re.compile(r"\[/([a-z][a-z0-9_-]{0,40})\]")
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32)))
# stray ampersands and bytes that are no UTF-8 are in many exports; a parser that recovers loses only these
_PARSING: dict[str, Any] = {"recover": True, "resolve_entities": False, "no_network": True}
_NO_DATE = ("0000-00-00", "-0001")


class _Cleaned:
    """A file to be parsed, without the control codes that make XML damaged, and its end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.end = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, none at the end; as many as asked for or fewer."""
        while data := self._file.read(size):
            self.end = (self.end + data[-64:])[-64:]
            if clean := data.translate(None, _CONTROLS):
                return clean
        return b""


@dataclass(slots=True)
class _Site:
    """What the export says of the whole site before its posts, and its pictures."""

    title: str = ""
    language: str = ""
    pictures: dict[str, Image] = field(default_factory=dict)  # by the numbers of the posts that hold them
    authors: dict[str, str] = field(default_factory=dict)  # names to show by login


def is_wordpress(document: Document) -> bool:
    """Whether a document is such an export; False if it cannot be read twice."""
    return xml_kind(document) == "wordpress"


def read(document: Document) -> Iterator[Item]:
    """Its posts and pages, one at a time. Where the data breaks off, the last item says so. Raises OSError."""
    from lxml import etree

    line, end = 0, b""
    site = _Site(language=document.language, pictures=_pictures(document))
    try:
        with unpacked(document) as file:
            cleaned = _Cleaned(file)
            for _, element in etree.iterparse(cleaned, events=("end",), **_PARSING):
                line = element.sourceline or line
                yield from _items(element, site, document)
            end = cleaned.end
    except GZIP_ERRORS as error:
        yield Refused(f"{document.where}:{line}", f"damaged gzip data, nothing after this line was read: {error}")
    except etree.XMLSyntaxError as error:
        yield Refused(f"{document.where}:{line}", f"damaged XML, nothing after this line was read: {error.msg}")
    else:
        if not end.rstrip().endswith(b"</rss>"):  # a parser that recovers says nothing
            yield Refused(f"{document.where}:{line}", "damaged XML: it breaks off after this line; export it again")


def _pictures(document: Document) -> dict[str, Image]:
    """The attached pictures of an export by their numbers: a post that has one may stand before it. None where no post
    says that it has one, and of an export that can be read only once."""
    from lxml import etree

    pictures: dict[str, Image] = {}
    if not document.size:
        return pictures
    with suppress(*GZIP_ERRORS, etree.XMLSyntaxError), unpacked(document) as file:
        if not _holds(file, b"_thumbnail_id"):
            return pictures
    with suppress(*GZIP_ERRORS, etree.XMLSyntaxError), unpacked(document) as file:
        for _, element in etree.iterparse(_Cleaned(file), events=("end",), tag="item", **_PARSING):
            texts = _texts(element)
            if texts.get("post_type") == "attachment" and (url := texts.get("attachment_url")):
                pictures[texts.get("post_id", "")] = Image(url, _meta(element).get("_wp_attachment_image_alt", ""))
            element.clear()
            while (before := element.getprevious()) is not None and (parent := element.getparent()) is not None:
                parent.remove(before)
    return pictures


def _holds(file: IO[bytes], wanted: bytes) -> bool:
    """Whether a file has these bytes."""
    last = b""
    while block := file.read(1 << 20):
        if wanted in last + block:
            return True
        last = block[-len(wanted) :]
    return False


def _items(element: Element, site: _Site, document: Document) -> Iterator[Item]:
    """The article in `element` if it is an item and an article, and takes note of what is said of the site."""
    name = _name(element)
    parent = element.getparent()
    if name == "item":
        yield from _item(element, site, document)
    elif name == "author" and parent is not None and _name(parent) == "channel":
        known = _texts(element)
        site.authors[known.get("author_login", "")] = known.get("author_display_name", "")
    elif parent is None or _name(parent) != "channel":
        return
    elif name == "title":
        site.title = site.title or (element.text or "").strip()
    elif name == "language":
        site.language = site.language or (element.text or "").strip()
    element.clear()  # what was read is not needed again, and an export may have gigabytes
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _item(element: Element, site: _Site, document: Document) -> Iterator[Item]:
    texts = _texts(element)
    if _NO_ARTICLES.fullmatch(texts.get("post_type", "post")):
        return
    where = f"{document.where}:{element.sourceline}"
    fallback_id = f"wp-{texts.get('post_id', '')}"
    try:
        if not texts.get("status"):
            raise ArticleError("says no status, so it is not known whether it is for the public: export it again")
        size = sum(map(len, texts.values()))
        if size > MAX_ARTICLE_BYTES:
            raise ArticleError(f"larger than {MAX_ARTICLE_BYTES // 1024**2} MB: not one article")
        yield item_from_record(
            _state(element, texts),
            where,
            fallback_date=_date(texts, "post_date_gmt", "pubDate", "post_date"),
            fallback_id=fallback_id,
            is_draft=document.is_draft,
            **_fields(element, texts, site),
        )
    except ArticleError as error:
        yield Refused(where, str(error), fallback_id)
    except Exception as error:  # unforeseen; the other posts are read all the same
        yield Refused(where, unforeseen(error), fallback_id)


def _state(element: Element, texts: dict[str, str]) -> dict[str, Any]:
    """What tells whether the post is for the public, and its address, as a record has them."""
    state: dict[str, Any] = {"status": texts.get("status", ""), "url": texts.get("link", "")}
    if texts.get("post_password"):
        state["password"] = texts["post_password"]
    if _meta(element).get("_yoast_wpseo_meta-robots-noindex") == "1":
        state["hidden"] = "yes"
    return state


def _meta(element: Element) -> dict[str, str]:
    """What plugins and WordPress itself note beside a post."""
    values = (_texts(each) for each in element if _name(each) == "postmeta")
    return {each.get("meta_key", ""): each.get("meta_value", "") for each in values}


def _fields(element: Element, texts: dict[str, str], site: _Site) -> dict[str, Any]:
    links = Links()
    login = texts.get("creator", "").strip("<> ")
    author = site.authors.get(login) or login
    language = _slug(element, "language") or site.language  # Polylang's
    categories, tags = _terms(element, "category"), _terms(element, "post_tag")
    return {
        "title": html_text(texts.get("title", ""), Links()),
        "body": html_text(shown_text(texts.get("content:encoded", "")), links),
        "excerpt": " ".join(html_text(texts.get("excerpt:encoded", ""), Links()).split()),
        "authors": (author,) if author else (),
        "section": categories[0] if categories else "",
        "tags": tuple(dict.fromkeys((*tags, *categories[1:]))),
        "site": site.title,
        "language": language[:2].lower() if language[2:3] in ("", "-", "_") else "",
        "translation_key": _slug(element, "post_translations"),
        "links": tuple(url for url in links if url.startswith("/") or "://" in url),
        "image": site.pictures.get(_meta(element).get("_thumbnail_id", "")),
        "modified": _date(texts, "post_modified_gmt", "post_modified"),
    }


def shown_text(content: str) -> str:
    """The text of a post as HTML: without shortcodes, and with the paragraphs that WordPress makes of empty lines."""
    names = set(_CLOSING.findall(content))
    if names:  # [note]text[/note]: a tag that is closed is one, and "[sic]" is a remark
        content = re.sub(rf"\[/?(?:{'|'.join(map(re.escape, sorted(names)[:100]))})\]", "", content)
    return _PARAGRAPH.sub("\n<p>\n", _SHORTCODE.sub("", content).replace("\r\n", "\n"))


def _terms(element: Element, domain: str) -> list[str]:
    terms = (each for each in element if _name(each) == "category" and each.get("domain") == domain)
    return list(dict.fromkeys(text for each in terms if (text := html_text(each.text or "", Links()))))


def _slug(element: Element, domain: str) -> str:
    """The name in addresses of the first term of a taxonomy."""
    terms = (each for each in element if _name(each) == "category" and each.get("domain") == domain)
    return next((slug for each in terms if (slug := each.get("nicename"))), "")[:200]


def _date(texts: dict[str, str], *names: str) -> datetime | None:
    """The first date under these names: first come those in UTC, then those by the site's clock."""
    for name in names:
        text = texts.get(name, "")
        if text and not any(mark in text for mark in _NO_DATE):
            try:
                return parse_date(text)
            except ArticleError:
                continue
    return None


def _texts(element: Element) -> dict[str, str]:
    """The texts of an element's children by their names; of the two that are called ``encoded`` with the prefix."""
    texts: dict[str, str] = {}
    for child in element:
        name = _name(child)
        if name == "encoded":
            name = f"{'excerpt' if 'excerpt' in str(child.tag) else 'content'}:encoded"
        texts.setdefault(name, without_controls(child.text or "").strip())
    return texts


def _name(element: Element) -> str:
    """An element's name without its namespace, which changes with the version of the export."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


FORMAT = Format("WordPress export", (), "application/wordpress+xml", read, lambda document: None)
