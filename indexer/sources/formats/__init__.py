"""Formats, each in a module of its own. A later one is one more module with a `FORMAT`, and its name in `FORMATS`."""

from __future__ import annotations

from indexer.sources.document import Document
from indexer.sources.formats import (
    csv_table,
    feed,
    ghost,
    html,
    html_post,
    json_layout,
    json_object,
    json_records,
    jsonl,
    markdown,
    plain_text,
    restructured_text,
    wordpress,
    xml_kinds,
)
from indexer.sources.formats.format import Format
from indexer.sources.markup import frontmatter

FORMATS: tuple[Format, ...] = (
    jsonl.FORMAT,
    markdown.FORMAT,
    restructured_text.FORMAT,
    plain_text.FORMAT,
    json_records.FORMAT,
    json_object.FORMAT,
    ghost.FORMAT,
    csv_table.FORMAT,
    wordpress.FORMAT,
    feed.FORMAT,
    html.FORMAT,
    html_post.FORMAT,
)
XML_SUFFIXES = tuple(suffix + end for suffix in (".xml", ".rss", ".atom", ".rdf", ".wxr") for end in ("", ".gz"))
_XML_TYPES = ("application/xml", "text/xml", *feed.MEDIA_TYPES)
_XML = Format("XML", XML_SUFFIXES, "", feed.read, lambda document: None)
"""What an XML document is called by its name, before a look at it tells whether it is an export or a feed."""
_BY_NAME = (*FORMATS, _XML)


def format_of(document: Document) -> Format | None:
    """The format that a document has by what is in it, its media type or its name; None if it is of no kind we know.
    Content goes first where a name says little: HTML, XML and JSON hold many things."""
    media_type = document.media_type.partition(";")[0].strip().lower()
    by_type = next((kind for kind in FORMATS if kind.media_type == media_type), None)
    if media_type in html.MEDIA_TYPES:
        by_type = html.FORMAT
    elif media_type in _XML_TYPES:
        by_type = _XML
    found = by_type or format_of_name(document.name)
    if found is html.FORMAT:
        return html_post.FORMAT if html_post.is_post(document) else found
    if found is plain_text.FORMAT:
        return restructured_text.FORMAT if restructured_text.is_rst(document) else found
    if found is _XML:
        return wordpress.FORMAT if wordpress.is_wordpress(document) else feed.FORMAT
    if found is json_records.FORMAT:
        return ghost.FORMAT if ghost.is_ghost(document) else found
    return html.FORMAT if found is None and html.is_html(document) else found


def holds_articles(document: Document) -> bool:
    """Whether a document is worth reading that nobody named: sites keep settings in JSON, maps of themselves in XML and
    figures in tables, and these are no articles. False for what is of no kind we know."""
    kind = format_of(document)
    if kind is json_records.FORMAT:
        return json_layout.layout_of(document) is not None
    if kind is csv_table.FORMAT:
        return csv_table.holds_articles(document)
    return kind is not None and (kind is not feed.FORMAT or xml_kinds.xml_kind(document) == "feed")


def format_of_name(name: str) -> Format | None:
    """The format that a file of this name has, None if it is of no kind we know; for XML a stand-in."""
    name = name.lower()
    return next((kind for kind in _BY_NAME if kind.suffixes and name.endswith(kind.suffixes)), None)


def format_of_text(text: str) -> Format:
    """The format of a text that comes without a name, by how it begins: a JSON object, Markdown with front matter, or
    else plain text."""
    if text.lstrip().startswith("{"):
        return json_object.FORMAT
    return markdown.FORMAT if frontmatter.is_at_beginning(text) else plain_text.FORMAT
