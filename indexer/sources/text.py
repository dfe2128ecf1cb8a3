"""The bytes of a document as text."""

from __future__ import annotations

import re

from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.gzipped import GZIP_ERRORS, unpacked
from indexer.sources.limits import MAX_ARTICLE_BYTES

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")


def text_of(document: Document) -> str:
    """The text of a document that holds one article, lines ending in ``\\n``.

    Raises OSError if it cannot be read, ArticleError if it is not UTF-8 text or too large for an article.
    """
    data = utf8_of(document)
    if b"\0" in data and not document.is_draft:
        raise ArticleError("NUL bytes: not a text file")
    text = readable(data)
    if not text.strip():
        raise ArticleError("neither title nor text")
    return text


def readable(data: bytes) -> str:
    """`data` as text without control codes, lines ending in ``\\n``. Raises ArticleError if it is not UTF-8."""
    return without_controls(decode(data).replace("\r\n", "\n").replace("\r", "\n"))


def content_of(document: Document) -> bytes:
    """The bytes of a document that holds one article. Raises OSError, and ArticleError if they are too many."""
    return _bounded(document.read(MAX_ARTICLE_BYTES + 1))


def utf8_of(document: Document) -> bytes:
    """The text of a document that holds one article, not compressed, in UTF-8 whatever its encoding is. Raises OSError,
    and ArticleError if it is damaged or too long."""
    try:
        with unpacked(document) as file:
            return _bounded(file.read(MAX_ARTICLE_BYTES + 1))
    except GZIP_ERRORS as error:
        raise ArticleError(f"damaged gzip data: {error}") from None


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_ARTICLE_BYTES:
        raise ArticleError(f"larger than {MAX_ARTICLE_BYTES // 1024**2} MB: not one article")
    return data


def decode(data: bytes) -> str:
    """`data` as UTF-8 without a byte order mark. ArticleError says where it is not UTF-8."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        byte = f"byte {error.start + 1} is 0x{data[error.start]:02x}"
        raise ArticleError(f"not UTF-8 text ({byte}): save it as UTF-8") from None


def without_controls(text: str) -> str:
    """`text` without what is no text: control codes, byte order marks, halves of surrogate pairs."""
    return _CONTROLS.sub("", text)
