"""Sources of articles: files, folders and standard input give documents, and formats read them.

Whatever hands over a `Document` (a file, a request, a stream) is read by the same code: `read_document`.
"""

from __future__ import annotations

import stat
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from indexer.base.errors import ArticleError, ReadmoreError
from indexer.base.processes import Workers
from indexer.sources import piped
from indexer.sources.containers import documents_inside, is_container, packed, warc
from indexer.sources.document import Document, absolute, os_reason, shown_path
from indexer.sources.encodings import is_guessed
from indexer.sources.folder import documents_under, kind_of
from indexer.sources.formats import FORMATS, XML_SUFFIXES, format_of, format_of_name, holds_articles
from indexer.sources.formats.format import one_article
from indexer.sources.formats.html import FORMAT as HTML
from indexer.sources.gzipped import encoding_in
from indexer.sources.item import Accepted, File, Item, Refused, Unchanged
from indexer.sources.limits import unforeseen
from indexer.sources.names import id_of, language_of_file, language_of_folder
from indexer.sources.publication import why_no_article

__all__ = [
    "Accepted",
    "Document",
    "Item",
    "Refused",
    "Unchanged",
    "count_articles",
    "documents_in",
    "kinds",
    "listed",
    "read_document",
    "read_documents",
    "read_source",
    "shared_ids",
    "with_known",
]

STANDARD_INPUT = "-"
_MOST_KINDS = 12  # that are named in one line


def read_source(
    source: str | Path,
    *,
    stdin: IO[bytes] | None = None,
    workers: int | None = None,
    passed_over: Counter[str] | None = None,
    mapping: Mapping[str, str] | None = None,
    language: str = "",
) -> Iterator[Item]:
    """Everything in `source`: a file, a folder with all that is below it, or ``-`` for standard input
    (`stdin` stands in for it). Reads as it is iterated over; `workers` processes, one per core if None, share
    the work on formats that take much of it.

    An article that cannot be accepted is yielded as `Refused`, and so is a file that cannot be read, and a folder in
    which there is nothing to read. Files of a folder that are left out are counted in `passed_over`, by their kinds
    (see `documents_under`). `mapping` says where records have an article's fields (see `Document.mapping`), `language`
    which an article has that neither says one nor has one by its folder or file.

    Raises
    ------
    ReadmoreError
        right away, if there is nothing at `source` or it is a file of no known kind.
    """
    passed_over = Counter() if passed_over is None else passed_over
    documents = documents_in(source, stdin=stdin, passed_over=passed_over)
    documents = with_known(documents, mapping or {}, language)
    return _read_all(str(source), documents, workers, passed_over)


def with_known(
    documents: Iterable[Document | Refused], mapping: Mapping[str, str], language: str
) -> Iterator[Document | Refused]:
    """`documents` with what is known of all that a source has."""
    for each in documents:
        if isinstance(each, Document) and (mapping or language):
            yield replace(each, mapping=mapping, language=each.language or language)
        else:
            yield each


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


