"""Damage as the cause of an error is found by reading each generation once; a mistake in the program stays one."""

from __future__ import annotations

import pickle
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base import array_files, durable_files
from indexer.base.archive_folder import IndexFolder
from indexer.base.errors import IndexDamagedError
from indexer.commit import damage
from indexer.commit.damage import DamageFinder
from indexer.segment.manifest import Manifest
from indexer.vectors.neural import NeuralSpace
from indexer.vectors.spec import ModelSpec


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    """The index of an archive with two segments."""
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([Article(id="a", title="Moon")])
        archive.add([Article(id="b", title="Mars")])
    return archive.index


def commit(index: IndexFolder, article_id: str) -> None:
    with Archive.open(index.path.parent) as archive:
        archive.add([Article(id=article_id, title="Venus")])


def harm(index: IndexFolder) -> Path:
    """Flips the last bit of a file of the current generation, of its newest segment; returns the file."""
    entry = Manifest.load(index).segments[-1]
    file = index.segment(entry.name) / entry.impacts
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    return file


def join() -> None:
    """Waits for verifications in other threads."""
    for thread in threading.enumerate():
        if thread.name == damage.THREAD:
            thread.join(60)


def fail(finder: DamageFinder, manifest: Manifest | None = None, *, wait: bool) -> Exception:
    """What becomes of an error of the program."""
    try:
        with finder.explaining(manifest, wait=wait):
            raise TypeError("a mistake")
    except (TypeError, IndexDamagedError) as error:
        return error


def test_a_mistake_stays_one_and_costs_one_verification(index: IndexFolder, reads: Counter[Path]) -> None:
    finder = DamageFinder(index)
    for wait in (False, True, False, True):
        error = fail(finder, wait=wait)
        assert isinstance(error, TypeError)
        assert error.args == ("a mistake",)
        assert error.__traceback__ is not None
    join()
    assert len(reads) == sum(len(entry.files) for entry in Manifest.load(index).segments)
    assert set(reads.values()) == {1}


@pytest.mark.parametrize("wait", [True, False])
def test_however_many_fail_at_once_there_is_one_verification(
    index: IndexFolder, reads: Counter[Path], wait: bool
) -> None:
    finder = DamageFinder(index)
    harm(index)
    reads.clear()
    together = threading.Barrier(12)
    errors: list[Exception] = []

    def ask() -> None:
        together.wait(60)
        errors.append(fail(finder, wait=wait))

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    join()
    assert len(errors) == 12
    assert set(reads.values()) == {1}
    if wait:
        assert {type(error) for error in errors} == {IndexDamagedError}
        assert len({id(error) for error in errors}) == 12, "one error in several threads has all their tracebacks"


def test_who_waits_is_told_of_the_damage_at_once(index: IndexFolder) -> None:
    file = harm(index)
    error = fail(DamageFinder(index), wait=True)
    assert str(error).startswith(f"{file}: has the checksum")
    assert isinstance(error.__cause__, TypeError)


def test_who_does_not_wait_is_told_after_the_verification(index: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    file = harm(index)
    finder = DamageFinder(index)
    go_on = threading.Event()

    def later(*args: Any) -> None:
        assert go_on.wait(60)
        durable_files.verify(*args)

    monkeypatch.setattr(damage, "verify", later)
    assert isinstance(fail(finder, wait=False), TypeError)
    assert isinstance(fail(finder, wait=False), TypeError), "it is still under way"
    go_on.set()
    join()
    for _ in range(2):
        error = fail(finder, wait=False)
        assert str(error).startswith(f"{file}: has the checksum")
        assert isinstance(error.__cause__, TypeError)


def test_every_generation_is_verified_by_itself(index: IndexFolder, reads: Counter[Path]) -> None:
    finder = DamageFinder(index)
    first = Manifest.load(index)
    assert isinstance(fail(finder, wait=True), TypeError)
    commit(index, "c")
    file = harm(index)
    reads.clear()
    assert isinstance(fail(finder, first, wait=True), TypeError), "a search that has lasted, of the one before"
    assert not reads
    assert str(file) in str(fail(finder, wait=True))
    assert reads[file] == 1
    with Archive.open(index.path.parent) as archive:
        archive.reindex()
    assert isinstance(fail(finder, wait=True), TypeError), "it is mended"


def test_what_a_writer_took_away_is_no_damage(index: IndexFolder) -> None:
    before = Manifest.load(index)
    with Archive.open(index.path.parent) as archive:
        archive.reindex()
    assert not index.segment(before.segments[0].name).exists()
    assert isinstance(fail(DamageFinder(index), before, wait=True), TypeError)


def test_closing_ends_a_verification(index: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    finder = DamageFinder(index)
    begun, go_on = threading.Event(), threading.Event()
    verified = []

    def later(path: Path, record: object) -> None:
        verified.append(path)
        begun.set()
        assert go_on.wait(60)

    monkeypatch.setattr(damage, "verify", later)
    fail(finder, wait=False)
    assert begun.wait(60)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == damage.THREAD)
    finder.close()
    go_on.set()
    join()
    assert len(verified) == 1


def test_a_lost_manifest_is_named(index: IndexFolder) -> None:
    index.manifest.unlink()
    assert "manifest.json: is missing" in str(fail(DamageFinder(index), wait=False))


def test_a_writer_that_fails_again_does_not_verify_again(index: IndexFolder, reads: Counter[Path]) -> None:
    with Archive.open(index.path.parent) as archive:
        for _ in range(3):
            with pytest.raises(ValueError, match="of the article's source"), archive.writing():
                raise ValueError("of the article's source")
    assert set(reads.values()) == {1}


def test_a_mistake_in_a_rebuild_is_not_laid_on_the_old_index(index: IndexFolder) -> None:
    """The advice was to run `readmore reindex`, which is what had failed."""
    harm(index)

    def mistaken(manifest: Manifest) -> None:
        raise TypeError("a mistake")

    with Archive.open(index.path.parent) as archive, pytest.raises(TypeError, match="a mistake"):
        archive.reindex(approve=mistaken)


def test_a_worker_process_can_hand_the_error_on() -> None:
    error = IndexDamagedError(Path("index/a.npy"), "is missing")
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.path, type(copy)) == (str(error), error.path, IndexDamagedError)


