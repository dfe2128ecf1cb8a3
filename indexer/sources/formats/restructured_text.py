"""reStructuredText posts, as Pelican, Nikola and Sphinx with ABlog keep them, and release notes of many projects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.article.dates import parse_date
from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.formats.format import Format, one_article
from indexer.sources.formats.markdown import item_from_fields
from indexer.sources.item import Item, Refused
from indexer.sources.markup.conventions import record_of, with_own
from indexer.sources.markup.frontmatter import split
from indexer.sources.markup.markdown_text import PlainText
from indexer.sources.names import id_of
from indexer.sources.text import text_of

_LOOKED_AT = 4000  # bytes
_MARK = r"(?P<mark>[!-/:-@[-`{-~])(?P=mark){2,}"
_TITLE = re.compile(
    rf"(?:{_MARK}[ \t]*\n)?[ \t]*(?P<title>\S[^\n]*)\n(?P<under>[=\-~*^#+\"'`.:_])(?P=under){{2,}}[ \t]*(?:\n|\Z)"
)
_LONGEST_DATE = 40  # characters
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def is_rst(document: Document) -> bool:
    """Whether a text file begins with an underlined title; False if it cannot be read twice."""
    try:
        return bool(document.size) and _has_rst_title(document.read(_LOOKED_AT).decode("utf-8", "replace"))
    except OSError:
        return False


def _has_rst_title(text: str) -> bool:
    """Whether a text begins with a title that is underlined."""
    found = _TITLE.match(text.lstrip("\n"))
    if found is None:
        return False
    under = found[0].rstrip("\n").rpartition("\n")[2].rstrip()
    return len(under) >= len(found["title"].rstrip()) - 1


def read(document: Document) -> Iterator[Item]:
    """The one article of the document. Raises OSError if it cannot be read."""
    from indexer.sources.markup.rst_text import read_rst  # docutils is large, and few archives need it

    try:
        front, source, warnings, language = split(text_of(document))  # Hugo's has a fence, as its Markdown has
        text = read_rst(source)
        fields = record_of(with_own(document.fields, {**text.fields, **front}), words_are_tags=language == "yaml")
        if "date" not in fields and (date := _date_below_title(text)):
            fields["date"] = date
        yield item_from_fields(document, fields, text, warnings)
    except ArticleError as error:
        yield Refused(document.where, str(error), id_of(document))


def _date_below_title(text: PlainText) -> str:
    """The first paragraph where it is a date and nothing else, which then is no part of the text any more."""
    first, _, rest = text.body.partition("\n\n")
    if len(first) > _LONGEST_DATE or not _YEAR.search(first):
        return ""
    try:
        parse_date(first)
    except ArticleError:
        return ""
    text.body = rest
    return first


FORMAT = Format("reStructuredText", (".rst", ".rest"), "text/x-rst", read, one_article)
