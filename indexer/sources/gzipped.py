"""Documents that are gzipped, read as what they hold."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from indexer.sources.document import Document

GZIP_ERRORS = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading damaged data raises. BadGzipFile is an OSError as well, so these are to be caught first."""


@contextmanager
def unpacked(document: Document) -> Iterator[IO[bytes]]:
    """The bytes of a document, not compressed. Raises OSError, and one of `GZIP_ERRORS` while damaged data is read."""
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
    except (*GZIP_ERRORS, OSError):
        return b""
