"""Files that survive a crash: written, checksummed, flushed to the disk, and swapped in by name.

Everything the index writes passes through here, so a test that breaks these few functions breaks every write.
"""

from __future__ import annotations

import io
import os
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamagedError

_NPY_MAGIC = b"\x93NUMPY"


class FileRecord(NamedTuple):
    """What the manifest remembers of a file, to notice when it is no longer the one that was written."""

    size: int  # bytes
    crc32: int


def write_bytes(path: Path, *parts: bytes | memoryview) -> FileRecord:
    """Writes a new file of `parts` one after the other and flushes it to the disk."""
    size = crc = 0
    with path.open("wb") as file:
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


def read_array(path: Path, record: FileRecord) -> NDArray[Any]:
    """The array in a ``.npy`` file, memory-mapped and read-only.

    Raises IndexDamagedError if the file is missing, has another size than was written, or is no array file. Its
    content is not read, so that opening stays instant; `verify` reads it.
    """
    check_size(path, record)
    try:
        mapped: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        return mapped
    except ValueError as error:
        if "empty" in str(error) or "mmap" in str(error):  # an array of no elements cannot be mapped
            return np.load(path, allow_pickle=False)  # type: ignore[no-any-return]
        raise IndexDamagedError(path, "is not an array file") from None
    except OSError as error:
        raise IndexDamagedError(path, error.strerror or "cannot be read") from None


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
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    if crc != record.crc32:
        raise IndexDamagedError(path, f"has the checksum {crc:08x} where {record.crc32:08x} was written")


def replace(path: Path, content: bytes) -> None:
    """Gives `path` new content in one step: whoever reads it sees the old or the new, even after a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write_bytes(temporary, content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flushes the names in `folder` to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
