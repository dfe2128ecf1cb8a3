"""Text that stands on many pages of a site: navigation, teasers, footers. It is learned from the pages themselves.

A block is known by its text and by where it stands (the tags and classes around it), so that an article's own opening
is not lost because other pages show it as a teaser.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from indexer.sources.html.body_text.blocks import Block, blocks_of
from indexer.sources.html.body_text.hidden import drop
from indexer.sources.html.texts import folded, words_of

MIN_PAGES = 4
"""Pages of a site on which a block must stand to be taken for the site's own."""
SHARE = 0.1
"""Of the pages that were looked at: on how many of them it must stand, likewise."""
SHORT_SHARE = 0.5
"""The same for blocks of up to `SHORT_WORDS` words, which may be an article's own by chance ("Background")."""
SHORT_WORDS = 3

_DEPTH = 4
_CHANGING = re.compile(r"\d|active|current|selected|first|last|odd|even|category|tag-")
_HOST = re.compile(
    rb"""<link\b[^>]{0,200}\brel=["']?canonical\b[^>]{0,200}?\bhref=["']?https?://([^/"'\s>?#]+)"""
    rb"""|<link\b[^>]{0,200}\bhref=["']?https?://([^/"'\s>?#]+)[^>]{0,500}?\brel=["']?canonical\b"""
    rb"""|<meta\b[^>]{0,200}\bproperty=["']?og:url\b[^>]{0,200}?\bcontent=["']?https?://([^/"'\s>?#]+)""",
    re.I,
)
_HEAD_BYTES = 64 * 1024

Repeated = frozenset[bytes]
"""Digests of the blocks that a site repeats."""


@dataclass(slots=True)
class SiteCount:
    """On how many pages of a site each block stands. Copies of a page, which have its title, count once."""

    titles: set[str] = field(default_factory=set)
    long: Counter[bytes] = field(default_factory=Counter)
    short: Counter[bytes] = field(default_factory=Counter)

    def add(self, page: PageBlocks) -> None:
        """Counts the blocks of one page."""
        if page.title in self.titles:
            return
        self.titles.add(page.title)
        self.long.update(page.long)
        self.short.update(page.short)

    def repeated(self) -> Repeated:
        """The blocks that are the site's own."""
        pages = len(self.titles)
        long_from = max(MIN_PAGES, SHARE * pages)
        short_from = max(MIN_PAGES, SHORT_SHARE * pages)
        return frozenset(
            [digest for digest, count in self.long.items() if count >= long_from]
            + [digest for digest, count in self.short.items() if count >= short_from]
        )


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """The blocks of one page by their digests, and a text that tells the page from others."""

    title: str
    long: frozenset[bytes]
    short: frozenset[bytes]


def site_of(data: bytes, otherwise: str) -> str:
    """The host that a page says it is from, found without parsing it; `otherwise` if it does not say."""
    found = _HOST.search(data[:_HEAD_BYTES])
    host = next(filter(None, found.groups()), b"") if found else b""
    return host.decode("ascii", "replace").lower().removeprefix("www.") or otherwise


def page_blocks(root: HtmlElement) -> PageBlocks:
    """What `SiteCount` counts of a page."""
    blocks = blocks_of(root)
    named = [words_of(element) for element in root.iter("title", "h1")]
    long = frozenset(digest_of(b) for b in blocks if b.key and len(b.text.split()) > SHORT_WORDS)
    short = frozenset(digest_of(b) for b in blocks if b.key and len(b.text.split()) <= SHORT_WORDS)
    return PageBlocks(folded(" ".join(named[:4])), long, short)


def digest_of(block: Block) -> bytes:
    """8 bytes for a block's text and for where it stands."""
    place: list[str] = []
    at: HtmlElement | None = block.element
    while at is not None and len(place) < _DEPTH:
        classes = [name for name in (at.get("class") or "").split() if not _CHANGING.search(name)]
        place.append(f"{at.tag}.{'.'.join(classes)}")
        at = at.getparent()
    return hashlib.blake2b(f"{'<'.join(place)}\0{block.key}".encode(), digest_size=8).digest()


def count_pages(pages: Iterable[tuple[str, PageBlocks]]) -> dict[str, Repeated]:
    """The repeated blocks of each site, of pages given with their site."""
    counts: dict[str, SiteCount] = {}
    for site, page in pages:
        counts.setdefault(site, SiteCount()).add(page)
    return {site: found for site, count in counts.items() if (found := count.repeated())}


def repeated_texts(blocks: Sequence[Block], repeated: Repeated) -> frozenset[str]:
    """The texts (folded) of those of `blocks` that the site repeats."""
    return frozenset(block.key for block in blocks if block.key and digest_of(block) in repeated)


def drop_repeated(root: HtmlElement, repeated: Repeated, keep: frozenset[HtmlElement]) -> None:
    """Takes out of a page the elements that hold nothing but blocks that its site repeats, save those in `keep`."""
    blocks = blocks_of(root)
    ours = [block for block in blocks if digest_of(block) in repeated]
    theirs = set(keep)
    for block in set(blocks) - set(ours):
        at: HtmlElement | None = block.element
        while at is not None and at not in theirs:
            theirs.add(at)
            at = at.getparent()
    for block in ours:
        element = block.element
        if element in theirs:
            continue
        parent = element.getparent()
        while parent is not None and parent not in theirs:
            element, parent = parent, parent.getparent()
        drop(element)
