"""Arrays that are derived from an archive and kept for other processes, which map them: a small file, ``NAME.json``,
that says what they are of and which file they are in, and that file, ``NAME-*.npys``."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, TypeVar

from numpy.typing import NDArray

from indexer.base import json_setting
from indexer.base.array_files import read_arrays, write_arrays
from indexer.base.durable_files import FileRecord, verify

Arrays = Mapping[str, NDArray[Any]]
_Parsed = TypeVar("_Parsed")


def load(
    folder: Path, name: str, version: int, parse: Callable[[Mapping[str, Any], Arrays], _Parsed]
) -> _Parsed | None:
    """What `parse` makes of what the arrays are of and of the arrays; None where none are kept, or some of another
    version, or they are not as they were written. `parse` may raise whatever taking another record apart raises."""

    def read(about: Mapping[str, Any]) -> _Parsed:
        path, file = _arrays(folder, name, about)
        verify(path, file)
        return parse(about, read_arrays(path, file))

    return json_setting.load_or(folder / f"{name}.json", version, read, None, sealed=True)


def save(folder: Path, name: str, version: int, about: Mapping[str, Any], arrays: Arrays) -> None:
    """Keeps other arrays. Raises OSError or WriteError where they cannot be written."""
    folder.mkdir(exist_ok=True)
    file = f"{name}-{secrets.token_hex(4)}.npys"
    written = write_arrays(folder / file, dict(arrays))
    record = {**about, "file": file, "size": written.size, "crc32_of_arrays": written.crc32}
    json_setting.save(folder / f"{name}.json", version, record)
    for path in folder.glob(f"{name}-*.npys"):
        if path.name != file:  # whoever has it mapped keeps it
            path.unlink(missing_ok=True)


def verify_arrays(folder: Path, name: str, about: Mapping[str, Any]) -> None:
    """Raises IndexDamagedError where the arrays that a record names are not as they were written, and whatever taking
    another record apart raises."""
    verify(*_arrays(folder, name, about))


def _arrays(folder: Path, name: str, about: Mapping[str, Any]) -> tuple[Path, FileRecord]:
    file = str(about["file"])
    if not fnmatch(file, f"{name}-*.npys") or "/" in file:
        raise ValueError("names another file")
    return folder / file, FileRecord(int(about["size"]), int(about["crc32_of_arrays"]))
