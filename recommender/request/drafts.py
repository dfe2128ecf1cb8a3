"""Drafts: a text that is not in the archive, however it comes, as an article to recommend for. Nothing is stored."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from indexer.article.article import Article
from indexer.base.errors import ArticleError, ReadmoreError
from indexer.sources import Document, Refused, read_document
from indexer.sources.document import os_reason
from indexer.sources.formats import format_of_text
from indexer.sources.formats.json_object import FORMAT as JSON_OBJECT
from indexer.sources.formats.markdown import FORMAT as MARKDOWN
from indexer.sources.text import readable
from indexer.text.detection import detected_language

STANDARD_INPUT = "-"
MAX_BYTES = 1_000_000  # a long book chapter; more is not a draft
NAMELESS = "draft"  # the id of a draft that has none


class DraftError(ReadmoreError):
    """A draft that cannot be read. `code` says why to programs."""

    def __init__(self, message: str, code: str = "bad_draft") -> None:
        super().__init__(message)
        self.code = code


def too_large(where: str) -> DraftError:
    """The error for a draft of more than `MAX_BYTES`."""
    return DraftError(f"{where}: a draft may have {MAX_BYTES:,} bytes at most", "draft_too_large")


def read_draft(source: str) -> Article:
    """The draft in the file `source`, or on standard input for ``-``. Raises DraftError."""
    if source == STANDARD_INPUT:
        document = Document.of_stream(sys.stdin.buffer, "standard input")
    else:
        document = Document.of_file(Path(source))
    try:
        content = document.read(MAX_BYTES + 1)
    except OSError as error:
        raise DraftError(f"{document.where}: {os_reason(error)}") from None
    return parse_draft(content, document.where, markdown=source.lower().endswith(MARKDOWN.suffixes))


def parse_draft(content: bytes, where: str, *, markdown: bool = False) -> Article:
    """The draft in `content`: a JSON object with the fields of an article, Markdown with front matter (`markdown`: or
    without), or plain text. It is read as the article it becomes, except that of plain text the first line is the
    title only if a blank one follows. `where` is what to call it.

    Raises DraftError.
    """
    if len(content) > MAX_BYTES:
        raise too_large(where)
    try:
        kind = format_of_text(readable(content))
    except ArticleError as error:
        raise DraftError(f"{where}: {error}") from None
    if markdown and kind is not JSON_OBJECT:
        kind = MARKDOWN
    # Without a name: what the file is called while it is written says nothing of the id and date it will have.
    document = Document.of_bytes(content, where, media_type=kind.media_type, fallback_id=NAMELESS, is_draft=True)
    (item,) = read_document(document)
    if not isinstance(item, Refused):
        return replace(item.article, language=item.article.language or detected_language(item.article.body))
    if item.reason == "neither title nor text":
        raise DraftError(f"{where}: the draft is empty; give it a title or a text", "empty_draft")
    raise DraftError(f"{where}: {item.reason}")
