"""Files that survive a crash: written, checksummed, flushed to the disk, and swapped in by name.

Everything the index writes passes through here, so a test that breaks these few functions breaks every write.
"""

from __future__ import annotations

import errno
import io
import json
import math
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import IndexDamagedError, WriteError

MAPPED_FROM = 1 << 16  # bytes; a map costs a file descriptor, and most files of a small segment are smaller than this
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<|][uif][1248])', 'fortran_order': False, 'shape': \(([0-9, ]*)\), \} *\n",
    re.DOTALL,
)
# what other bytes make of parsing: no header or JSON, or such as asks for what is not there or cannot be
_NO_ARRAYS = (ValueError, TypeError, IndexError, OverflowError, RecursionError)
_Parsed = TypeVar("_Parsed")
TEMPORARY = ".tmp"  # how the names of files end that are about to take another's place


class FileRecord(NamedTuple):
    """What the manifest remembers of a file, to notice when it is no longer the one that was written."""

    size: int  # bytes
    crc32: int


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns what the system says when `path` cannot be written into a WriteError."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise write_error(path, full=full, why=error.strerror or str(error)) from error


def write_error(path: Path, *, full: bool, why: str) -> WriteError:
    """The error for a `path` that could not be written because the disk is `full`, or else for the reason given."""
    if full:
        return WriteError(f"{path}: the disk is full; nothing accepted is lost, free some space and run it again")
    return WriteError(f"{path}: cannot be written ({why}); nothing accepted is lost, mend that and run it again")


def make_folder(path: Path) -> None:
    """Makes a new folder, and those it is in where they are not there yet."""
    with writing(path):
        path.mkdir(parents=True)


def write_bytes(path: Path, *parts: bytes | memoryview) -> FileRecord:
    """Writes a new file of `parts` one after the other and flushes it to the disk."""
    size = crc = 0
    with writing(path), path.open("wb") as file:
        for part in parts:
            file.write(part)
            crc = zlib.crc32(part, crc)
            size += len(part)
        file.flush()
        os.fsync(file.fileno())
    return FileRecord(size, crc)


def write_array(path: Path, array: NDArray[Any]) -> FileRecord:
    """Writes a new ``.npy`` file (format of numpy.lib.format, never a pickle)."""
    array = np.ascontiguousarray(array)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
    return write_bytes(path, header.getvalue(), array.reshape(-1).view(np.uint8).data)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> FileRecord:
    """Writes a new file of several arrays: ``.npy`` streams one after the other, each beginning at a multiple of 64
    bytes. The first is the table of contents, a JSON object in UTF-8 with the place of each array by name, counted
    from the end of that first stream. One file, because flushing a file to the disk costs milliseconds, whatever its
    size."""
    streams: list[bytes | memoryview] = []
    places: dict[str, int] = {}
    size = 0
    for name, array in arrays.items():
        places[name] = size
        stream = _stream(array)
        streams += stream
        size += sum(map(len, stream))
    contents = np.frombuffer(json.dumps(places).encode(), np.uint8)
    return write_bytes(path, *_stream(contents), *streams)


def _stream(array: NDArray[Any]) -> list[bytes | memoryview]:
    """An array as a ``.npy`` stream, padded to a multiple of 64 bytes."""
    array = np.ascontiguousarray(array)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
    return [header.getvalue(), array.reshape(-1).view(np.uint8).data, bytes(-array.nbytes % 64)]


def read_array(path: Path, record: FileRecord) -> NDArray[Any]:
    """The array in a ``.npy`` file, read-only; memory-mapped unless it is small.

    Raises IndexDamagedError if the file is missing, has another size than was written, or is no array file. Its
    content is not verified, so that opening stays instant; `verify` does that.
    """
    return _parsed(path, record, lambda buffer: _array_at(buffer, 0)[0])


def read_arrays(path: Path, record: FileRecord) -> dict[str, NDArray[Any]]:
    """The arrays that `write_arrays` wrote, by name, read-only; memory-mapped unless the file is small.

    Raises IndexDamagedError as `read_array` does.
    """
    return _parsed(path, record, _arrays_in)


def _parsed(path: Path, record: FileRecord, parse: Callable[[NDArray[np.uint8]], _Parsed]) -> _Parsed:
    """What `parse` makes of the bytes of a file. Raises IndexDamagedError if they cannot be read or parsed."""
    check_size(path, record)
    try:
        buffer = np.memmap(path, np.uint8, "r") if record.size >= MAPPED_FROM else np.fromfile(path, np.uint8)
    except OSError as error:
        raise IndexDamagedError(path, f"cannot be read ({error.strerror})") from None
    buffer.flags.writeable = False
    try:
        return parse(np.asarray(buffer))
    except _NO_ARRAYS:
        raise IndexDamagedError(path, "is not an array file") from None


def _arrays_in(buffer: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    """The arrays of a file of several. Raises one of `_NO_ARRAYS` if the bytes are no such file."""
    contents, base = _array_at(buffer, 0)
    places = json.loads(bytes(contents))
    if not isinstance(places, dict):
        raise ValueError("no table of contents")
    return {name: _array_at(buffer, base + at)[0] for name, at in places.items()}


def _array_at(buffer: NDArray[np.uint8], start: int) -> tuple[NDArray[Any], int]:
    """The array of the ``.npy`` stream that begins at `start`, and where the next stream begins. Raises one of
    `_NO_ARRAYS` if there is no such stream."""
    length = int(buffer[start + 8]) + 256 * int(buffer[start + 9])
    shape, dtype = _read_header(bytes(buffer[start : start + 10 + length]))
    begin = start + 10 + length
    end = begin + math.prod(shape) * dtype.itemsize
    return buffer[begin:end].view(dtype).reshape(shape), end + -(end - begin) % 64


@lru_cache(maxsize=4096)
def _read_header(header: bytes) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type from a ``.npy`` header. Raises ValueError for what is none, or not of plain numbers in C order.

    numpy's own reader takes Python's parser for it, which fails now and then where several threads use it at once
    (CPython 3.11: "AST constructor recursion depth mismatch").
    """
    found = _HEADER.fullmatch(header)
    if found is None:
        raise ValueError("not a header of version 1.0")
    return tuple(int(number) for number in found[2].split(b",") if number.strip()), np.dtype(found[1].decode())


def check_size(path: Path, record: FileRecord) -> None:
    """Raises IndexDamagedError if `path` is missing or not as long as it was written."""
    try:
        size = path.stat().st_size
    except OSError:
        raise IndexDamagedError(path, "is missing") from None
    if size != record.size:
        raise IndexDamagedError(path, f"has {size} bytes where {record.size} were written")


def verify(path: Path, record: FileRecord) -> None:
    """Reads the whole file. Raises IndexDamagedError unless it is byte for byte what was written."""
    check_size(path, record)
    crc = 0
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                crc = zlib.crc32(block, crc)
    except OSError as error:
        raise IndexDamagedError(path, f"cannot be read ({error.strerror})") from None
    if crc != record.crc32:
        raise IndexDamagedError(path, f"has the checksum {crc:08x} where {record.crc32:08x} was written")


def replace(path: Path, content: bytes) -> None:
    """Gives `path` new content in one step: whoever reads it sees the old or the new, even after a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        write_bytes(temporary, content)
        with writing(path):
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flushes the names in `folder` to the disk."""
    with writing(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
