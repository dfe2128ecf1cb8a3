"""Reads many HTML pages: learns what their sites repeat, then reads them on all processor cores, in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

from indexer.base.errors import ArticleError
from indexer.base.processes import Workers
from indexer.sources.document import Document, os_reason
from indexer.sources.html.body_text.site_blocks import (
    MIN_PAGES,
    PageBlocks,
    Repeated,
    count_pages,
    page_blocks,
    site_of,
)
from indexer.sources.html.page import Page, page_of, read_page
from indexer.sources.html.tree import decoded, parsed
from indexer.sources.item import Item, Refused
from indexer.sources.limits import unforeseen

LEARNED_FROM = 200
"""Pages of a site that are looked at to learn what it repeats."""
CHUNK = 8
"""Pages that a process is given at a time."""
MAX_CHUNK_BYTES = 8 << 20
FEW = 8
"""Pages that are not worth starting processes for."""

Known = tuple[Page | Refused, Repeated]
"""A page, and the blocks that its site repeats."""


@dataclass(frozen=True, slots=True)
class Sites:
    """What is known of the sites that pages are from: their repeated blocks."""

    repeated: dict[str, Repeated]

    def of(self, page: Page) -> Repeated:
        """The blocks that the site of `page` repeats."""
        return self.repeated.get(_site(page), frozenset()) if self.repeated else frozenset()


def read_pages(
    documents: Sequence[Document], workers: Workers, read: Callable[[Sequence[Known]], list[Item]] | None = None
) -> Iterator[Item]:
    """The items of `documents`, one each, in their order. Raises nothing. `workers` share the work, which is to call
    `read` (`read_known` if None)."""
    few = len(documents) <= FEW
    sites = Sites(learned(documents, workers))
    chunks = ([_known(page, sites) for page in chunk] for chunk in _chunks(documents))
    for items in workers.in_order(read or read_known, chunks, _killed, alone=few):
        yield from items


def learned(documents: Sequence[Document], workers: Workers) -> dict[str, Repeated]:
    """What the sites of `documents` repeat; those with few pages are left out."""
    by_site: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        page = _page(document)
        if isinstance(page, Page):
            by_site[_site(page)].append(document)
    chosen: list[tuple[str, Document]] = []
    for site, pages in by_site.items():
        if len(pages) >= MIN_PAGES:
            step = max(1.0, len(pages) / LEARNED_FROM)
            chosen += [(site, pages[int(n * step)]) for n in range(int(len(pages) / step))]
    if not chosen:
        return {}
    sites = iter([site for site, _ in chosen])
    chunks = _chunks([document for _, document in chosen])
    results = workers.in_order(_all_blocks, chunks, _none_of, alone=len(documents) <= FEW)
    found = ((site, page) for pages in results for site, page in zip(sites, pages, strict=False))
    return count_pages((site, page) for site, page in found if page is not None)


def _known(page: Page | Refused, sites: Sites) -> Known:
    return page, frozenset() if isinstance(page, Refused) else sites.of(page)


def read_known(pages: Sequence[Known]) -> list[Item]:
    """The work of a process that reads pages."""
    return [page if isinstance(page, Refused) else read_page(page, repeated) for page, repeated in pages]


def _all_blocks(pages: Sequence[Page | Refused]) -> list[PageBlocks | None]:
    """The work of a process that looks for what sites repeat."""
    return [None if isinstance(page, Refused) else _blocks(page) for page in pages]


def _blocks(page: Page) -> PageBlocks | None:
    try:
        return page_blocks(parsed(decoded(page.data, page.media_type)))
    except Exception:  # why is said when the page is read
        return None


def _killed(pages: Sequence[Known]) -> list[Item]:
    """For pages whose process died, one page at a time."""
    reason = "its reading ended the process that read it: not an article page"
    return [page if isinstance(page, Refused) else Refused(page.where, reason) for page, _ in pages]


def _none_of(pages: Sequence[Page | Refused]) -> list[PageBlocks | None]:
    return [None] * len(pages)


def _site(page: Page) -> str:
    return (urlsplit(page.url).hostname or "") or site_of(page.data, str(PurePath(page.name).parent))


def _page(document: Document) -> Page | Refused:
    try:
        return page_of(document)
    except ArticleError as error:
        return Refused(document.where, str(error))
    except OSError as error:
        return Refused(document.where, os_reason(error))
    except Exception as error:  # unforeseen; the other pages are read all the same
        return Refused(document.where, unforeseen(error))


def _chunks(documents: Sequence[Document]) -> Iterator[list[Page | Refused]]:
    """The pages of `documents`, read when they are needed, a few at a time."""
    chunk: list[Page | Refused] = []
    size = 0
    for document in documents:
        page = _page(document)
        chunk.append(page)
        size += len(page.data) if isinstance(page, Page) else 0
        if len(chunk) == CHUNK or size > MAX_CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
