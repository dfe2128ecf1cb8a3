"""Arrays in files: ``.npy`` streams, one or several in a file, memory-mapped when they are read again."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.base.durable_files import FileRecord, check_size, unreadable, write_bytes
from indexer.base.errors import IndexDamagedError

MAPPED_FROM = 1 << 16  # bytes; a map costs a file descriptor, and most files of a small segment are smaller than this
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<|][uif][1248])', 'fortran_order': False, 'shape': \(([0-9, ]*)\), \} *\n",
    re.DOTALL,
)
# what other bytes make of parsing: no header or JSON, or such as asks for what is not there or cannot be
_NO_ARRAYS = (ValueError, TypeError, IndexError, OverflowError, RecursionError)
_Parsed = TypeVar("_Parsed")


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
        raise unreadable(path, error) from None
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
