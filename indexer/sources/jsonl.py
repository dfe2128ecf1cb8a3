"""JSON Lines: one article a line, read one line at a time; plain or gzipped, from a file or standard input."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from indexer.base.errors import ArticleError
from indexer.sources.format import Format, decode, os_reason, shown_path, without_controls
from indexer.sources.item import Item, Refused
from indexer.sources.limits import json_value, unforeseen
from indexer.sources.record import item_from_record

MAX_LINE_BYTES = 64 * 1024 * 1024
_MAX_COUNTED_BYTES = {True: 256 * 1024**2, False: 4 * 1024**3}  # gzipped or not: about a second's reading


def read(path: Path) -> Iterator[Item]:
    """The articles of the file at `path`. Raises OSError if it cannot be opened."""
    with _open(path) as file:
        yield from read_lines(file, shown_path(path))


def read_lines(file: IO[bytes], where: str) -> Iterator[Item]:
    """An item for each line that is not blank; `where` is what to call the file. Raises nothing: where the data
    breaks off, the last item says so."""
    number = 0
    try:
        while line := file.readline(MAX_LINE_BYTES):
            number += 1
            place = f"{where}:{number}"
            if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
                yield Refused(place, f"a line of more than {MAX_LINE_BYTES // 1024**2} MB: not one article")
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE_BYTES)
            elif not line.isspace():
                yield _item(line, place)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield Refused(f"{where}:{number + 1}", f"damaged gzip data, nothing after this line was read: {error}")
    except OSError as error:
        yield Refused(f"{where}:{number + 1}", os_reason(error))


def count(path: Path) -> int | None:
    """How many lines the file has, None where counting them would take more than a moment."""
    if path.stat().st_size > _MAX_COUNTED_BYTES[_is_gzipped(path)]:
        return None
    lines, last = 0, b"\n"
    try:
        with _open(path) as file:
            while block := file.read(1 << 20):
                lines += block.count(b"\n")
                last = block
    except (EOFError, zlib.error):
        return None
    return lines if last.endswith(b"\n") else lines + 1


def _is_gzipped(path: Path) -> bool:
    return path.name.lower().endswith(".gz")


def _open(path: Path) -> IO[bytes]:
    # Not wrapped in a larger buffer: where the data breaks off, that would lose what it had read before.
    return cast(IO[bytes], gzip.open(path)) if _is_gzipped(path) else path.open("rb")


def _item(line: bytes, where: str) -> Item:
    try:
        text = decode(line)
        record = json_value(text)
        if not isinstance(record, dict):
            return Refused(where, f"a JSON {_json_type(record)}, not an object")
        warnings = []
        # Raw control codes and surrogates are refused above, so only an escape can have brought one in.
        if "\\u00" in text or "\\ud" in text or "\\uD" in text:
            clean = cleaned(record)
            if clean != record:
                warnings = ["control codes or halves of characters in the text were dropped"]
                record = clean
        return item_from_record(record, where, warnings=warnings)
    except ArticleError as error:
        return Refused(where, str(error))
    except json.JSONDecodeError as error:
        column = min(error.pos, len(text.rstrip())) + 1
        return Refused(where, f"not valid JSON: {error.msg} at column {column}")
    except Exception as error:  # unforeseen, as RecursionError is; the lines after this one are read all the same
        return Refused(where, unforeseen(error))


def _json_type(value: object) -> str:
    return {list: "list", str: "text", bool: "true or false", type(None): "null"}.get(type(value), "number")


def cleaned(value: Any) -> Any:
    """A JSON value whose texts are without control codes and halves of characters."""
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    return {key: cleaned(item) for key, item in value.items()} if isinstance(value, dict) else value


FORMAT = Format("JSON Lines", (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"), read, count)
