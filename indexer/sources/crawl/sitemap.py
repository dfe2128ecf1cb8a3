"""Sitemaps: which pages a site has (https://www.sitemaps.org/protocol.html), in XML or as lines of text."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any

from indexer.article.urls import canonical_url, is_followable
from indexer.base.errors import ArticleError
from indexer.sources.crawl.fetching import Fetcher, FetchError
from indexer.sources.crawl.robots import Manners
from indexer.sources.item import Refused

MAX_BYTES = 64 * 1024 * 1024
MAX_SITEMAPS = 2000
MAX_PAGES = 1_000_000
_DEPTH = 3  # sitemaps of sitemaps of sitemaps


def is_sitemap(content: bytes) -> bool:
    """Whether what was fetched is a sitemap or an index of some."""
    head = unzipped(content, 4096).lstrip()
    return b"<urlset" in head or b"<sitemapindex" in head


def pages_of(url: str, content: bytes, fetcher: Fetcher, manners: Manners) -> Iterator[str | Refused]:
    """The addresses that the sitemap at `url`, and those that it names, have: each once, in their order. What cannot be
    read is refused, the others are read all the same."""
    seen: set[str] = set()
    for each in _pages(url, content, fetcher, manners, {url}, 0):
        if isinstance(each, Refused):
            yield each
        elif each not in seen:
            if len(seen) == MAX_PAGES:
                yield Refused(url, f"more than {MAX_PAGES:,} pages: the others are left out")
                return
            seen.add(each)
            yield each


def _pages(
    url: str, content: bytes, fetcher: Fetcher, manners: Manners, read: set[str], depth: int
) -> Iterator[str | Refused]:
    is_index = b"<sitemapindex" in unzipped(content, 4096)
    try:
        for location in _locations(content):
            with suppress(ArticleError):  # a port that is no number
                location = canonical_url(location)
            if not is_followable(location) or location.startswith("/"):
                yield Refused(f"{url}: {location[:200]!r}", "no http or https address: left out")
                continue
            if not is_index:
                yield location
            elif location not in read and depth < _DEPTH and len(read) < MAX_SITEMAPS:
                read.add(location)
                try:
                    manners.check(location)
                    with manners.turn(location):
                        answer = fetcher.get(location, MAX_BYTES)
                    yield from _pages(location, answer.content, fetcher, manners, read, depth + 1)
                except FetchError as error:
                    yield Refused(location, str(error))
    except ArticleError as error:
        yield Refused(url, str(error))


def _locations(content: bytes) -> Iterator[str]:
    """The addresses in one sitemap. Raises ArticleError where it is damaged, after those before."""
    from lxml import etree

    data = unzipped(content, MAX_BYTES)
    if not data.lstrip().startswith(b"<"):
        yield from (line.strip() for line in data.decode("utf-8", "replace").splitlines() if line.strip())
        return
    options: dict[str, Any] = {"resolve_entities": False, "no_network": True, "recover": True}
    try:
        for _, element in etree.iterparse(BytesIO(data), events=("end",), **options):
            name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
            parent = element.getparent()
            if name == "loc" and element.text and parent is not None and str(parent.tag).endswith(("url", "sitemap")):
                yield element.text.strip()
            if name in ("url", "sitemap"):
                element.clear()
                while element.getprevious() is not None and parent is not None:
                    del parent[0]
    except etree.XMLSyntaxError as error:
        raise ArticleError(f"a damaged sitemap, nothing after this was read: {error.msg}") from None


def unzipped(content: bytes, most: int) -> bytes:
    """What was fetched, up to `most` bytes, unzipped where it is gzipped; damaged data as far as it goes."""
    if not content.startswith(b"\x1f\x8b"):
        return content[:most]
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(content, most)
    except zlib.error:
        return b""