@pytest.mark.parametrize("read", [array_files.read_array, array_files.read_arrays])
def test_a_mistake_in_reading_is_not_called_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[..., object]
) -> None:
    def mistaken(buffer: object, start: int) -> None:
        raise AttributeError("a mistake")

    record = array_files.write_array(tmp_path / "a.npy", np.zeros(3))
    monkeypatch.setattr(array_files, "_array_at", mistaken)
    with pytest.raises(AttributeError, match="a mistake"):
        read(tmp_path / "a.npy", record)


CONTENTS = (
    b"[]",
    b"7",
    b'{"a": "b"}',
    b'{"a": -1}',
    b'{"a": 1.5}',
    b'{"a": 1e999}',
    b'{"a": null}',
    b'{"a": [1]}',
    b'{"a": 99}',
    b'{"a": 123456789012345678901234567890}',
    b'{"a": ' + b"9" * 5000 + b"}",
    b"\xff\xfe",
    b"{" * 9,
    b"[" * 100_000,
)


@pytest.mark.parametrize("contents", CONTENTS)
def test_whatever_the_table_of_contents_says_is_named_as_damage(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "a.npys"
    record = array_files.write_array(path, np.frombuffer(contents, np.uint8))
    with pytest.raises(IndexDamagedError, match=r"a\.npys: is not an array file"):
        array_files.read_arrays(path, record)


@pytest.mark.parametrize(
    "shape", ["9" * 30 + ",", "9" * 5000 + ",", "1," * 70, "4, 4", "9223372036854775807, 4", "0, " + "9" * 30]
)
@pytest.mark.parametrize("descr", ["<u4", "<f1", "|i8"])
def test_whatever_the_header_says_is_named_as_damage(tmp_path: Path, shape: str, descr: str) -> None:
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}\n".encode()
    path = tmp_path / "a.npy"
    record = durable_files.write_bytes(path, b"\x93NUMPY\x01\x00", len(header).to_bytes(2, "little"), header, bytes(8))
    with pytest.raises(IndexDamagedError, match=r"a\.npy: is not an array file"):
        array_files.read_array(path, record)


RECORDS = (
    b"\xff",
    b"{",
    b"[]",
    b"7",
    b"null",
    b"{}",
    b'{"resolution": null}',
    b'{"resolution": "x"}',
    b'{"resolution": 1}',
    b'{"resolution": 1' + b"0" * 400 + b"}",
    b'{"resolution": 0.5, "model": "m", "fingerprint": "f", "backend": "onnx", "dim": "x", "window": 1}',
    b'{"resolution": 0.5, "model": "m", "fingerprint": "f", "backend": [], "dim": 8, "window": 1}',
    b"[" * 100_000,
)


@pytest.mark.parametrize("record", RECORDS)
def test_whatever_the_record_of_a_space_says_is_named_as_damage(tmp_path: Path, record: bytes) -> None:
    files = {"space.json": durable_files.write_bytes(tmp_path / "space.json", record)}
    with pytest.raises(IndexDamagedError, match=r"space\.json: is not the record of a vector space"):
        NeuralSpace(tmp_path, files)


def test_a_mistake_in_reading_the_record_of_a_space_is_not_called_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(record: object) -> None:
        raise ZeroDivisionError("a mistake")

    files = {"space.json": durable_files.write_bytes(tmp_path / "space.json", b'{"resolution": 0.5}')}
    monkeypatch.setattr(ModelSpec, "from_record", mistaken)
    with pytest.raises(ZeroDivisionError, match="a mistake"):
        NeuralSpace(tmp_path, files)


def test_a_space_whose_record_the_manifest_does_not_name_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match=r"space\.json: is not in the manifest"):
        NeuralSpace(tmp_path, {})
