"""Formats, each in a module of its own. A later one is one more module with a `FORMAT`, and its name in `FORMATS`."""

from __future__ import annotations

from indexer.sources.document import Document
from indexer.sources.formats import html, html_post, json_object, jsonl, markdown, plain_text
from indexer.sources.formats.format import Format
from indexer.sources.markup import frontmatter

FORMATS: tuple[Format, ...] = (jsonl.FORMAT, markdown.FORMAT, plain_text.FORMAT, json_object.FORMAT, html.FORMAT)


def format_of(document: Document) -> Format | None:
    """The format that a document has by its media type or else its name, or HTML if it looks like that, with front
    matter or without; None if it is of no kind we know."""
    media_type = document.media_type.partition(";")[0].strip().lower()
    by_type = next((kind for kind in FORMATS if kind.media_type == media_type), None)
    if media_type in html.MEDIA_TYPES:
        by_type = html.FORMAT
    found = by_type or format_of_name(document.name)
    if found is html.FORMAT and html_post.is_post(document):
        return html_post.FORMAT
    return html.FORMAT if found is None and html.is_html(document) else found


def format_of_name(name: str) -> Format | None:
    """The format that a file of this name has, None if it is of no kind we know."""
    name = name.lower()
    return next((kind for kind in FORMATS if kind.suffixes and name.endswith(kind.suffixes)), None)


def format_of_text(text: str) -> Format:
    """The format of a text that comes without a name, by how it begins: a JSON object, Markdown with front matter, or
    else plain text."""
    if text.lstrip().startswith("{"):
        return json_object.FORMAT
    return markdown.FORMAT if frontmatter.is_at_beginning(text) else plain_text.FORMAT
