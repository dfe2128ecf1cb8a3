"""HTML pages as publishers have them, gzipped or not, one article each."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

from indexer.base.processes import Workers
from indexer.sources.document import Document
from indexer.sources.formats.format import Format, one_article
from indexer.sources.item import Item

_LOOKED_AT = 4096  # bytes
_OPENING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,999}(?:<\?xml[^>]{0,200}>\s{0,99})?(?:<!--.{0,999}?-->\s{0,99}){0,3}<(?:!doctype\s+html|html|head)\b",
    re.I | re.S,
)
MEDIA_TYPES = ("text/html", "application/xhtml+xml")
_ENDINGS = (".html", ".htm", ".xhtml", ".shtml", ".html.gz", ".htm.gz", ".xhtml.gz", ".shtml.gz")


def is_html(document: Document) -> bool:
    """Whether what a document begins with is an HTML page, gzipped or not; False if it cannot be read twice."""
    if not document.size:
        return False
    try:
        head = document.read(_LOOKED_AT)
        if head.startswith(b"\x1f\x8b"):
            head = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, _LOOKED_AT)
    except (OSError, zlib.error):
        return False
    return _OPENING.match(head) is not None


def read(document: Document) -> Iterator[Item]:
    """The one article of the document. Raises OSError if it cannot be read, ArticleError if it is no page."""
    from indexer.sources.html.page import page_of, read_page  # the libraries for HTML take long to import

    yield read_page(page_of(document))


def read_many(documents: Sequence[Document], workers: Workers) -> Iterator[Item]:
    """The articles of many pages, one each, in their order."""
    from indexer.sources.html.many import read_pages

    yield from read_pages(documents, workers)


FORMAT = Format("HTML", _ENDINGS, "text/html", read, one_article, read_many)
