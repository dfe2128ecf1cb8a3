"""Markdown posts with YAML or TOML front matter, as Jekyll, Eleventy, Hugo and their like keep them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.base.errors import ArticleError
from indexer.sources.format import Format, read_text, shown_path
from indexer.sources.frontmatter import split
from indexer.sources.item import Item, Refused
from indexer.sources.markdown_text import plain_text
from indexer.sources.names import id_from_name, leading_date, stem_of
from indexer.sources.record import item_from_record

_MARKDOWN_KEYS = ("excerpt", "summary", "description", "abstract", "teaser")


def read(path: Path) -> Iterator[Item]:
    """The one article of the file at `path`. Raises OSError if the file cannot be read."""
    where = shown_path(path)
    try:
        yield _item(path, where)
    except ArticleError as error:
        yield Refused(where, str(error), id_from_name(path))


def _item(path: Path, where: str) -> Item:
    record, source, warnings = split(read_text(path))
    # A "link" in front matter is where a short post points to, not where the post is.
    record = {key: value for key, value in record.items() if key.lower() != "link"}
    for key in _MARKDOWN_KEYS:
        if isinstance(value := record.get(key), str):
            record[key] = plain_text(value).body
    text = plain_text(source)
    if text.unparsed:
        warnings.append("more Markdown marks than are parsed: the text was taken as it is, marks and all")
    given: dict[str, Any] = {"body": text.body, "links": tuple(text.links)}
    if not record.get("id"):
        given["id"] = id_from_name(path)
    named = record.get("title") or record.get("headline")
    if not named:
        given["title"] = text.title
    elif text.title and text.title != named:
        given["body"] = f"{text.title}\n\n{text.body}"
    date, problem = leading_date(stem_of(path))
    if problem:
        outcome = f"read as {date.date()}" if date else "not used"
        warnings.append(f"{problem}: " + ("the front matter's date is used" if record.get("date") else outcome))
    return item_from_record(record, where, warnings=warnings, fallback_date=date, **given)


def _count(path: Path) -> int:
    return 1


FORMAT = Format("Markdown", (".md", ".markdown"), read, _count)
