"""What a format is to the rest of the package, and the file reading that formats share."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ArticleError
from indexer.sources.item import Item

MAX_ARTICLE_BYTES = 16 * 1024 * 1024
"""A file that should hold one article and is larger than this is something else."""

_NOT_ID = re.compile(r"[^A-Za-z0-9_-]+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. `read` yields its articles and raises only OSError or ArticleError, for the whole file;
    `count` says how many there are without parsing them, or None where that would take long."""

    name: str
    suffixes: tuple[str, ...]  # lower case, the longest that fits a file name wins
    read: Callable[[Path], Iterator[Item]]
    count: Callable[[Path], int | None]


def shown_path(path: Path) -> str:
    """`path` as text that can be stored and printed, even where the file name is not valid UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")


def read_text(path: Path) -> str:
    """The text of a file that holds one article, with ``\\n`` at line ends.

    Raises OSError if it cannot be read, ArticleError if it is not UTF-8 text or too large for an article.
    """
    with path.open("rb") as file:
        data = file.read(MAX_ARTICLE_BYTES + 1)
    if len(data) > MAX_ARTICLE_BYTES:
        raise ArticleError(f"larger than {MAX_ARTICLE_BYTES // 1024**2} MB: not one article")
    if b"\0" in data:
        raise ArticleError("NUL bytes: not a text file")
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    return without_controls(text)


def decode(data: bytes) -> str:
    """`data` as UTF-8, without a byte order mark; ArticleError says where it is not."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ArticleError(f"not UTF-8 text: byte {error.start + 1} is 0x{data[error.start]:02x}") from None


def without_controls(text: str) -> str:
    """`text` without what is not text: control codes, byte order marks, halves of surrogate pairs."""
    return _CONTROLS.sub("", text)


def id_from_name(path: Path) -> str:
    """An id from a file's name: its stem, or for ``index`` the name of its folder. What an id may not contain
    becomes ``-``; where letters are lost that way, 8 hexadecimal digits keep the id the name's own."""
    name = path.name.split(".")[0] if path.name.count(".") == 1 else path.stem
    if name.lower() in ("index", "_index") and path.parent.name:
        name = path.parent.name
    plain = unicodedata.normalize("NFKD", name)
    readable = _NOT_ID.sub("-", plain).strip("-")
    lost = any(c.isalnum() and not c.isascii() for c in plain) or not readable or len(readable) > 200
    if not lost:
        return readable
    digest = hashlib.blake2b(os.fsencode(name), digest_size=4).hexdigest()
    return f"{readable[:190]}-{digest}".lstrip("-")


def os_reason(error: OSError) -> str:
    """Why a file could not be read, as a reason for a refusal."""
    return f"cannot be read: {error.strerror or error}"
