"""A look at one page or file without storing anything: what would be taken from it, and which part of it says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from indexer.article.article import Article
from indexer.base.errors import ReadmoreError
from indexer.sources import Accepted, Document, Item, Refused, documents_in, read_documents, with_known
from indexer.sources.crawl import sitemap
from indexer.sources.crawl.crawl import document_of, is_address
from indexer.sources.crawl.fetching import Fetcher, FetchError
from indexer.sources.crawl.robots import Manners
from indexer.sources.formats import format_of, html
from indexer.sources.limits import MAX_ARTICLE_BYTES
from indexer.sources.names import id_of

MOST_OTHERS = 1000  # articles beside the first that are counted


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of the first article of a page or file, and of the others."""

    kind: str  # "HTML", "feed"
    item: Item | None  # None where there is nothing to read
    origins: Mapping[str, str] = field(default_factory=dict)  # by field the place on a page that says it
    others: Mapping[str, int] = field(default_factory=dict)  # "taken", "withheld", "refused"


def outcome_of(item: Item) -> str:
    """``taken``, ``withheld`` or ``refused``."""
    return "taken" if isinstance(item, Accepted) else "withheld" if item.withheld else "refused"


def trial(place: str, mapping: Mapping[str, str], *, allow_private: bool = False) -> Trial:
    """Reads the file or address `place`. Raises ReadmoreError if it is not there, or no kind of file that is read."""
    if Path(place).is_dir():
        raise ReadmoreError(f"{place}: a folder; name one page or file in it, or use 'readmore index --dry-run'")
    documents: Iterator[Document | Refused] = (
        iter([_fetched(place, allow_private)]) if is_address(place) else iter(documents_in(place))
    )
    first = next(documents, None)
    if first is None:
        return Trial("", None)
    items = read_documents(with_known(chain([first], islice(documents, MOST_OTHERS)), mapping, ""), 1)
    item = next(items, None)
    kind = format_of(first) if isinstance(first, Document) else None
    origins: Mapping[str, str] = {}
    if kind is html.FORMAT and isinstance(item, Accepted) and isinstance(first, Document):
        origins = _origins(first, item.article)
    others = Counter(outcome_of(each) for each in islice(items, MOST_OTHERS))
    return Trial(kind.name if kind else "", item, origins, others)


def _fetched(url: str, allow_private: bool) -> Document | Refused:
    fetcher = Fetcher(allow_private=allow_private)
    manners = Manners(fetcher)
    try:
        manners.check(url)
        with manners.turn(url):
            answer = fetcher.get(url, MAX_ARTICLE_BYTES)
    except FetchError as error:
        return Refused(url, str(error))
    if sitemap.is_sitemap(answer.content):
        raise ReadmoreError(f"{url}: a sitemap; name one of its pages, or use 'readmore index --dry-run'")
    return document_of(url, answer, answer.content)


def _origins(document: Document, article: Article) -> Mapping[str, str]:
    from indexer.sources.html.about.origins import origins  # the libraries for HTML take long to import
    from indexer.sources.html.page import page_of
    from indexer.sources.html.tree import decoded, parsed

    page = page_of(document)
    found = origins(parsed(decoded(page.data, page.media_type)), article)
    if document.url == article.url and not found.get("url"):
        found["url"] = "the address it was fetched from"
    if not article.url and article.id == id_of(document):
        found["id"] = "the file's name"
    return found
