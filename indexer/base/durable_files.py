"""Files that survive a crash: written, checksummed, flushed to the disk, and swapped in by name.

Everything the index writes passes through here, so a test that breaks these few functions breaks every write.
"""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from indexer.base.errors import IndexDamagedError, IndexUnreadableError, WriteError

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


def unreadable(path: Path, error: OSError) -> IndexDamagedError:
    """The error for a file of the index that could not be read, with the advice that the reason needs."""
    if isinstance(error, FileNotFoundError):
        return IndexDamagedError(path, "is missing")
    kind = IndexUnreadableError if isinstance(error, PermissionError) else IndexDamagedError
    return kind(path, f"cannot be read ({error.strerror})")


def check_size(path: Path, record: FileRecord) -> None:
    """Raises IndexDamagedError if `path` is missing or not as long as it was written."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise unreadable(path, error) from None
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
        raise unreadable(path, error) from None
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
