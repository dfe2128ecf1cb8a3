"""Ghost's JSON export: tables of a database, of which posts, people and tags are put together again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.formats.format import Format
from indexer.sources.formats.json_layout import layout_of
from indexer.sources.formats.json_object import item_from_json
from indexer.sources.formats.json_stream import Path, objects_in
from indexer.sources.gzipped import GZIP_ERRORS, unpacked
from indexer.sources.item import Item, Refused
from indexer.sources.limits import json_value
from indexer.sources.publication import says_no

_TABLES = ("tags", "users", "posts_tags", "posts_authors", "posts_meta", "settings")
_SITE = "__GHOST_URL__"  # stands for the site's address wherever the export has one
_KEPT = (
    "id uuid title slug html plaintext status visibility published_at type custom_excerpt canonical_url locale "
    "feature_image updated_at".split()
)


@dataclass(slots=True)
class _Tables:
    """What the export says beside its posts."""

    tags: dict[str, str] = field(default_factory=dict)  # names by id
    users: dict[str, str] = field(default_factory=dict)
    tags_of: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # ids by the post's
    authors_of: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    alts: dict[str, str] = field(default_factory=dict)  # what the pictures of posts show, by the post's id
    by_email: set[str] = field(default_factory=set)  # posts that go to subscribers only
    site: str = ""

    def take(self, table: str, row: dict[str, Any]) -> None:
        """Takes one row of a table."""
        own, post = str(row.get("id")), str(row.get("post_id"))
        if table == "tags":
            if row.get("visibility", "public") == "public" and not str(row.get("name")).startswith("#"):
                self.tags[own] = str(row.get("name"))
        elif table == "users":
            self.users[own] = str(row.get("name"))
        elif table == "posts_tags":
            self.tags_of[post].append(str(row.get("tag_id")))
        elif table == "posts_authors":
            self.authors_of[post].append(str(row.get("author_id")))
        elif table == "posts_meta":
            self.alts[post] = str(row.get("feature_image_alt") or "")
            if not says_no(row.get("email_only")):
                self.by_email.add(post)
        elif row.get("key") == "title":
            self.site = str(row.get("value"))


def is_ghost(document: Document) -> bool:
    """Whether a document is such an export; False if it cannot be read twice."""
    layout = layout_of(document)
    return layout is not None and layout.kind == "ghost"


def read(document: Document) -> Iterator[Item]:
    """An item for each post and page. Raises OSError if it cannot be read."""
    tables = _Tables()
    for raw in _rows(document, _TABLES):
        if isinstance(raw, tuple):
            tables.take(raw[0], raw[1])
    for raw in _rows(document, ("posts",)):
        if isinstance(raw, Refused):
            yield raw
        else:
            _, row, where = raw
            yield item_from_json(json.dumps(_post(row, tables)).encode(), where, document)


def _rows(document: Document, tables: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any], str] | Refused]:
    """The rows of some tables with the table's name and their place; refusals of what cannot be read."""

    def wanted(path: Path) -> bool:
        return path[-1:] != () and path[-1] in tables and path[-2:-1] == ("data",)

    line = 1
    try:
        with unpacked(document) as file:
            for raw in objects_in(file, wanted):
                line = raw.line
                where = f"{document.where}:{line}"
                try:
                    yield raw.path[-1], json_value(raw.content.decode("utf-8", "replace")), where
                except (ArticleError, json.JSONDecodeError) as error:
                    yield Refused(where, f"not valid JSON: {error}")
    except GZIP_ERRORS as error:
        yield Refused(f"{document.where}:{line}", f"damaged gzip data, nothing after this was read: {error}")
    except ArticleError as error:
        yield Refused(f"{document.where}:{line}", str(error))


def _post(row: dict[str, Any], tables: _Tables) -> dict[str, Any]:
    """One row of posts as a record."""
    post = {key: row[key] for key in _KEPT if row.get(key) is not None}
    post |= {key: value.replace(_SITE, "") for key, value in post.items() if isinstance(value, str) and _SITE in value}
    own = str(post.pop("id", ""))
    post |= _withholding(row, own in tables.by_email)
    tags = [tables.tags[tag] for tag in tables.tags_of[own] if tag in tables.tags]
    authors = tables.authors_of[own] or [str(row.get("author_id"))]
    if not post.get("html") and post.get("plaintext"):
        post["body"] = post["plaintext"]
    url = post.pop("canonical_url", "") or (f"/{post['slug']}/" if post.get("slug") else "")
    known = {
        "id": id_of(own),
        "url": url,
        "section": tags[0] if tags else "",
        "tags": tags[1:],
        "authors": [tables.users[user] for user in authors if user in tables.users],
        "date": post.pop("published_at", None),
        "excerpt": post.pop("custom_excerpt", ""),
        "language": post.pop("locale", ""),
        "site": tables.site,
        "image": post.pop("feature_image", ""),
        "image_alt": tables.alts.get(own, ""),
        "modified": post.pop("updated_at", None),
    }
    for key in ("uuid", "slug", "plaintext", "type"):
        post.pop(key, None)
    return post | {key: value for key, value in known.items() if value}


def id_of(post_id: Any) -> str:
    """The article's id of the post that has this id in Ghost."""
    return f"ghost-{post_id}"


def record_of(post: dict[str, Any]) -> dict[str, Any]:
    """A post or page as Ghost's API and its webhooks give it, with its people and tags in it, as a record."""
    tags = [tag["name"] for tag in _named(post.get("tags")) if tag.get("visibility", "public") == "public"]
    known = {
        "id": id_of(post.get("id")),
        "url": post.get("canonical_url") or post.get("url"),
        "title": post.get("title"),
        "html": post.get("html"),
        "body": None if post.get("html") else post.get("plaintext"),
        "status": post.get("status"),
        "visibility": post.get("visibility"),
        "date": post.get("published_at"),
        "modified": post.get("updated_at"),
        "section": tags[0] if tags else "",
        "tags": tags[1:],
        "authors": [author["name"] for author in _named(post.get("authors"))],
        "excerpt": post.get("custom_excerpt"),
        "language": post.get("locale"),
        "image": post.get("feature_image"),
        "image_alt": post.get("feature_image_alt"),
    }
    meta = post.get("posts_meta")
    is_by_email = isinstance(meta, dict) and not says_no(meta.get("email_only"))
    return {key: value for key, value in known.items() if value} | _withholding(post, is_by_email)


def _withholding(post: dict[str, Any], is_by_email: bool) -> dict[str, bool]:
    """What keeps a post from readers beside what `indexer.sources.publication` knows of states and audiences. Of these
    Ghost has ever more, and an expression that chooses among members may be one: all but one of each is withheld."""
    said = {
        "email_only": is_by_email or not says_no(post.get("email_only")),
        "unpublished": post.get("status") != "published",
        "members_only": post.get("visibility") not in (None, "public"),
    }
    return {key: True for key, is_so in said.items() if is_so}


def _named(rows: Any) -> list[dict[str, Any]]:
    rows = rows if isinstance(rows, list) else []
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)]


FORMAT = Format("Ghost export", (), "application/ghost+json", read, lambda document: None)
