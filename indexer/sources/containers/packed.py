"""Documents in zip and tar archives, which are unpacked into a temporary folder: of known kinds, and within bounds.

An archive may be made to do harm: by what it would unpack to, by names that lead elsewhere, by links. Only regular
files are taken, their names are never used as paths, and what is unpacked is counted while it is written.
"""

from __future__ import annotations

import lzma
import shutil
import tarfile
import tempfile
import weakref
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO

from indexer.sources.document import Document, os_reason, shown_path
from indexer.sources.folder import HIDDEN, NOT_CONTENT, kind_of
from indexer.sources.formats import format_of_name, holds_articles
from indexer.sources.item import Refused
from indexer.sources.names import language_of_file, language_of_folder

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
MAX_UNPACKED_BYTES = 8 * 1024**3
"""Bytes of all documents that one archive is unpacked to."""
MAX_RATIO = 200
"""How many times its own size an archive may be unpacked to; text has 3 to 10 times, bombs have thousands."""
MAX_MEMBERS = 1_000_000
_ALWAYS = 64 * 1024**2  # bytes that even the smallest archive may be unpacked to
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class _Member:
    """A file that was unpacked: its name in the archive, and where it is now."""

    name: str
    path: Path
    size: int


class Unpacked:
    """The documents of an archive in a temporary folder, which is removed with this object."""

    def __init__(self, archive: Path) -> None:
        self.members: list[_Member] = []
        self.passed_over: Counter[str] = Counter()
        self.refused = ""  # why nothing more was read
        self._folder = Path(tempfile.mkdtemp(prefix="readmore-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._left = min(MAX_UNPACKED_BYTES, max(_ALWAYS, MAX_RATIO * archive.stat().st_size))
        try:
            for name, is_file, opened in _entries(archive):
                if not self._take(name, is_file, opened):
                    break
        except _DAMAGE as error:
            self.refused = f"damaged archive, nothing more in it was read: {error or type(error).__name__}"

    def _take(self, name: str, is_file: bool, opened: IO[bytes] | None) -> bool:
        """Unpacks one member if it is of a known kind; False if there were too many bytes."""
        parts = PurePosixPath(name.replace("\\", "/").lstrip("/")).parts
        path = PurePosixPath(*(part for part in parts if part != ".."))
        if any(part.startswith(".") for part in path.parts):
            self.passed_over[HIDDEN] += 1
        elif not is_file or NOT_CONTENT & set(path.parts):
            self.passed_over["links and the like" if not is_file else "what tools keep"] += 1
        elif opened is None or format_of_name(path.name) is None:
            self.passed_over[kind_of(Path(path.name))] += 1
        else:
            to = self._folder / str(len(self.members))
            with to.open("wb") as file:
                while block := opened.read(1 << 20):
                    self._left -= len(block)
                    if self._left < 0:
                        self.refused = "unpacks to far more than an archive of articles does: nothing more was read"
                        return False
                    file.write(block)
            self.members.append(_Member(str(path), to, to.stat().st_size))
        return True


def documents_in(path: Path, passed_over: Counter[str]) -> Iterator[Document | Refused]:
    """The documents in the zip or tar archive at `path`."""
    try:
        status = path.stat()
        unpacked = _unpacked(path, status.st_mtime_ns, status.st_size)
    except OSError as error:
        yield Refused(shown_path(path), os_reason(error))
        return
    passed_over.update(unpacked.passed_over)
    for member in sorted(unpacked.members, key=lambda each: each.name):
        document = _document(path, member, unpacked)
        if holds_articles(document):
            yield document
        else:
            passed_over[kind_of(Path(member.name))] += 1
    if unpacked.refused:
        yield Refused(shown_path(path), unpacked.refused)


@lru_cache(maxsize=1)  # it is looked at several times: to count, to give ids, to read
def _unpacked(path: Path, mtime_ns: int, size: int) -> Unpacked:
    return Unpacked(path)


def _document(archive: Path, member: _Member, unpacked: Unpacked) -> Document:
    """A member as a document, which keeps the temporary folder until it is read."""

    def opened(unpacked: Unpacked = unpacked) -> IO[bytes]:
        return member.path.open("rb")

    folders = PurePosixPath(member.name).parent.parts
    languages = [code for folder in folders if (code := language_of_folder(folder, ()))]
    return Document(
        f"{shown_path(archive)}/{shown_path(member.name)}",
        opened,
        name=str(archive / member.name),
        root=str(archive),
        size=member.size,
        language=language_of_file(member.name) or (languages[-1] if languages else ""),
    )


def _entries(archive: Path) -> Iterator[tuple[str, bool, IO[bytes] | None]]:
    """The members of an archive: name, whether it is a regular file, and what to read it from."""
    if archive.name.lower().endswith(".zip"):
        with zipfile.ZipFile(archive) as file:
            for info in file.infolist()[:MAX_MEMBERS]:
                if info.is_dir():
                    continue
                if info.flag_bits & 1:
                    raise RuntimeError("it is encrypted")
                with file.open(info) as opened:
                    yield info.filename, True, opened
        return
    with tarfile.open(archive, "r|*") as tar:  # as a stream: members come once, in their order
        for number, member in enumerate(tar):
            if number >= MAX_MEMBERS:
                raise tarfile.TarError("too many members")
            if not member.isdir():
                yield member.name, member.isreg(), tar.extractfile(member) if member.isreg() else None
