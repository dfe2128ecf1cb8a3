"""HTML with front matter, as Jekyll, Eleventy and Hugo keep posts beside their Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.formats.format import Format, one_article
from indexer.sources.formats.markdown import item_from_post
from indexer.sources.item import Item, Refused
from indexer.sources.markup.links import Links
from indexer.sources.markup.liquid import without_liquid
from indexer.sources.markup.markdown_text import PlainText
from indexer.sources.markup.tags import html_text
from indexer.sources.names import id_of
from indexer.sources.text import text_of

_LOOKED_AT = 64  # bytes
_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?(?:---|\+\+\+)[a-z]{0,4}[ \t]*\r?\n")


def is_post(document: Document) -> bool:
    """Whether an HTML file begins with front matter; False if it cannot be read twice."""
    try:
        return bool(document.size) and _OPENING.match(document.read(_LOOKED_AT)) is not None
    except OSError:
        return False


def read(document: Document) -> Iterator[Item]:
    """The one article of the document. Raises OSError if it cannot be read."""
    try:
        yield item_from_post(document, text_of(document), post_text)
    except ArticleError as error:
        yield Refused(document.where, str(error), id_of(document))


def post_text(source: str) -> PlainText:
    """The text and the links of HTML with tags of a template language. Raises nothing."""
    links = Links()
    return PlainText(body=html_text(without_liquid(source), links), links=links)


FORMAT = Format("HTML post", (), "text/x-html-post", read, one_article)
