"""A source on the web: one page, the pages of a sitemap or of a whole site, the entries of a feed.

Pages are fetched a few at a time and kept in a temporary folder until a slice of them is read together, for what many
pages of a site have in common is not their text.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from indexer.sources.crawl import sitemap
from indexer.sources.crawl.fetching import Answer, Fetcher, FetchError
from indexer.sources.crawl.memory import Memory
from indexer.sources.crawl.robots import Manners
from indexer.sources.document import Document
from indexer.sources.formats import feed, format_of, format_of_name, html
from indexer.sources.item import Accepted, Item, Refused, Unchanged
from indexer.sources.limits import MAX_ARTICLE_BYTES

SLICE = 500
"""Pages that are fetched, read and stored before the next: what an interrupted run loses at most."""
SLICE_SECONDS = 300.0
"""Seconds after which a slice is read that has fewer, for sites that are to be fetched slowly."""
AT_ONCE = 8
"""Requests at a time, to all hosts together."""
SHORT = 1000
"""Characters of an entry of a feed that may be a summary; its page is fetched then."""
WELL_KNOWN = ("/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml", "/wp-sitemap.xml")

CrawlItem = Item | Unchanged
Read = Callable[[Iterable[Document | Refused]], Iterator[Item]]
"""Reads documents: `indexer.sources.read_documents`."""


def is_address(source: str) -> bool:
    """Whether a source is on the web and no file."""
    return source.lower().startswith(("http://", "https://"))


class Crawl:
    """Fetches and reads one source on the web. `read` reads documents, `memory` is what earlier crawls were answered;
    what is left out is counted in `passed_over`."""

    def __init__(self, url: str, fetcher: Fetcher, memory: Memory, read: Read, passed_over: Counter[str]) -> None:
        self.total: int | None = None  # pages, where that is known
        self.complete = False  # whether what was found is all that there is: that of a sitemap, not that of a feed
        self._url = url
        self._fetcher = fetcher
        self._manners = Manners(fetcher)
        self._memory = memory
        self._read = read
        self._passed_over = passed_over

    def slices(self) -> Iterator[Iterator[CrawlItem]]:
        """What is there, in slices that are to be stored one after the other. Raises nothing: what cannot be had is
        refused."""
        try:
            answer = self._get(self._url, sitemap.MAX_BYTES)
        except FetchError as error:
            yield iter([Refused(self._url, str(error))])
            return
        if sitemap.is_sitemap(answer.content):
            yield from self._pages_in(answer)
        elif _is_front_page(answer):
            yield from self._site_of(answer)
        else:
            document = document_of(self._url, answer, answer.content)
            items = list(self._read([document]))
            yield from self._with_pages(items) if format_of(document) is feed.FORMAT else [iter(items)]
            self._memory.note(self._url, answer)

    def _pages_in(self, answer: Answer) -> Iterator[Iterator[CrawlItem]]:
        pages = list(sitemap.pages_of(answer.url, answer.content, self._fetcher, self._manners))
        self.total = len(pages)
        self.complete = bool(pages) and not any(isinstance(each, Refused) for each in pages)
        if not pages:
            yield iter([Refused(self._url, "a sitemap without pages")])
        yield from self._in_slices(pages)

    def _in_slices(self, urls: Iterable[str | Refused]) -> Iterator[Iterator[CrawlItem]]:
        """The items of some pages, slice by slice."""
        remaining = deque(urls)
        while remaining:
            yield self._fetched(_until(remaining, time.monotonic() + SLICE_SECONDS))

    def _site_of(self, front: Answer) -> Iterator[Iterator[CrawlItem]]:
        """The articles of the site whose front page was asked for, by its sitemap, else by its feed."""
        named = self._manners.sitemaps(front.url)
        for url in (*named, *(urljoin(front.url, path) for path in WELL_KNOWN)):
            try:
                answer = self._get(url, sitemap.MAX_BYTES)
            except FetchError:
                continue
            if sitemap.is_sitemap(answer.content):
                yield from self._pages_in(answer)
                return
        reason = "a front page, and neither robots.txt nor /sitemap.xml tells which pages there are: name the site's "
        yield iter([Refused(self._url, f"{reason}sitemap or feed")])

    def _with_pages(self, entries: Sequence[Item]) -> Iterator[Iterator[CrawlItem]]:
        """The entries of a feed, with the pages of those of which it has a summary only."""
        summaries = {
            item.article.url: item
            for item in entries
            if isinstance(item, Accepted) and item.article.url and not item.article.excerpt
            if len(item.article.body) < SHORT
        }
        self.total = len(entries)
        yield iter([item for item in entries if not isinstance(item, Accepted) or item.article.url not in summaries])
        for items in self._in_slices(summaries):
            yield (_or_summary(item, summaries) for item in items)

    def _fetched(self, urls: Iterable[str | Refused]) -> Iterator[CrawlItem]:
        """The items of some pages."""
        folder = Path(tempfile.mkdtemp(prefix="readmore-"))
        try:
            unchanged: list[Unchanged] = []
            documents: list[Document | Refused] = []
            for url, result in self._answers(urls):
                if isinstance(result, Unchanged):
                    unchanged.append(result)
                elif isinstance(result, Refused):
                    documents.append(result)
                elif _is_page(result):
                    path = folder / str(len(documents))
                    path.write_bytes(result.content)
                    documents.append(document_of(url, result, path))
                    self._memory.note(url, result)
                else:
                    self._passed_over[result.headers.get("content-type", "").partition(";")[0] or "unknown"] += 1
            yield from unchanged
            yield from self._read(documents)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _answers(self, urls: Iterable[str | Refused]) -> Iterator[tuple[str, Answer | Refused | Unchanged]]:
        """What was answered for each address, in their order, several being asked at a time."""
        remaining = iter(urls)
        waiting: deque[tuple[str, str, Future[Answer] | Refused | Unchanged]] = deque()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            while True:
                for url in islice(remaining, 4 * AT_ONCE - len(waiting)):
                    if isinstance(url, Refused):
                        waiting.append((url.where, "", url))
                        continue
                    if done := self._memory.done(url):
                        waiting.append((url, done, Unchanged(url, done)))
                        continue
                    known = self._memory.of(url)
                    conditions = known.conditions if known else {}
                    future = threads.submit(self._get, url, MAX_ARTICLE_BYTES, conditions)
                    waiting.append((url, known.article_id if known else "", future))
                if not waiting:
                    return
                url, article_id, each = waiting.popleft()
                yield url, _result(url, article_id, each) if isinstance(each, Future) else each

    def _get(self, url: str, most: int, conditions: Mapping[str, str] | None = None) -> Answer:
        """What is at `url`, when its site allows it. Raises FetchError."""
        self._manners.check(url)
        with self._manners.turn(url):
            return self._fetcher.get(url, most, conditions)


def _until(urls: deque[str | Refused], deadline: float) -> Iterator[str | Refused]:
    """Takes the first slice off `urls`, one by one until the deadline."""
    for number in range(SLICE):
        if not urls or (number and time.monotonic() >= deadline):
            return
        yield urls.popleft()


def _result(url: str, article_id: str, future: Future[Answer]) -> Answer | Refused | Unchanged:
    try:
        answer = future.result()
    except FetchError as error:
        return Refused(url, str(error), article_id)
    return Unchanged(url, article_id) if answer.status == 304 else answer


def _or_summary(item: CrawlItem, summaries: dict[str, Accepted]) -> CrawlItem:
    """A page of a feed's entry, or what the feed has of it where the page cannot be had."""
    entry = summaries.get(item.where)
    if isinstance(item, Refused) and not item.withheld and entry is not None:
        return replace(entry, warnings=(*entry.warnings, f"its page {item.reason}: indexed with the summary"))
    return item


def _is_front_page(answer: Answer) -> bool:
    parts = urlsplit(answer.url)
    return parts.path in ("", "/") and not parts.query and _is_page(answer)


def _is_page(answer: Answer) -> bool:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in html.MEDIA_TYPES or kind == ""


def document_of(url: str, answer: Answer, content: bytes | Path) -> Document:
    """What was answered, `content` in memory or in a file, as a document; the address tells the kind where the server
    says little."""
    media_type = answer.headers.get("content-type", "")
    by_name = format_of_name(urlsplit(answer.url).path)
    if by_name is not None and by_name.media_type and not _is_page(answer):
        media_type = by_name.media_type
    if isinstance(content, bytes):
        return Document.of_bytes(content, url, media_type=media_type, url=answer.url)
    path, size = content, content.stat().st_size
    return Document(url, lambda: path.open("rb"), size=size, media_type=media_type, url=answer.url)
