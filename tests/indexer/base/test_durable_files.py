"""Files that are written whole or not at all, and known again."""

from __future__ import annotations

import gc
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from indexer.base import array_files
from indexer.base.array_files import read_array, read_arrays, write_array, write_arrays
from indexer.base.durable_files import FileRecord, replace, verify, write_bytes
from indexer.base.errors import IndexDamagedError, WriteError

ARRAYS = {
    "bytes": np.arange(10, dtype=np.uint8),
    "empty": np.zeros(0, np.uint32),
    "no_columns": np.zeros((2, 0), np.uint8),
    "matrix": np.arange(12, dtype=np.float32).reshape(3, 4),
    "transposed": np.arange(12, dtype=np.int64).reshape(3, 4).T,
    "numbers": np.array([-(1 << 63), 0, (1 << 63) - 1]),
    "large": np.arange(50_000, dtype=np.uint32),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_is_read_as_it_was_written(tmp_path: Path, name: str) -> None:
    record = write_array(tmp_path / "a.npy", ARRAYS[name])
    verify(tmp_path / "a.npy", record)
    found = read_array(tmp_path / "a.npy", record)
    assert found.dtype == ARRAYS[name].dtype
    assert found.shape == ARRAYS[name].shape
    assert np.array_equal(found, ARRAYS[name])
    assert np.array_equal(np.load(tmp_path / "a.npy"), ARRAYS[name])  # the format that others read too
    with pytest.raises(ValueError, match="read-only"):
        found[...] = 0


@pytest.mark.parametrize("mapped_from", [0, 1 << 16, 1 << 30])
def test_arrays_in_one_file_are_read_as_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped_from: int
) -> None:
    monkeypatch.setattr(array_files, "MAPPED_FROM", mapped_from)
    record = write_arrays(tmp_path / "a.npys", ARRAYS)
    verify(tmp_path / "a.npys", record)
    found = read_arrays(tmp_path / "a.npys", record)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert np.array_equal(found[name], array)
        with pytest.raises(ValueError, match="read-only"):
            found[name][...] = 0


def test_an_array_of_objects_is_neither_written_nor_read(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.array([{}, []], dtype=object), allow_pickle=True)
    with pytest.raises(IndexDamagedError, match=r"a\.npy: is not an array file"):
        read_array(path, FileRecord(path.stat().st_size, 0))
    with pytest.raises(IndexDamagedError, match=r"a\.npy: is not an array file"):
        read_arrays(path, FileRecord(path.stat().st_size, 0))


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "is missing"), (b"", "has 0 bytes where"), (b"123", "has 3 bytes where"), (b"x" * 400, "has 400 bytes")],
)
def test_a_file_that_is_missing_or_of_another_size_is_named(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "a.npy"
    record = write_array(path, ARRAYS["bytes"])
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    for use in (read_array, read_arrays, verify):
        with pytest.raises(IndexDamagedError, match=message) as raised:
            use(path, record)
        assert raised.value.path == path


def test_a_flipped_bit_is_found_by_verification(tmp_path: Path) -> None:
    path = tmp_path / "a"
    record = write_bytes(path, b"abc", memoryview(b"def"))
    assert record == FileRecord(6, 0x4B8E39EF)
    path.write_bytes(b"abcdeg")
    with pytest.raises(IndexDamagedError, match=r"has the checksum [0-9a-f]{8} where 4b8e39ef was written"):
        verify(path, record)


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npy"
    record = write_array(path, ARRAYS["bytes"])

    def refused(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    monkeypatch.setattr(np, "fromfile", refused)
    for use in (read_array, read_arrays, verify):
        with pytest.raises(IndexDamagedError, match=r"cannot be read \(Permission denied\)"):
            use(path, record)


def test_a_replacement_is_seen_as_a_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "manifest"
    replace(path, b"old")
    with path.open("rb") as reader:
        replace(path, b"new and longer")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new and longer"
    assert list(tmp_path.iterdir()) == [path]


def test_a_replacement_that_fails_leaves_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "manifest"
    replace(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match="the disk is full; nothing accepted is lost"):
        replace(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_threads_may_read_at_the_same_time(tmp_path: Path) -> None:
    """numpy reads a header with Python's parser, and that of CPython 3.11 fails where a thread is stopped within it to
    collect garbage: a sound file was called damaged."""
    record = write_array(tmp_path / "a.npy", ARRAYS["matrix"])
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(300):
                array_files._read_header.cache_clear()
                read_array(tmp_path / "a.npy", record)
        except BaseException as error:
            failures.append(error)

    def give_way(phase: str, info: object) -> None:
        time.sleep(0)

    threshold = gc.get_threshold()
    gc.set_threshold(20)
    gc.callbacks.append(give_way)
    try:
        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.callbacks.remove(give_way)
        gc.set_threshold(*threshold)
    assert failures == []
