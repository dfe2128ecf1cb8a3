"""Ways in which a file goes bad: bits that flip, runs of zeros, a missing end, no content, no file."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = ("bit", "byte", "zeros", "page", "truncated", "empty", "gone", "longer")
_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Damage:
    """One damage to one file, named by its path within the archive's folder."""

    file: str
    kind: str
    at: float  # where, as a share of the file's length
    bit: int

    def __str__(self) -> str:
        return f"{self.file}: {self.kind} at {self.at:.4f}.{self.bit}"

    def do(self, folder: Path) -> bool:
        """Damages the file in `folder`. False if it is as it was, because there were zeros already."""
        path = folder / self.file
        if self.kind == "gone":
            path.unlink()
            return True
        before = path.read_bytes()
        path.unlink()  # it may be a link to the file of a sound archive
        path.write_bytes(after := self._damaged(before))
        return after != before

    def _damaged(self, content: bytes) -> bytes:
        place = min(int(self.at * len(content)), len(content) - 1)
        if self.kind == "bit":
            return _with(content, place, bytes([content[place] ^ 1 << self.bit]))
        if self.kind == "byte":
            return _with(content, place, bytes([content[place] ^ (self.bit * 31 + 1)]))
        if self.kind == "zeros":
            return _with(content, place, bytes(min(512, len(content) - place)))
        if self.kind == "page":
            start = place // _PAGE * _PAGE
            return _with(content, start, bytes(min(_PAGE, len(content) - start)))
        if self.kind == "truncated":
            return content[:place]
        return b"" if self.kind == "empty" else content + bytes(_PAGE)


def _with(content: bytes, place: int, part: bytes) -> bytes:
    return content[:place] + part + content[place + len(part) :]


def damages(folder: Path, files: list[str], each: int, seed: int) -> Iterator[Damage]:
    """So many damages to each of the files, of every kind in turn, at random places; the same for the same seed."""
    for file in files:
        rng = random.Random(f"{seed} {Path(file).suffix} {files.index(file)}")
        if not (folder / file).stat().st_size:
            continue
        for number in range(each):
            yield Damage(file, KINDS[number % len(KINDS)], rng.random(), rng.randrange(8))
