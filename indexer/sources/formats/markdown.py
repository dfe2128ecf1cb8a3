"""Markdown posts with YAML or TOML front matter, as Jekyll, Eleventy, Hugo and their like keep them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.formats.format import Format, one_article
from indexer.sources.item import Item, Refused
from indexer.sources.markup.frontmatter import split
from indexer.sources.markup.markdown_text import plain_text
from indexer.sources.names import id_of, leading_date, stem_of
from indexer.sources.record import item_from_record, value_of
from indexer.sources.text import text_of

_MARKDOWN_KEYS = ("excerpt", "summary", "description", "abstract", "teaser")


def read(document: Document) -> Iterator[Item]:
    """The one article of the document. Raises OSError if it cannot be read."""
    try:
        yield _item(document)
    except ArticleError as error:
        yield Refused(document.where, str(error), id_of(document))


def _item(document: Document) -> Item:
    record, source, warnings = split(text_of(document))
    # A "link" in front matter is where a short post points to, not where the post is.
    record = {key: value for key, value in record.items() if key.lower() != "link"}
    for key, value in record.items():
        if key.lower() in _MARKDOWN_KEYS and isinstance(value, str):
            record[key] = plain_text(value).body
    text = plain_text(source)
    if text.unparsed:
        warnings.append("more Markdown marks than are parsed: the text was taken as it is, marks and all")
    given: dict[str, Any] = {"body": text.body, "links": tuple(text.links)}
    if document.name and not value_of(record, "id"):
        given["id"] = id_of(document)
    named = value_of(record, "title")
    if not named:
        given["title"] = text.title
    elif text.title and text.title != named:
        given["body"] = f"{text.title}\n\n{text.body}"
    date, problem = leading_date(stem_of(document.name))
    if problem:
        outcome = f"read as {date.date()}" if date else "not used"
        warnings.append(f"{problem}: " + ("the front matter's date is used" if value_of(record, "date") else outcome))
    return item_from_record(
        record,
        document.where,
        warnings=warnings,
        fallback_date=date or document.fallback_date,
        fallback_id=document.fallback_id,
        is_draft=document.is_draft,
        **given,
    )


FORMAT = Format("Markdown", (".md", ".markdown"), "text/markdown", read, one_article)