def documents_in(
    source: str | Path, *, stdin: IO[bytes] | None = None, passed_over: Counter[str] | None = None
) -> Iterator[Document | Refused]:
    """The documents that `source` consists of, of known kinds, and refusals of what cannot be one. Raises
    ReadmoreError as `read_source` does, and counts what is left out."""
    if str(source) == STANDARD_INPUT:
        return piped.documents_in(stdin or sys.stdin.buffer, Counter() if passed_over is None else passed_over)
    path = Path(source)
    try:
        status = path.stat()
    except FileNotFoundError:
        raise ReadmoreError(f"{shown_path(path)}: no such file or folder") from None
    except (OSError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else str(error)
        raise ReadmoreError(f"{str(path)!r}: {reason}") from None
    passed_over = Counter() if passed_over is None else passed_over
    if stat.S_ISDIR(status.st_mode):
        return _documents_of_folder(path, passed_over)
    if is_container(path.name):
        return documents_inside(path, passed_over)
    size = status.st_size if stat.S_ISREG(status.st_mode) else None
    language = language_of_file(path.name) or language_of_folder(path.absolute().parent.name, ())
    document = Document.of_file(path, size, language=language)
    if format_of(document) is None:
        raise ReadmoreError(f"{shown_path(path)}: {_unknown_kind()}")
    return iter([document])


def _documents_of_folder(folder: Path, passed_over: Counter[str]) -> Iterator[Document | Refused]:
    """The documents below `folder`, those in archives there included."""
    for each in documents_under(folder, lambda name: is_container(name) or format_of_name(name), passed_over):
        if isinstance(each, Document) and is_container(each.name):
            yield from documents_inside(Path(each.name), passed_over)
        elif isinstance(each, Refused) or holds_articles(each):
            yield each
        else:
            passed_over[kind_of(Path(each.name))] += 1


def read_document(document: Document) -> Iterator[Item]:
    """The articles of a document. Raises nothing: if it cannot be read, a `Refused` says why, and if an article is not
    for the public, another does."""
    return _for_the_public(document, _read(document))


def _for_the_public(document: Document, items: Iterable[Item]) -> Iterator[Item]:
    """The items of a document, without articles that are not for the public by where they are."""
    reason = "" if document.is_draft else why_no_article(document)
    if not reason:
        yield from items
        return
    for item in items:
        if isinstance(item, Accepted) or not item.withheld:
            named = item.article.id if isinstance(item, Accepted) else item.id
            yield Refused(item.where, reason, named, withheld=True)
        else:
            yield item


def _read(document: Document) -> Iterator[Item]:
    kind = format_of(document)
    if kind is None:
        yield Refused(document.where, _unknown_kind())
        return
    try:
        yield from kind.read(document) if kind is HTML else _with_encoding(document, kind.read(document))
    except OSError as error:
        yield Refused(document.where, os_reason(error))
    except ArticleError as error:
        yield Refused(document.where, str(error))
    except Exception as error:  # unforeseen, as RecursionError is; the files after this one are read all the same
        yield Refused(document.where, unforeseen(error))


def _with_encoding(document: Document, items: Iterable[Item]) -> Iterator[Item]:
    """The items of a document, of which the first is warned of that the encoding was guessed."""
    encoding = encoding_in(document)
    for item in items:
        if isinstance(item, Accepted) and is_guessed(encoding):
            text = f"not UTF-8: all of it read as {encoding}; save it as UTF-8 if there are wrong letters in it"
            item, encoding = replace(item, warnings=(text, *item.warnings)), ""
        yield item


def _unknown_kind() -> str:
    known = ", ".join(suffixes[0] for _, suffixes in kinds())
    return f"not a kind of file that can be read; known are {known} and more: see 'readmore sources'"


def kinds() -> list[tuple[str, tuple[str, ...]]]:
    """The kinds of files that are read, each with what their names may end in."""
    formats = [(kind.name, kind.suffixes) for kind in FORMATS if kind.suffixes]
    xml = ("feeds (RSS, Atom), WordPress and Blogger exports", XML_SUFFIXES)
    return [*formats, xml, ("archives of such files", packed.SUFFIXES), ("web archives", warc.SUFFIXES)]


def _read_all(
    source: str, documents: Iterable[Document | Refused], workers: int | None, passed_over: Counter[str]
) -> Iterator[Item]:
    """The articles of `documents` in their order, those of a format with `read_many` read together."""
    before = passed_over.copy()
    found = list(documents)
    yield from read_documents(found, workers)
    if not found:
        left_out = listed(passed_over - before)
        yield Refused(shown_path(Path(source)), f"nothing to read in it{left_out and f', only {left_out}'}")


def read_documents(documents: Iterable[Document | Refused], workers: int | Workers | None = None) -> Iterator[Item]:
    """The articles of `documents` in their order, those of a format with `read_many` read together. Raises nothing.
    `workers` are processes that share the work, or how many are started for it, one per core if None."""
    if isinstance(workers, Workers):
        yield from _read_together(documents, workers)
        return
    with Workers(workers) as started:
        yield from _read_together(documents, started)


def _read_together(documents: Iterable[Document | Refused], workers: Workers) -> Iterator[Item]:
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
            yield from _of_file(document, _for_the_public(document, [next(together[kind.name])]))
        else:
            yield from _of_file(document, read_document(document))


def _of_file(document: Document, items: Iterable[Item]) -> Iterator[Item]:
    file = _file_of(document)
    return (replace(item, file=file) if file else item for item in items)


def listed(passed_over: Counter[str]) -> str:
    """What was passed over in words, the most frequent first: ``12 .png, 3 hidden, 1 node_modules/``."""
    kinds = sorted(passed_over.items(), key=lambda item: (-item[1], item[0]))
    more = sum(number for _, number in kinds[_MOST_KINDS:])
    texts = [f"{number:,} {kind}" for kind, number in kinds[:_MOST_KINDS]]
    return ", ".join([*texts, f"{more:,} of other kinds"] if more else texts)


def _file_of(document: Document) -> File | None:
    """The file that the document is, if it holds one article and nothing else."""
    kind = format_of(document)
    if kind is None or kind.count is not one_article or not document.name:
        return None
    return File(absolute(document.name), absolute(document.root))


def shared_ids(sources: Iterable[str | Path]) -> frozenset[str]:
    """The ids that the names of several files in these sources would give, so that they tell none of them."""
    seen: dict[str, str] = {}
    shared = set()
    for source in sources:
        if str(source) == STANDARD_INPUT:  # can be read once
            continue
        with suppress(ReadmoreError):
            for document in documents_in(source):
                if isinstance(document, Document) and (file := _file_of(document)):
                    article_id = id_of(document)
                    if seen.setdefault(article_id, file.path) != file.path:
                        shared.add(article_id)
    return frozenset(shared)
