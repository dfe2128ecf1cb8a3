"""Reads many HTML pages: learns what their sites repeat, then reads them on all processor cores, in their order."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

from indexer.base.errors import ArticleError
from indexer.base.processes import spread_in_order
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

Work = Callable[[Sequence[Page | Refused]], list[Item]]


@dataclass(frozen=True, slots=True)
class Sites:
    """What is known of the sites that pages are from: their repeated blocks."""

    repeated: dict[str, Repeated]

    def of(self, page: Page) -> Repeated:
        """The blocks that the site of `page` repeats."""
        return self.repeated.get(_site(page), frozenset()) if self.repeated else frozenset()


def read_pages(documents: Sequence[Document], workers: int | None = None) -> Iterator[Item]:
    """The items of `documents`, one each, in their order. Raises nothing. `workers` are the processes that share the
    work, one per processor core if None."""
    workers = workers or len(os.sched_getaffinity(0))
    if len(documents) <= FEW:
        workers = 1
    sites = Sites(learned(documents, workers))
    for items in spread_in_order(reader, (sites,), _chunks(documents), workers, _killed):
        yield from items


def learned(documents: Sequence[Document], workers: int = 1) -> dict[str, Repeated]:
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
    results = spread_in_order(block_reader, (), _chunks([document for _, document in chosen]), workers, _none_of)
    found = ((site, page) for pages in results for site, page in zip(sites, pages, strict=False))
    return count_pages((site, page) for site, page in found if page is not None)


def reader(sites: Sites) -> AbstractContextManager[Work]:
    """The work of a process that reads pages."""

    def work(pages: Sequence[Page | Refused]) -> list[Item]:
        return [page if isinstance(page, Refused) else read_page(page, sites.of(page)) for page in pages]

    return nullcontext(work)


def block_reader() -> AbstractContextManager[Callable[[Sequence[Page | Refused]], list[PageBlocks | None]]]:
    """The work of a process that looks for what sites repeat."""

    def work(pages: Sequence[Page | Refused]) -> list[PageBlocks | None]:
        return [None if isinstance(page, Refused) else _blocks(page) for page in pages]

    return nullcontext(work)


def _blocks(page: Page) -> PageBlocks | None:
    try:
        return page_blocks(parsed(decoded(page.data, page.media_type)))
    except Exception:  # why is said when the page is read
        return None


def _killed(pages: Sequence[Page | Refused]) -> list[Item]:
    """For pages whose process died, one page at a time."""
    reason = "its reading ended the process that read it: not an article page"
    return [page if isinstance(page, Refused) else Refused(page.where, reason) for page in pages]


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
