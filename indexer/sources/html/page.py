"""One HTML page as an article."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from indexer.article.article import Dateline
from indexer.article.dateline import parse_dateline
from indexer.article.urls import canonical_url, id_from_url, is_followable
from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.html.about.authors import is_full_name
from indexer.sources.html.about.metadata import Metadata, read_metadata
from indexer.sources.html.body_text.blocks import blocks_of
from indexer.sources.html.body_text.body import article_body
from indexer.sources.html.body_text.site_blocks import Repeated, repeated_texts
from indexer.sources.html.tree import decoded, parsed
from indexer.sources.item import Accepted, Item, Refused
from indexer.sources.limits import MAX_ARTICLE_BYTES, unforeseen
from indexer.sources.names import any_date, id_of, stem_of
from indexer.sources.record import item_from_record
from indexer.sources.text import content_of

_GZIP = b"\x1f\x8b"
_HTML = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|title|meta|article|div|p|h1|link|script|table|section|main)\b", re.I
)
_SNIFFED = 4096  # bytes
# "BERLIN (dpa) - ", "WASHINGTON, March 3 (Reuters) – ", "(Reuters) - ", "KYIV —": short, and no sentence.
_DATELINE = re.compile(r"(?P<line>[^\n.!?]{2,70}?)\s*(?:\s[-–—]{1,2}\s|[–—]{1,2}\s?|--\s?)(?=\S)")
_CAPITALS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes of a page, not compressed, and what its source knows of it; processes can hand it over."""

    data: bytes
    where: str
    name: str = ""
    media_type: str = ""
    url: str = ""  # where it was found
    fallback_id: str = ""
    fallback_date: datetime | None = None
    is_draft: bool = False

    @property
    def document(self) -> Document:
        """The page as a document, whose name says nothing of how it was compressed."""
        known = {"name": self.name, "fallback_id": self.fallback_id, "fallback_date": self.fallback_date}
        return Document.of_bytes(self.data, self.where, **known)


def page_of(document: Document) -> Page:
    """The page in a document, gzipped or not. Raises OSError if it cannot be read, ArticleError if it is damaged, too
    large or no HTML."""
    data = content_of(document)
    if data.startswith(_GZIP):
        data = _unzipped(data)
    if not looks_like_html(data):
        raise ArticleError("no HTML: no tag of a page in it")
    name = document.name[:-3] if document.name.lower().endswith(".gz") else document.name
    return Page(
        data,
        document.where,
        name,
        document.media_type,
        document.url,
        document.fallback_id,
        document.fallback_date,
        document.is_draft,
    )


def looks_like_html(data: bytes) -> bool:
    """Whether bytes begin as a page does."""
    head = data[: 16 * _SNIFFED]
    if b"\0" in head[:200]:  # UTF-16
        head = head.replace(b"\0", b"")
    return _HTML.search(head) is not None


def read_page(page: Page, repeated: Repeated = frozenset()) -> Item:
    """The article of a page, or why there is none; `repeated` are the blocks that its site repeats. Raises nothing."""
    document = page.document
    try:
        return _item(page, document, repeated)
    except ArticleError as error:
        return Refused(page.where, str(error), id_of(document))
    except Exception as error:  # unforeseen, as RecursionError is; the other pages are read all the same
        return Refused(page.where, unforeseen(error), id_of(document))


def _item(page: Page, document: Document, repeated: Repeated) -> Item:
    root = parsed(decoded(page.data, page.media_type))
    known = read_metadata(root, page.url, repeated_texts(blocks_of(root), repeated) if repeated else frozenset())
    if not page.is_draft and (reason := _why_withheld(known)):
        return Refused(page.where, reason, id_from_url(known.url) if known.url else id_of(document), withheld=True)
    found = article_body(root, known, repeated)
    dateline, filed, body = split_dateline(found.text)
    fields = _fields(known, document)
    fields["links"] = _links(found.hrefs, known.base or known.url or page.url)
    if not known.authors and (signature := signed_by(body)):
        fields["authors"] = (signature,)
    item = item_from_record(
        {},
        page.where,
        fallback_date=filed or any_date(stem_of(page.name)) or page.fallback_date,
        fallback_id=page.fallback_id,
        is_draft=page.is_draft,
        body=body,
        dateline=(dateline, None),
        **fields,
    )
    if isinstance(item, Accepted) and not body:
        return replace(item, warnings=(*item.warnings, "no text of an article found: indexed with the title only"))
    return item


def _why_withheld(known: Metadata) -> str:
    if known.noindex:
        return "not public: it asks search engines not to index it: robots noindex"
    return "not public: its JSON-LD or its status says that it is a draft" if known.is_draft else ""


def _fields(known: Metadata, document: Document) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "url": known.url,
        "title": known.title,
        "authors": known.authors,
        "excerpt": known.description,
        "section": known.section,
        "tags": known.tags,
        "site": known.site,
        "language": known.language,
        "date": known.published,
        "image": known.image,
        "modified": known.modified,
        "alternates": known.alternates,
    }
    if not known.url:
        fields["id"] = id_of(document)
    return fields


def _links(hrefs: Sequence[str], base: str) -> tuple[str, ...]:
    """Where links lead, of those that lead to a page: one that cannot be read costs itself only."""
    found: dict[str, None] = {}
    for href in hrefs:
        if href.startswith("#"):
            continue
        try:
            url = canonical_url(urljoin(base, href))
        except (ArticleError, ValueError):
            continue
        if is_followable(url) and url != base:
            found[url] = None
    return tuple(found)


def signed_by(body: str) -> str:
    """The name that a body closes with in a paragraph of its own; empty if it does not."""
    last = body.rsplit("\n\n", 1)[-1].strip("()[]–— ") if "\n\n" in body else ""
    return last if is_full_name(last) else ""


def split_dateline(body: str) -> tuple[Dateline, datetime | None, str]:
    """The dateline that a body opens with, its date where it has one, and the body without it. A place alone must be
    in capitals, as wire services write it; with an agency in brackets any will do."""
    found = _DATELINE.match(body)
    if found is None:
        return Dateline(), None, body
    line = found["line"].strip()
    dateline, date = parse_dateline(f"{line} -")
    words = _CAPITALS.findall(re.sub(r"\(.*", "", line).split(",")[0])
    in_capitals = bool(words) and all(word.isupper() for word in words)
    if not dateline or not (dateline.agency or in_capitals) or (dateline.place and len(dateline.place.split()) > 6):
        return Dateline(), None, body
    return dateline, date, body[found.end() :]


def _unzipped(data: bytes) -> bytes:
    """Raises ArticleError for damaged data, and for more than a page may have."""
    unzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        content = unzip.decompress(data, MAX_ARTICLE_BYTES + 1)
    except zlib.error as error:
        raise ArticleError(f"damaged gzip data: {error}") from None
    if len(content) > MAX_ARTICLE_BYTES:
        raise ArticleError(f"larger than {MAX_ARTICLE_BYTES // 1024**2} MB: not one article")
    if not unzip.eof:
        raise ArticleError("damaged gzip data: it breaks off")
    return content
