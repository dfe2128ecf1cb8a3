"""Reading the pages of a damaged database, without the tree that leads to them: every leaf page is looked at, and what
has the form of an article or of a removal is taken out of it (https://www.sqlite.org/fileformat2.html).

What is found may be old: a page that is free now, or a row that was replaced. The checksum of a row says that it is as
it was written, not that it is still the article's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.records.row import Row

_LEAF = 13  # the first byte of a leaf of a table
_HEADER = 100  # bytes at the beginning of the first page
_PAGE_SIZE = 4096  # SQLite's own choice, where the header is lost
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # bytes by serial type
_MOST_COLUMNS = 6
# what taking a page apart raises that is none
_NO_CELL = (IndexError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class Removal:
    """An entry of the table of removals."""

    number: int
    seq: int
    id: str


@dataclass(frozen=True, slots=True)
class _Pages:
    content: memoryview
    size: int  # bytes of a page

    def page(self, number: int) -> memoryview:
        """The page with this number, from 1 on."""
        if number < 1 or number * self.size > len(self.content):
            raise IndexError("no such page")
        return self.content[(number - 1) * self.size : number * self.size]


def scan(path: Path) -> Iterator[Row | Removal]:
    """What has the form of an article or of a removal in the file at `path`."""
    content = memoryview(path.read_bytes())
    size = int.from_bytes(content[16:18], "big") if bytes(content[:15]) == b"SQLite format 3" else _PAGE_SIZE
    if size < 512 or size & (size - 1):
        size = _PAGE_SIZE
    whole = bytes(-len(content) % size)  # a file that ends within a page
    pages = _Pages(memoryview(bytes(content) + whole) if whole else content, size)
    for number in range(1, len(pages.content) // size + 1):
        yield from _rows(pages, number)


def _rows(pages: _Pages, number: int) -> Iterator[Row | Removal]:
    page, start = pages.page(number), _HEADER if number == 1 else 0
    if page[start] != _LEAF:
        return
    for cell in range(min(int.from_bytes(page[start + 3 : start + 5], "big"), pages.size // 4)):
        at = start + 8 + 2 * cell
        try:
            rowid, payload = _cell(pages, page, int.from_bytes(page[at : at + 2], "big"))
            found = _parsed(rowid, _values(payload))
        except _NO_CELL:
            continue
        if found is not None:
            yield found


def _cell(pages: _Pages, page: memoryview, at: int) -> tuple[int, bytes]:
    """The number of a row and its content, collected from the pages that it runs over."""
    length, at = _varint(page, at)
    rowid, at = _varint(page, at)
    if length > len(pages.content):
        raise ValueError("longer than the file")
    most, least = pages.size - 35, (pages.size - 12) * 32 // 255 - 23
    if length <= most:
        return rowid, bytes(page[at : at + length])
    here = least + (length - least) % (pages.size - 4)
    here = here if here <= most else least
    payload, next_page = bytearray(page[at : at + here]), int.from_bytes(page[at + here : at + here + 4], "big")
    while len(payload) < length:
        overflow = pages.page(next_page)
        payload += overflow[4 : 4 + length - len(payload)]
        next_page = int.from_bytes(overflow[:4], "big")
    return rowid, bytes(payload)


def _varint(page: memoryview | bytes, at: int) -> tuple[int, int]:
    value = 0
    for step in range(8):
        value = value << 7 | page[at + step] & 0x7F
        if page[at + step] < 0x80:
            return value, at + step + 1
    return value << 8 | page[at + 8], at + 9


def _values(payload: bytes) -> list[Any]:
    """The values of a row: None, numbers, and texts and blobs as bytes. Raises one of `_NO_CELL`."""
    end, at = _varint(payload, 0)
    values: list[Any] = []
    place = end
    while at < end:
        kind, at = _varint(payload, at)
        if len(values) == _MOST_COLUMNS:
            raise ValueError("another table's")
        if kind in (0, 8, 9):
            values.append((None, 0, 1)[max(0, kind - 7)])
            continue
        size = _INTEGERS.get(kind, (kind - 12) // 2)
        if kind == 7 or kind in (10, 11) or place + size > len(payload):
            raise ValueError("no value")
        part = payload[place : place + size]
        values.append(int.from_bytes(part, "big", signed=True) if kind in _INTEGERS else part)
        place += size
    return values


def _parsed(rowid: int, values: list[Any]) -> Row | Removal | None:
    if len(values) in (5, 6) and _are(values[1:5:2], bytes) and isinstance(values[4], bytes):
        url, crc32 = values[2], values[5] if len(values) == _MOST_COLUMNS else None
        if values[4][:1] == b"{" and (url is None or isinstance(url, bytes)) and not isinstance(crc32, bytes):
            return Row(rowid, values[1], url, values[3], crc32, values[4])
    if len(values) == 4 and isinstance(values[1], int) and _are(values[2:], bytes):
        return Removal(rowid, values[1], values[2].decode(errors="replace"))
    return None


def _are(values: list[Any], kind: type) -> bool:
    return all(isinstance(value, kind) for value in values)
