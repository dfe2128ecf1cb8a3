"""JSON Lines: one article a line, read one line at a time; plain or gzipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from indexer.sources.document import Document, os_reason
from indexer.sources.formats.format import Format
from indexer.sources.formats.json_object import item_from_json
from indexer.sources.gzipped import GZIP_ERRORS, is_gzipped, unpacked
from indexer.sources.item import Item, Refused

MAX_LINE_BYTES = 64 * 1024 * 1024
_MAX_COUNTED_BYTES = {True: 256 * 1024**2, False: 4 * 1024**3}  # gzipped or not: about a second's reading


def read(document: Document) -> Iterator[Item]:
    """An item for each line that is not blank. Where the data breaks off, the last item says so. Raises OSError if
    the document cannot be opened."""
    with unpacked(document) as file:
        yield from _items(file, document)


def _items(file: IO[bytes], document: Document) -> Iterator[Item]:
    where, number = document.where, 0
    try:
        while line := file.readline(MAX_LINE_BYTES):
            number += 1
            place = f"{where}:{number}"
            if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
                yield Refused(place, f"a line of more than {MAX_LINE_BYTES // 1024**2} MB: not one article")
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE_BYTES)
            elif not line.isspace():
                yield item_from_json(line, place, document)
    except GZIP_ERRORS as error:
        yield Refused(f"{where}:{number + 1}", f"damaged gzip data, nothing after this line was read: {error}")
    except OSError as error:
        yield Refused(f"{where}:{number + 1}", os_reason(error))


def count(document: Document) -> int | None:
    """How many lines the document has, None where counting them would take more than a moment or use them up."""
    if document.size is None or document.size > _MAX_COUNTED_BYTES[is_gzipped(document)]:
        return None
    lines, last = 0, b"\n"
    try:
        with unpacked(document) as file:
            while block := file.read(1 << 20):
                lines += block.count(b"\n")
                last = block
    except GZIP_ERRORS:
        return None
    return lines if last.endswith(b"\n") else lines + 1


FORMAT = Format("JSON Lines", (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"), "application/x-ndjson", read, count)
