"""One loosely named and loosely typed record, a JSON object or a front matter, as an article."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import re

from indexer.article import Article, Dateline, canonical_url, id_from_url, is_followable
from indexer.dateline import parse_dateline
from indexer.dates import parse_date
from indexer.errors import ArticleError
from indexer.sources.item import Accepted, Item, Refused

ALIASES: dict[str, tuple[str, ...]] = {
    "id": (),
    "url": ("permalink", "link", "canonical_url"),
    "title": ("headline",),
    "body": ("text", "content", "content_text", "articleBody"),
    "excerpt": ("summary", "description", "abstract", "teaser"),
    "authors": ("author", "byline", "creator"),
    "date": (
        "published", "publishedAt", "published_at", "datePublished", "date_published", "pubDate", "pubdate",
        "created", "created_at", "createdAt", "timestamp",
    ),
    "dateline": (),
    "section": ("category", "articleSection"),
    "site": ("site_name", "siteName"),
    "tags": ("keywords", "tag"),
    "language": ("lang", "inLanguage", "locale"),
    "links": (),
    "offered": (),
    "categories": (),
    "draft": (),
}  # fmt: skip
"""The names a field goes by, in order of preference after its own. `categories` gives the section and tags."""

_FIELD_OF = {
    spelling: (field, rank)
    for field, names in ALIASES.items()
    for rank, name in enumerate((field, *names))
    for spelling in (name, name.capitalize(), name.upper())
}
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_COMMAS = re.compile(r"\s*[,;]\s*")
_BETWEEN_AUTHORS = re.compile(r"\s*;\s*|\s+(?:and|&)\s+|,\s+and\s+")
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9_-]+)?\Z")
_KIND = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
