"""Mending a damaged row from what it holds itself: each byte of it is there in more than one way.

A CRC tells where a single wrong byte must be: the difference of the two checksums, taken back a byte at a time, is at
that place one of the 255 that a single byte can make (the CRC is linear; Peterson and Brown, "Cyclic codes for error
detection", 1961). What is found is believed only where the digest, of 128 bits, agrees.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from indexer.article.article import Article
from indexer.records.row import Row, parsed

_TABLE = [zlib.crc32(bytes([byte])) ^ zlib.crc32(b"\0") for byte in range(256)]  # what one byte adds to a CRC
_BYTE_OF = {value: byte for byte, value in enumerate(_TABLE)}
_FIRST_OF = {value >> 24: byte for byte, value in enumerate(_TABLE)}  # the highest bytes are all different


@dataclass(frozen=True, slots=True)
class _Fix:
    """A byte that was another, counted from the end of what the checksum is of."""

    from_end: int
    difference: int


def mended(row: Row) -> Row | None:
    """The row as it was written, whatever single byte of it is wrong; None where more is. A sound row comes back as it
    is, with a checksum if it has none."""
    if row.crc32 is not None and row.crc32 != row.checksum():
        length = len(b"%d" % row.seq) + len(row.id) + len(row.url or b"") + len(row.digest) + len(row.record) + 3
        for fix in _fixes((row.crc32 ^ row.checksum()) & 0xFFFFFFFF, length):
            right = _with(row, fix)
            if right.is_digest_right() and (article := parsed(right.record)) is not None:
                return _named(right, article)
    if row.is_digest_right() and (article := parsed(row.record)) is not None:
        return _named(row, article)
    return None


def _named(row: Row, article: Article) -> Row:
    """The row with what its record says stand in the others of its columns."""
    right = row._replace(id=article.id.encode(), url=article.url.encode() or None)
    return right._replace(crc32=right.checksum())


def _fixes(difference: int, length: int) -> list[_Fix]:
    """The single bytes, of so many, that make this difference between two checksums."""
    found = []
    for from_end in range(length):
        if difference in _BYTE_OF:
            found.append(_Fix(from_end, _BYTE_OF[difference]))
        # one byte back: which difference becomes this one if a byte that is right follows
        first = _FIRST_OF[difference >> 24]
        difference = ((difference ^ _TABLE[first]) << 8 | first) & 0xFFFFFFFF
    return found


def _with(row: Row, fix: _Fix) -> Row:
    """The row with a byte of its record or its digest put right."""
    content = bytearray(row.digest + row.record)
    if fix.from_end < len(content):
        content[-1 - fix.from_end] ^= fix.difference
    return row._replace(digest=bytes(content[: len(row.digest)]), record=bytes(content[len(row.digest) :]))
