"""Documents that are gzipped, or in another encoding than UTF-8, read as what they hold."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.encodings import as_utf8, encoding_of

GZIP_ERRORS = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading damaged data raises. BadGzipFile is an OSError as well, so these are to be caught first."""


@contextmanager
def unpacked(document: Document) -> Iterator[IO[bytes]]:
    """The bytes of a text, not compressed, in UTF-8. Raises OSError, and one of `GZIP_ERRORS` while damaged data is
    read, ArticleError where that is not of the encoding that it begins in."""
    encoding = encoding_in(document)
    with _as_stored(document) as file:
        yield as_utf8(file, encoding) if encoding else file


def encoding_in(document: Document) -> str:
    """See `encoding_of`; empty for what can be read only once, or not at all."""
    if not document.size:
        return ""
    try:
        with _as_stored(document) as file:
            return encoding_of(file)
    except (*GZIP_ERRORS, OSError):
        return ""


@contextmanager
def _as_stored(document: Document) -> Iterator[IO[bytes]]:
    with document.open() as file:
        if is_gzipped(document):
            # Not wrapped in a larger buffer: where the data breaks off, that would lose what it had read before.
            with gzip.GzipFile(fileobj=file) as inside:
                yield cast(IO[bytes], inside)
        else:
            yield file


def is_gzipped(document: Document) -> bool:
    """Whether a document's name says that it is gzipped."""
    return document.name.lower().endswith(".gz")


def beginning(document: Document, most: int) -> bytes:
    """Up to `most` bytes that a document begins with, not compressed; none where it cannot be read, or only once."""
    if not document.size:
        return b""
    try:
        with unpacked(document) as file:
            return file.read(most)
    except (*GZIP_ERRORS, OSError, ArticleError):
        return b""
