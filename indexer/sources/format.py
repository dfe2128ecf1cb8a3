"""What a format is to the rest of the package, and the file reading that formats share."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.base.errors import ArticleError
from indexer.sources.item import Item

MAX_ARTICLE_BYTES = 4 * 1024 * 1024
"""A file that should hold one article and is larger than this is something else."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    `read` yields its articles and raises nothing but OSError and ArticleError, which then are about the whole
    file. `count` says how many there are without parsing them, None where that would take long, and may raise
    OSError.
    """

    name: str
    suffixes: tuple[str, ...]  # lower case, with the dot
    read: Callable[[Path], Iterator[Item]]
    count: Callable[[Path], int | None]


def shown_path(path: Path) -> str:
    """`path` as text that can be stored and printed, even where the file name is not valid UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")


def os_reason(error: OSError) -> str:
    """The reason for refusing a file that the operating system does not let us read."""
    return f"cannot be read: {error.strerror or error}"


def read_text(path: Path) -> str:
    """The text of a file that holds one article, lines ending in ``\\n``.

    Raises OSError if it cannot be read, ArticleError if it is not UTF-8 text or too large for an article.
    """
    with path.open("rb") as file:
        data = file.read(MAX_ARTICLE_BYTES + 1)
    if len(data) > MAX_ARTICLE_BYTES:
        raise ArticleError(f"larger than {MAX_ARTICLE_BYTES // 1024**2} MB: not one article")
    if b"\0" in data:
        raise ArticleError("NUL bytes: not a text file")
    text = without_controls(decode(data).replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        raise ArticleError("neither title nor text")
    return text


def decode(data: bytes) -> str:
    """`data` as UTF-8 without a byte order mark. ArticleError says where it is not UTF-8."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        byte = f"byte {error.start + 1} is 0x{data[error.start]:02x}"
        raise ArticleError(f"not UTF-8 text ({byte}): save it as UTF-8") from None


def without_controls(text: str) -> str:
    """`text` without what is no text: control codes, byte order marks, halves of surrogate pairs."""
    return _CONTROLS.sub("", text)
