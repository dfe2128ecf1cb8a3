"""A document: bytes, and what is known of where they are from, whether that is a file, a request or standard input."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

# control codes, and marks that turn the direction of writing around
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes that hold an article or many, and what their source knows of them. This is all that a format sees of a
    source, so each format reads files, requests and streams alike.

    `open` gives the bytes from their beginning and may raise OSError; leaving its context closes what it opened. A
    document made of a stream can be opened once.
    """

    where: str  # what messages and articles call it: "posts/a.md", "the request"
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    name: str = ""  # the file's name with its folders, which tells kind, id and date; empty where there is none
    root: str = ""  # the path of the source that a file was found in, a folder above it or the file itself
    media_type: str = ""  # "text/markdown", where that is known; goes before the name's suffix
    size: int | None = None  # bytes, where known
    fallback_id: str = ""  # for an article that has neither id nor URL, in a document without a name
    language: str = ""  # of an article that does not say its own: what the names of folder and file say
    fallback_date: datetime | None = None  # for an article that has no date; time-zone aware
    url: str = ""  # the address that it was fetched from, which an article has that says no other
    mapping: Mapping[str, str] = field(
        default_factory=dict, hash=False
    )  # which key of a record is which field: {"title": "Headline"}
    fields: Mapping[str, Any] = field(
        default_factory=dict, hash=False
    )  # front matter that its folder has for all posts in it
    is_draft: bool = False  # that an article says it is a draft is then no reason to refuse it

    @classmethod
    def of_file(
        cls,
        path: Path,
        size: int | None = None,
        root: Path | None = None,
        language: str = "",
        fields: Mapping[str, Any] | None = None,
    ) -> Document:
        """The document in the file at `path`, found in the source `root`. It is opened when it is read."""
        return cls(
            shown_path(path),
            lambda: path.open("rb"),
            name=str(path),
            root=str(root or path),
            size=size,
            language=language,
            fields=fields or {},
        )

    @classmethod
    def of_stream(cls, stream: IO[bytes], where: str, **known: Any) -> Document:
        """The document that `stream` still holds; it stays open. `known` are other fields."""
        return cls(where, lambda: nullcontext(stream), **known)

    @classmethod
    def of_bytes(cls, content: bytes, where: str, **known: Any) -> Document:
        """The document in memory that consists of `content`. `known` are other fields."""
        return cls(where, lambda: BytesIO(content), size=len(content), **known)

    def read(self, most: int) -> bytes:
        """The first `most` bytes, all of them where there are fewer. Raises OSError."""
        with self.open() as file:
            return file.read(most)


def absolute(path: str) -> str:
    """`path` from the root of the file system on, without ``..``; links stay, for their names are what people chose."""
    return os.path.abspath(path)  # noqa: PTH100 - pathlib either follows links or leaves ".."


def shown_path(path: Path | str) -> str:
    """`path` as text that can be stored and printed, even where the file name is not valid UTF-8, or has control codes
    that would do something to a terminal: these are written as ``\\x1b``."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return _UNPRINTABLE.sub(lambda code: ascii(code[0])[1:-1], text)


def os_reason(error: OSError) -> str:
    """The reason for refusing a document that the operating system does not let us read."""
    return f"cannot be read: {error.strerror or error}"
