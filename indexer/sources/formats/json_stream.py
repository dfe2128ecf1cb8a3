"""The objects in the lists of a large JSON document, one at a time and each as it is written.

A parser that takes such a document as a whole needs twenty times its size, and one error in it costs all articles.
Here only brackets, keys and the ends of strings are looked at; each object is then parsed on its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from indexer.base.errors import ArticleError
from indexer.sources.limits import MAX_DEPTH, too_deep

MAX_OBJECT_BYTES = 16 * 1024 * 1024
_CHUNK = 1 << 20
PIECE = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[\[\]{}:,]', re.S)
_MAX_KEY = 200  # bytes

Path = tuple[str, ...]
"""Where a list is: the keys that lead to it, ``*`` for an object of another list: ``("db", "*", "data", "posts")``."""


@dataclass(slots=True)
class _Container:
    is_list: bool
    key: str = ""  # of an object, the key whose value is being read


@dataclass(frozen=True, slots=True)
class RawObject:
    """One object of a list."""

    path: Path
    content: bytes
    line: int  # that it begins in, from 1


def objects_in(file: IO[bytes], wanted: Callable[[Path], bool]) -> Iterator[RawObject]:
    """The objects of the lists at `wanted` paths, in their order. Text that is no JSON gives what can be told apart.

    Raises ArticleError beyond the bounds of depth and size, and where the document breaks off, after what is whole was
    yielded; OSError.
    """
    reader = _Reader(file, wanted)
    while reader.fill():
        yield from reader.objects()
    if reader.stack:
        raise ArticleError("not valid JSON: it breaks off, nothing after this was read")


class _Reader:
    """What has been read of a document and not been used yet, and where in it that is."""

    def __init__(self, file: IO[bytes], wanted: Callable[[Path], bool]) -> None:
        self.stack: list[_Container] = []
        self._file = file
        self._wanted = wanted
        self._data = b""
        self._at = 0  # of the next piece in the data
        self._start = -1  # of the object that is being taken
        self._start_depth = 0
        self._line = 1  # of the data's beginning
        self._chunk = _CHUNK

    def fill(self) -> bool:
        """Reads on; False at the end. Reads more and more at once while nothing gets done, so that a long object is
        not looked at again and again."""
        keep = self._start if self._start >= 0 else self._at
        self._line += self._data.count(b"\n", 0, keep)
        self._chunk = _CHUNK if keep else min(2 * self._chunk, MAX_OBJECT_BYTES)
        if len(self._data) - keep > MAX_OBJECT_BYTES:
            raise ArticleError(f"one value of more than {MAX_OBJECT_BYTES // 1024**2} MB: not an article")
        more = self._file.read(self._chunk)
        self._data = self._data[keep:] + more
        self._at -= keep
        self._start = 0 if self._start >= 0 else -1
        return bool(more)

    def objects(self) -> Iterator[RawObject]:
        """The wanted objects that end in what has been read."""
        last_string = b""
        at = self._at
        for piece in PIECE.finditer(self._data, self._at):
            mark = piece[0][:1]
            if mark == b'"':
                if not piece[1]:
                    break  # it goes on in what is to be read
                last_string = piece[0][1:-1]
            elif mark == b":":
                if self._start < 0 and self.stack:
                    self.stack[-1].key = last_string[:_MAX_KEY].decode("utf-8", "replace")
            elif mark in b"[{":
                self._open(mark == b"[", piece.start())
            elif mark in b"]}" and self.stack:
                self.stack.pop()
                if self._start >= 0 and len(self.stack) == self._start_depth:
                    yield self._taken(piece.end())
            # a key is looked at again with its colon
            at = piece.start() if mark == b'"' else piece.end()
        self._at = at

    def _open(self, is_list: bool, at: int) -> None:
        if self._start < 0 and not is_list and self.stack and self.stack[-1].is_list and self._wanted(self._path()):
            self._start, self._start_depth = at, len(self.stack)
        self.stack.append(_Container(is_list))
        if len(self.stack) > MAX_DEPTH + 10:
            raise too_deep("JSON")

    def _taken(self, end: int) -> RawObject:
        content, line = self._data[self._start : end], self._line + self._data.count(b"\n", 0, self._start)
        self._start = -1
        return RawObject(self._path(), content, line)

    def _path(self) -> Path:
        """Of the innermost list."""
        names = ["*" if each.is_list else each.key for each in self.stack[:-1]]
        return tuple(names)
