"""Articles in JSON as content systems export and answer it: lists of posts (WordPress's REST interface, Strapi,
Drupal, a dump of one's own), and JSON Feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.formats import json_object
from indexer.sources.formats.format import Format
from indexer.sources.formats.json_layout import JsonLayout, layout_of
from indexer.sources.formats.json_stream import RawObject, objects_in
from indexer.sources.gzipped import GZIP_ERRORS, beginning, unpacked
from indexer.sources.item import Item, Refused
from indexer.sources.limits import json_value
from indexer.sources.names import readable_id

_NO_LAYOUT = (
    "JSON in which no articles are found: neither an object with a title and a text, nor a list of such; "
    "write one article a line as JSON Lines"
)


def read(document: Document) -> Iterator[Item]:
    """An item for each object of the list that holds the articles, or the one that the document is. Raises OSError if
    it cannot be read, ArticleError if nothing in it looks like articles."""
    layout = layout_of(document)
    if layout is None and not beginning(document, 100).lstrip().startswith(b"{"):
        raise ArticleError(_NO_LAYOUT)
    if layout is None or layout.kind == "record":
        yield from json_object.read(document)
        return
    prepared = partial(_feed_item, _about_feed(document)) if layout.kind == "feed" else _flattened
    for raw in raw_objects(document, layout):
        if isinstance(raw, Refused):
            yield raw
        else:
            yield json_object.item_from_json(raw.content, f"{document.where}:{raw.line}", document, prepared)


def raw_objects(document: Document, layout: JsonLayout) -> Iterator[RawObject | Refused]:
    """The objects of the list at the layout's path; the last is a refusal where the document breaks off."""
    line = 1
    try:
        with unpacked(document) as file:
            for raw in objects_in(file, lambda path: path == layout.path):
                line = raw.line
                yield raw
    except GZIP_ERRORS as error:
        yield Refused(f"{document.where}:{line}", f"damaged gzip data, nothing after this was read: {error}")
    except ArticleError as error:
        yield Refused(f"{document.where}:{line}", str(error))


def _flattened(record: dict[str, Any]) -> dict[str, Any]:
    """A record as content systems answer it, with what they put into objects of their own at the top."""
    attributes = record.get("attributes")
    if isinstance(attributes, dict):  # Strapi's, and Drupal's JSON:API
        record = {key: value for key, value in record.items() if key != "attributes"} | attributes
    for key, value in list(record.items()):
        if isinstance(value, dict) and isinstance(text := value.get("processed", value.get("value")), str):
            record[key] = text  # Drupal's formatted texts
    if isinstance(record.get("title"), dict) and "rendered" in record["title"]:
        record = _wordpress_post(record)
    return record


def _feed_item(about: dict[str, str], record: dict[str, Any]) -> dict[str, Any]:
    """An item of JSON Feed, whose id may be anything, with what the feed says of all."""
    record = about | record
    if record.get("url") or record.get("external_url"):
        record.pop("id", None)
    elif isinstance(record.get("id"), str):
        record["id"] = readable_id(record["id"])
    return record


def _wordpress_post(record: dict[str, Any]) -> dict[str, Any]:
    """A post as WordPress's REST interface answers it: its number is another post's on another site, and so are those
    of its author and terms, whose names are there if it was asked with ``_embed``."""
    dropped = ["_links", "_embedded", "guid", "categories", "tags", "author", *(["id"] if record.get("link") else ())]
    post = {key: value for key, value in record.items() if key not in dropped}
    if isinstance(embedded := record.get("_embedded"), dict):
        post |= _of_wordpress(embedded)
    for name in ("date", "modified"):
        if isinstance(date := record.get(f"{name}_gmt"), str) and date:
            post[name] = f"{date}Z" if date[-1].isdigit() else date
    return post


def _of_wordpress(embedded: dict[str, Any]) -> dict[str, Any]:
    """Names of authors, categories and tags that WordPress answers beside a post when asked with ``_embed``; the post
    itself has their numbers."""
    authors = embedded.get("author")
    names = [each.get("name") for each in authors if isinstance(each, dict)] if isinstance(authors, list) else []
    terms: dict[str, list[str]] = {"category": [], "post_tag": []}
    groups = embedded.get("wp:term")
    for group in groups if isinstance(groups, list) else ():
        for term in group if isinstance(group, list) else ():
            if isinstance(term, dict) and isinstance(term.get("name"), str) and term.get("taxonomy") in terms:
                terms[term["taxonomy"]].append(term["name"])
    return {
        "author": [name for name in names if isinstance(name, str)],
        "categories": terms["category"],
        "tags": terms["post_tag"],
        **({"image": media} if (media := embedded.get("wp:featuredmedia")) else {}),
    }


def _about_feed(document: Document) -> dict[str, Any]:
    """What a JSON Feed says of all its items: the name of the site and the language."""
    with unpacked(document) as file:
        head = file.read(1 << 16).decode("utf-8", "replace")
    start = head.partition('"items"')[0].rstrip().rstrip(",")
    try:
        about = json_value(start.removeprefix("\ufeff") + "}")
    except (ArticleError, json.JSONDecodeError):
        return {}
    known = {"site": about.get("title"), "language": about.get("language")}
    return {key: value for key, value in known.items() if isinstance(value, str) and value}


FORMAT = Format("JSON", (".json", ".json.gz"), "application/feed+json", read, lambda document: None)
