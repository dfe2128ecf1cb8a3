"""Standard input of any kind: what it begins with tells what it is. It can be read once, so all but JSON Lines, which
may go on for ever, is written to a temporary file first, unpacked where it is gzipped, and within bounds.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import weakref
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

from indexer.base.errors import ArticleError
from indexer.sources.containers import documents_inside
from indexer.sources.document import Document, os_reason
from indexer.sources.formats import csv_table, feed, format_of_text, html, json_records, jsonl
from indexer.sources.formats.json_layout import layout_of
from indexer.sources.item import Refused
from indexer.sources.names import readable_id

NAME = "standard input"
MAX_BYTES = 8 * 1024**3
"""What is taken of standard input, and what it may be unpacked to."""
LOOKED_AT = 1 << 16
_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_ROOT = "/standard input"  # the same in every run, so that articles keep their ids
_ARCHIVES = {
    b"PK\x03\x04": ".zip",
    b"PK\x05\x06": ".zip",
    b"BZh": ".tar.bz2",
    b"\xfd7zXZ\0": ".tar.xz",
    b"WARC/": ".warc",
}
_TAR = slice(257, 262)


def documents_in(stream: IO[bytes], passed_over: Counter[str]) -> Iterator[Document | Refused]:
    """The documents that `stream` holds; what is left out of an archive is counted in `passed_over`. Raises nothing:
    what cannot be read is yielded as `Refused`."""
    try:
        first = _first_line(stream)
        if _is_json_line(first):
            lines = cast(IO[bytes], io.BufferedReader(_Rejoined(first, stream), LOOKED_AT))
            yield Document.of_stream(lines, NAME, media_type=jsonl.FORMAT.media_type)
            return
        kept = _Kept(_blocks(first, stream))
        if not kept.suffix and kept.head.startswith(_GZIP):
            kept = _Kept(_unzipped(kept))
    except OSError as error:
        yield Refused(NAME, os_reason(error))
    except zlib.error as error:
        yield Refused(NAME, f"damaged gzip data: {error}")
    except ArticleError as error:
        yield Refused(NAME, str(error))
    else:
        yield from _archived(kept, passed_over) if kept.suffix else [_document(kept)]


class _Kept:
    """What was read, in a temporary file that is there as long as this object."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        folder = tempfile.mkdtemp(prefix="readmore-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.path = Path(folder, "kept")
        self.size = 0
        with self.path.open("wb") as file:
            for block in blocks:
                self.size += len(block)
                if self.size > MAX_BYTES:
                    raise ArticleError(f"more than {MAX_BYTES // 1024**3} GB: index it from files")
                file.write(block)
        with self.path.open("rb") as file:
            self.head = file.read(LOOKED_AT)
        self.suffix = _archive_suffix(self.head)
        if self.suffix:
            self.path = self.path.rename(self.path.with_suffix(self.suffix))


def _document(kept: _Kept) -> Document:
    known = f"{kept.size}-{zlib.crc32(kept.head):08x}"
    return Document(
        NAME,
        lambda kept=kept: kept.path.open("rb"),  # type: ignore[misc]
        size=kept.size,
        media_type=_media_type(kept.head),
        fallback_id=readable_id(f"standard-input-{known}"),
    )


def _archived(kept: _Kept, passed_over: Counter[str]) -> Iterator[Document | Refused]:
    """What is in an archive, under names that do not tell where that is kept meanwhile."""
    place = str(kept.path)
    for each in documents_inside(kept.path, passed_over):
        where = each.where.replace(place, NAME)
        if isinstance(each, Refused):
            yield replace(each, where=where)
            continue

        def opened(each: Document = each, kept: _Kept = kept) -> AbstractContextManager[IO[bytes]]:
            return each.open()

        name = each.name.replace(place, _ROOT)
        yield replace(each, where=where, name=name, root=_ROOT if each.root else "", open=opened)


def _first_line(stream: IO[bytes]) -> bytes:
    """The first line that is not blank, or what a long one begins with."""
    line = stream.readline(LOOKED_AT)
    while line.isspace():
        line = stream.readline(LOOKED_AT)
    return line


def _is_json_line(first: bytes) -> bool:
    """Whether a line is one of JSON Lines, and not all or the beginning of another kind of JSON. A line with an object
    that is damaged is one of them, too, so that those that follow are read."""
    line = first.removeprefix(b"\xef\xbb\xbf").strip()
    if not line:
        return True  # nothing at all
    if not line.startswith(b"{") or (len(first) < LOOKED_AT and not line.endswith(b"}")):
        return False
    layout = layout_of(Document.of_bytes(line, NAME))
    return layout is None or layout.kind == "record"


def _media_type(head: bytes) -> str:
    """The kind of what begins with `head`."""
    document = Document.of_bytes(head, NAME, media_type=csv_table.FORMAT.media_type)
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"").lstrip()
    if html.is_html(document):
        return html.FORMAT.media_type
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf", b"<!--")):
        return feed.FORMAT.media_type
    if start.startswith(b"<"):
        return html.FORMAT.media_type
    if start.startswith((b"{", b"[")):
        return jsonl.FORMAT.media_type if _is_json_line(start.partition(b"\n")[0]) else json_records.FORMAT.media_type
    if csv_table.holds_articles(document):
        return csv_table.FORMAT.media_type
    return format_of_text(start.decode("utf-8", "replace")).media_type


def _archive_suffix(head: bytes) -> str:
    """What the names of archives that begin so end in; empty for what is no archive."""
    inside = _unzipped_head(head) if head.startswith(_GZIP) else head
    suffix = next((suffix for mark, suffix in _ARCHIVES.items() if inside.startswith(mark)), "")
    suffix = suffix or (".tar" if inside[_TAR] == b"ustar" else "")
    if not head.startswith(_GZIP):
        return suffix
    return f"{suffix}.gz" if suffix in (".tar", ".warc") else ""


def _unzipped_head(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, LOOKED_AT)
    except zlib.error:
        return b""


def _blocks(first: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    return chain([first], iter(lambda: stream.read(_BLOCK), b""))


def _unzipped(kept: _Kept) -> Iterator[bytes]:
    """Raises zlib.error for damaged data, ArticleError for data that breaks off."""
    unzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
    with kept.path.open("rb") as file:
        while data := unzip.unconsumed_tail or unzip.unused_data or file.read(_BLOCK):
            if unzip.eof:  # files that were gzipped one by one and joined
                unzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
            yield unzip.decompress(data, _BLOCK)
    if not unzip.eof:
        raise ArticleError("damaged gzip data: it breaks off")


class _Rejoined(io.RawIOBase):
    """A stream from its beginning, of which `first` was read already. What is there is handed on at once."""

    def __init__(self, first: bytes, stream: IO[bytes]) -> None:
        self._first = first
        self._read: Any = getattr(stream, "read1", stream.read)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._first:
            data, self._first = self._first[: len(buffer)], self._first[len(buffer) :]
        else:
            data = self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
