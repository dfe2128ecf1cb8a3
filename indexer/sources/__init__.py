"""Sources of articles: files, folders and standard input give documents, and formats read them.

Whatever hands over a `Document` (a file, a request, a stream) is read by the same code: `read_document`.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from indexer.base.errors import ArticleError, ReadmoreError
from indexer.sources.document import Document, os_reason, shown_path
from indexer.sources.folder import documents_under
from indexer.sources.formats import FORMATS, format_of, format_of_name, jsonl
from indexer.sources.item import Accepted, Item, Refused
from indexer.sources.limits import unforeseen
from indexer.sources.names import language_of_file

__all__ = ["Accepted", "Document", "Item", "Refused", "count_articles", "documents_in", "read_document", "read_source"]

STANDARD_INPUT = "-"


def read_source(source: str | Path, *, stdin: IO[bytes] | None = None, workers: int | None = None) -> Iterator[Item]:
    """Everything in `source`: a file, a folder with all that is below it, or ``-`` for JSON Lines on standard
    input (`stdin` stands in for it). Reads as it is iterated over; `workers` processes, one per core if None, share
    the work on formats that take much of it.

    An article that cannot be accepted is yielded as `Refused`, and so is a file that cannot be read.

    Raises
    ------
    ReadmoreError
        right away, if there is nothing at `source` or it is a file of no known kind.
    """
    return _read_all(documents_in(source, stdin=stdin), workers)


def count_articles(source: str | Path) -> int | None:
    """About how many articles `source` holds, for a progress bar; None where that is not known or slow to know."""
    if str(source) == STANDARD_INPUT:
        return None
    total = 0
    try:
        for document in documents_in(source):
            kind = format_of(document) if isinstance(document, Document) else None
            number = kind.count(document) if kind and isinstance(document, Document) else 0
            if number is None:
                return None
            total += number
    except (OSError, ReadmoreError):
        return None
    return total


def documents_in(source: str | Path, *, stdin: IO[bytes] | None = None) -> Iterator[Document | Refused]:
    """The documents that `source` consists of, of known kinds, and refusals of what cannot be one. Raises
    ReadmoreError as `read_source` does."""
    if str(source) == STANDARD_INPUT:
        media_type = jsonl.FORMAT.media_type
        return iter([Document.of_stream(stdin or sys.stdin.buffer, "standard input", media_type=media_type)])
    path = Path(source)
    try:
        status = path.stat()
    except FileNotFoundError:
        raise ReadmoreError(f"{shown_path(path)}: no such file or folder") from None
    except (OSError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else str(error)
        raise ReadmoreError(f"{str(path)!r}: {reason}") from None
    if stat.S_ISDIR(status.st_mode):
        return documents_under(path, format_of_name)
    size = status.st_size if stat.S_ISREG(status.st_mode) else None
    document = Document.of_file(path, size, language_of_file(path.name))
    if format_of(document) is None:
        raise ReadmoreError(f"{shown_path(path)}: {_unknown_kind()}")
    return iter([document])


def read_document(document: Document) -> Iterator[Item]:
    """The articles of a document. Raises nothing: if it cannot be read, a `Refused` says why."""
    kind = format_of(document)
    if kind is None:
        yield Refused(document.where, _unknown_kind())
        return
    try:
        yield from kind.read(document)
    except OSError as error:
        yield Refused(document.where, os_reason(error))
    except ArticleError as error:
        yield Refused(document.where, str(error))
    except Exception as error:  # unforeseen, as RecursionError is; the files after this one are read all the same
        yield Refused(document.where, unforeseen(error))


def _unknown_kind() -> str:
    known = ", ".join(suffix for kind in FORMATS for suffix in kind.suffixes)
    return f"not a kind of file that can be read; known are {known}"


def _read_all(documents: Iterable[Document | Refused], workers: int | None) -> Iterator[Item]:
    """The articles of `documents` in their order, those of a format with `read_many` read together."""
    kinds = [(each, format_of(each) if isinstance(each, Document) else None) for each in documents]
    together: dict[str, Iterator[Item]] = {}
    for each in FORMATS:
        if each.read_many is not None:
            its_own = [document for document, kind in kinds if kind is each and isinstance(document, Document)]
            together[each.name] = each.read_many(its_own, workers)
    for document, kind in kinds:
        if isinstance(document, Refused):
            yield document
        elif kind is not None and kind.name in together:
            yield next(together[kind.name])
        else:
            yield from read_document(document)
