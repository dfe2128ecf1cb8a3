"""What a backup holds: files, and a record of them by which it is known to be whole. One folder, or one ZIP file."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from indexer.base.errors import ReadmoreError

RECORD = "backup.json"
VERSION = 1
_BLOCK = 1 << 20
_MOST_BYTES_OF_RECORD = 16 << 20


class BackupError(ReadmoreError):
    """A backup that cannot be taken, read or put back. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class FileInBackup:
    """A file as it was written into the backup."""

    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says of itself."""

    files: Mapping[str, FileInBackup]  # by the path in the archive's folder, with slashes
    articles: int
    made_at: str  # ISO 8601, UTC

    def to_json(self) -> bytes:
        """The record, for `parse`."""
        files = {name: {"size": file.size, "sha256": file.sha256} for name, file in self.files.items()}
        record = {"version": VERSION, "made_at": self.made_at, "articles": self.articles, "files": files}
        return json.dumps(record, indent=1).encode()

    @classmethod
    def parse(cls, content: bytes, where: Path) -> Contents:
        """The record in a backup. Raises BackupError for what is none."""
        try:
            record: dict[str, Any] = json.loads(content)
            if record["version"] != VERSION:
                raise BackupError(f"{where}: a backup of version {record['version']}, this readmore reads {VERSION}")
            files = {_safe(name): FileInBackup(of["size"], of["sha256"]) for name, of in record["files"].items()}
            return cls(files, int(record["articles"]), str(record["made_at"]))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise BackupError(f"{where}: no backup of readmore, its {RECORD} cannot be read") from None


def _safe(name: str) -> str:
    """The name of a file in a backup. Raises ValueError for one that leads out of the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name:
        raise ValueError(f"{name} is no file of an archive")
    return name


class Backup:
    """A backup opened for reading; get one from `opened`."""

    def __init__(self, path: Path, archive: zipfile.ZipFile | None) -> None:
        self.path = path
        self._archive = archive
        with self._open(RECORD) as file:
            self.contents = Contents.parse(file.read(_MOST_BYTES_OF_RECORD), path)

    def extract(self, name: str, target: Path) -> None:
        """Writes a file of the backup to `target`. Raises BackupError unless it is what was backed up."""
        wanted, digest, size = self.contents.files[name], hashlib.sha256(), 0
        with self._open(name) as source, target.open("wb") as file:
            while (block := source.read(_BLOCK)) and size <= wanted.size:
                digest.update(block)
                size += len(block)
                file.write(block)
        if (size, digest.hexdigest()) != (wanted.size, wanted.sha256):
            raise BackupError(f"{self.path}: {name} is damaged, it is not what was backed up; use another backup")

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        try:
            if self._archive is not None:
                with self._archive.open(name) as packed:
                    yield packed
            else:
                with (self.path / name).open("rb") as file:
                    yield file
        except (KeyError, FileNotFoundError):
            raise BackupError(f"{self.path}: no whole backup of readmore, {name} is missing") from None
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            raise BackupError(f"{self.path}: {name} cannot be read ({error}); use another backup") from None


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """The backup in a folder or a ZIP file. Raises BackupError for what is none."""
    if path.is_dir():
        yield Backup(path, None)
        return
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise BackupError(f"{path}: no such backup") from None
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise BackupError(f"{path}: no backup of readmore ({error})") from None
    with archive:
        yield Backup(path, archive)


def describe(path: Path) -> FileInBackup:
    """A file as the record of a backup has it."""
    with path.open("rb") as file:
        return FileInBackup(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())
