"""Sources of articles: files, folders and standard input, each format in a module of its own.

A later format is one more module with a `FORMAT`, and its name in `FORMATS` below.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from indexer.base.errors import ArticleError, ReadmoreError
from indexer.sources import jsonl, markdown, page
from indexer.sources.folder import files_under
from indexer.sources.format import Format, os_reason, shown_path
from indexer.sources.item import Accepted, Item, Refused
from indexer.sources.limits import unforeseen

__all__ = ["FORMATS", "Accepted", "Item", "Refused", "count_articles", "format_of", "read_source"]

FORMATS: tuple[Format, ...] = (jsonl.FORMAT, markdown.FORMAT, page.FORMAT)
STANDARD_INPUT = "-"


def format_of(path: Path) -> Format | None:
    """The format that a file of this name has, None if it is of no kind we know."""
    name = path.name.lower()
    return next((kind for kind in FORMATS if name.endswith(kind.suffixes)), None)


def read_source(source: str | Path, *, stdin: IO[bytes] | None = None) -> Iterator[Item]:
    """Everything in `source`: a file, a folder with all that is below it, or ``-`` for JSON Lines on standard
    input (`stdin` stands in for it). Reads as it is iterated over.

    An article that cannot be accepted is yielded as `Refused`, and so is a file that cannot be read.

    Raises
    ------
    ReadmoreError
        right away, if there is nothing at `source` or it is a file of no known kind.
    """
    if str(source) == STANDARD_INPUT:
        return jsonl.read_lines(stdin or sys.stdin.buffer, "standard input")
    path = Path(source)
    if _is_folder(path):
        return _read_folder(path)
    return _read_file(path, _known_format(path))


def count_articles(source: str | Path) -> int | None:
    """About how many articles `source` holds, for a progress bar; None where that is not known or slow to know."""
    if str(source) == STANDARD_INPUT:
        return None
    path = Path(source)
    try:
        if not stat.S_ISDIR(path.stat().st_mode):
            kind = format_of(path)
            return kind.count(path) if kind else None
        total = 0
        for file in files_under(path, _is_known):
            kind = format_of(file) if isinstance(file, Path) else None
            number = kind.count(file) if kind and isinstance(file, Path) else 0
            if number is None:
                return None
            total += number
        return total
    except (OSError, ValueError):
        return None


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        raise ReadmoreError(f"{shown_path(path)}: no such file or folder") from None
    except (OSError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else str(error)
        raise ReadmoreError(f"{str(path)!r}: {reason}") from None


def _known_format(path: Path) -> Format:
    found = format_of(path)
    if found is None:
        known = ", ".join(suffix for kind in FORMATS for suffix in kind.suffixes)
        raise ReadmoreError(f"{shown_path(path)}: not a kind of file that can be read; known are {known}")
    return found


def _is_known(path: Path) -> bool:
    return format_of(path) is not None


def _read_file(path: Path, kind: Format) -> Iterator[Item]:
    try:
        yield from kind.read(path)
    except OSError as error:
        yield Refused(shown_path(path), os_reason(error))
    except ArticleError as error:
        yield Refused(shown_path(path), str(error))
    except Exception as error:  # unforeseen, as RecursionError is; the files after this one are read all the same
        yield Refused(shown_path(path), unforeseen(error))


def _read_folder(path: Path) -> Iterator[Item]:
    for found in files_under(path, _is_known):
        if isinstance(found, Refused):
            yield found
        elif kind := format_of(found):
            yield from _read_file(found, kind)
