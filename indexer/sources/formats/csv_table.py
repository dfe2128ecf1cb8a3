"""Tables of articles (CSV, TSV) as content systems and spreadsheets write them, a row an article."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import IO

from indexer.base.errors import ArticleError, shown
from indexer.schema import SHARED
from indexer.sources.document import Document
from indexer.sources.formats.format import Format
from indexer.sources.formats.json_object import item_from_values
from indexer.sources.gzipped import GZIP_ERRORS, beginning, unpacked
from indexer.sources.item import Item, Refused
from indexer.sources.limits import MAX_ARTICLE_BYTES, unforeseen
from indexer.sources.record import ALIASES
from indexer.sources.text import without_controls

LOOKED_AT = 1 << 16  # bytes
_DELIMITERS = ",;\t|"
_MAX_COLUMNS = 500
_NAMED = {
    name: field
    for field, names in ALIASES.items()
    if field not in SHARED
    for name in (field.lower(), *map(str.lower, names))
}
_TEXTS = frozenset(("body", "url", "excerpt", "date", "id"))


def holds_articles(document: Document) -> bool:
    """Whether the first row names a title and a text, an address or a date; False if it cannot be read twice."""
    try:
        columns = _header(beginning(document, LOOKED_AT))[1]
    except (ArticleError, csv.Error, UnicodeError):
        return False
    fields = {_NAMED.get(name.lower(), "") for name in columns} | set(document.mapping)
    return "title" in fields and bool(fields & _TEXTS)


def some_rows(document: Document, most: int) -> list[dict[str, str]]:
    """The first rows of a table that can be read twice, by the names of its columns, as far as its beginning has them.
    Raises what reading it raises."""
    head = beginning(document, LOOKED_AT * 16)
    delimiter, columns = _header(head[:LOOKED_AT])
    rows = csv.reader(_lines(head, io.BytesIO()), delimiter=delimiter)
    next(rows, None)
    return [dict(zip(columns, row, strict=False)) for row in islice(rows, most)]


def read(document: Document) -> Iterator[Item]:
    """An item for each row but the first, which has the names of the columns. Raises OSError if it cannot be read,
    ArticleError if it is no table of articles."""
    csv.field_size_limit(MAX_ARTICLE_BYTES)
    with unpacked(document) as file:
        head = b""
        try:
            while len(head) < LOOKED_AT and (more := file.read(LOOKED_AT - len(head))):
                head += more
        except GZIP_ERRORS as error:
            raise ArticleError(f"damaged gzip data: {error}") from None
        delimiter, columns = _header(head)
        fields = {_NAMED.get(name.lower(), "") for name in columns} | set(document.mapping)
        if not fields & {"title", "body"}:
            raise ArticleError(
                f"no column is a title or a text; there are {shown(', '.join(columns))}: say which is, with --map"
            )
        rows = csv.reader(_lines(head, file), delimiter=delimiter)
        next(rows, None)
        yield from _items(rows, columns, document)


def _items(rows: Iterator[list[str]], columns: list[str], document: Document) -> Iterator[Item]:
    number = 1
    while True:
        number += 1
        where = f"{document.where}: row {number}"
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Refused(where, f"a quote is not closed, nothing after this row was read ({error})")
            return
        except UnicodeError as error:
            yield Refused(where, f"not text of the file's encoding, nothing after this row was read: {error}")
            return
        except GZIP_ERRORS as error:
            yield Refused(where, f"damaged gzip data, nothing after this row was read: {error}")
            return
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield _item(row, columns, where, document)


def _item(row: list[str], columns: list[str], where: str, document: Document) -> Item:
    warnings = [f"{len(row)} cells in a table of {len(columns)} columns: is a quote missing?"]
    cells = {name: without_controls(cell) for name, cell in zip(columns, row, strict=False) if name and cell.strip()}
    if sum(map(len, row)) > MAX_ARTICLE_BYTES:
        return Refused(where, f"larger than {MAX_ARTICLE_BYTES // 1024**2} MB: not one article")
    mapped = document.mapping.values()
    record = {name if name in mapped else _NAMED.get(name.lower(), name): cell for name, cell in cells.items()}
    try:
        return item_from_values(record, where, document, warnings if len(row) > len(columns) else ())
    except ArticleError as error:
        return Refused(where, str(error))
    except Exception as error:  # unforeseen; the other rows are read all the same
        return Refused(where, unforeseen(error))


def _header(head: bytes) -> tuple[str, list[str]]:
    """The delimiter and the names of the columns of a table that begins with `head`."""
    text = head.decode("utf-8-sig", "replace").replace("\0", "")
    line = next(iter(text.splitlines()), "")
    if line.lower().startswith("sep=") and len(line) == 5:  # what spreadsheets write and read
        raise ArticleError("the first line says only which delimiter there is: take it out")
    delimiter = max(_DELIMITERS, key=lambda mark: (len(_known(text, mark)), line.count(mark)))
    columns = [" ".join(name.split()) for name in next(csv.reader(io.StringIO(text), delimiter=delimiter), [])]
    if len(columns) > _MAX_COLUMNS:
        raise ArticleError(f"a table of {len(columns):,} columns: up to {_MAX_COLUMNS} are read")
    return delimiter, columns


def _known(text: str, delimiter: str) -> set[str]:
    names = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    return {_NAMED[name.strip().lower()] for name in names[:_MAX_COLUMNS] if name.strip().lower() in _NAMED}


def _lines(head: bytes, file: IO[bytes]) -> Iterator[str]:
    """The lines of the table as text, those in `head` first. Raises UnicodeError, and what reading raises."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest, data = "", head
    while True:
        text = rest + decoder.decode(data, final=not data).replace("\0", "")
        *lines, rest = text.split("\n")  # and not at what else Python takes for the end of a line
        if len(rest) > 4 * MAX_ARTICLE_BYTES:
            raise UnicodeError("a line that does not end")
        yield from (f"{line}\n" for line in lines)
        if not data and rest:
            yield rest
        if not data:
            return
        data = file.read(1 << 16)


FORMAT = Format("table", (".csv", ".tsv", ".csv.gz", ".tsv.gz"), "text/csv", read, lambda document: None)
