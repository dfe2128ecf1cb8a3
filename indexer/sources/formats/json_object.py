"""One article as a JSON object: all of a document, or a line of JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.formats.format import Format, one_article
from indexer.sources.item import Item, Refused
from indexer.sources.limits import json_value, number_text, unforeseen
from indexer.sources.markup.html_fields import without_html
from indexer.sources.record import item_from_record
from indexer.sources.text import decode, utf8_of, without_controls


def read(document: Document) -> Iterator[Item]:
    """The one article of the document. Raises OSError if it cannot be read, ArticleError if it is too large."""
    yield item_from_json(utf8_of(document), document.where, document)


def item_from_json(
    content: bytes, where: str, document: Document, prepared: Callable[[dict[str, Any]], dict[str, Any]] | None = None
) -> Item:
    """The article in `content`, which stands at `where` in `document`; `prepared` gives the record as it is to be
    read. Raises nothing, so that the lines after this one are read all the same."""
    text = ""
    try:
        text = decode(content)
        record = json_value(text)
        if not isinstance(record, dict):
            return Refused(where, f"a JSON {_json_type(record)}, not an object")
        warnings: list[str] = []
        # Raw control codes and surrogates are refused above, so only an escape can have brought one in.
        if "\\u00" in text or "\\ud" in text or "\\uD" in text:
            clean = _cleaned(record)
            if clean != record:
                warnings = ["control codes or halves of characters in the text were dropped"]
                record = clean
        return item_from_values(prepared(record) if prepared else record, where, document, warnings)
    except ArticleError as error:
        return Refused(where, str(error))
    except json.JSONDecodeError as error:
        return Refused(where, f"not valid JSON: {error.msg} at {_place(error, text)}")
    except Exception as error:  # unforeseen, as RecursionError is
        return Refused(where, unforeseen(error))


def item_from_values(
    record: dict[str, Any], where: str, document: Document, warnings: Sequence[str] = (), **given: Any
) -> Item:
    """The article in `record`, whose keys and values are those of a content system, and which stands at `where` in
    `document`; `given` as of `item_from_record`. Raises ArticleError for values beyond the bounds."""
    notes = list(warnings)
    record = without_html(_mapped(record, document.mapping))
    if type(record.get("author")) in (int, float):  # a number in the content system's own table
        notes.append(f"author {number_text(record['author'], 'author')} is a number: left out")
        record["author"] = None
    return item_from_record(
        record,
        where,
        warnings=notes,
        fallback_date=document.fallback_date,
        fallback_id=document.fallback_id,
        fallback_language=document.language,
        is_draft=document.is_draft,
        **given,
    )


def _mapped(record: dict[str, Any], mapping: Mapping[str, str]) -> dict[str, Any]:
    """`record` with the values that `mapping` names under the names of an article's fields: ``title`` from
    ``Headline``, ``body`` from ``content.html``. What it does not have stays as it is."""
    found: dict[str, Any] = {}
    for field, path in mapping.items():
        value: Any = record.get(path)
        if value is None:
            value = record
            for part in path.split("."):
                value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            found[field] = value
    used = {path for path in mapping.values() if path in record}
    return {key: value for key, value in record.items() if key not in used} | found


def _place(error: json.JSONDecodeError, text: str) -> str:
    """Where in `text` the error is: its column, and its line if there are several."""
    text = text.rstrip()
    before = text[: error.pos]
    column = len(before) - before.rfind("\n")
    line = before.count("\n") + 1
    return f"line {line}, column {column}" if "\n" in text else f"column {column}"


def _json_type(value: object) -> str:
    return {list: "list", str: "text", bool: "true or false", type(None): "null"}.get(type(value), "number")


def _cleaned(value: Any) -> Any:
    """A JSON value whose texts are without control codes and halves of characters."""
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return {key: _cleaned(item) for key, item in value.items()} if isinstance(value, dict) else value


FORMAT = Format("JSON object", (), "application/json", read, one_article)
