"""What a JSON document holds, and where in it articles are: its beginning tells."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.sources.document import Document
from indexer.sources.formats.json_stream import PIECE, Path
from indexer.sources.gzipped import beginning

LOOKED_AT = 1 << 17  # bytes
_LISTS = "items posts articles entries data results documents docs records pages stories hits response value".split()
_TITLES = frozenset(("title", "headline", "attributes"))
_TEXTS = frozenset(
    "body content content_html content_text text html plaintext articlebody article_body description excerpt summary "
    "url link permalink slug date attributes".split()
)
_GHOST = re.compile(rb'\s*\{\s*(?:"db"\s*:\s*\[\s*\{\s*)?"(?:meta|data)"\s*:.{0,400}"exported_on"', re.S)
_GHOST_TABLES = (b'"posts_tags"', b'"posts_authors"')
_JSON_FEED = b"jsonfeed.org/version"
_KEY = re.compile(rb'"([A-Za-z_][A-Za-z0-9_.-]{0,60})"\s*:')


@dataclass(frozen=True, slots=True)
class JsonLayout:
    """What a document is: "record" for one article, "list" for many in the list at `path`, "feed" for JSON Feed,
    "ghost" for Ghost's export."""

    kind: str
    path: Path = ()


def layout_of(document: Document) -> JsonLayout | None:
    """The layout of a document that can be read twice; None where nothing in its beginning looks like articles."""
    head = beginning(document, LOOKED_AT).removeprefix(b"\xef\xbb\xbf")
    opening = head.lstrip()[:1]
    if opening == b"[":
        return JsonLayout("list") if _are_of_article(set(_KEY.findall(head))) else None
    if opening != b"{":
        return None
    if _GHOST.match(head) or (b'"posts"' in head and any(table in head for table in _GHOST_TABLES)):
        return JsonLayout("ghost")
    keys, lists = _top_level(head)
    if _JSON_FEED in head[:2000] and b"items" in keys:
        return JsonLayout("feed", ("items",))
    if _are_of_article(keys) and not (keys & {b"items", b"posts", b"articles"}):
        return JsonLayout("record")
    for name in lists:
        if name in _LISTS and _are_of_article(set(_KEY.findall(head))):
            return JsonLayout("list", (name,))
    return None


def _top_level(head: bytes) -> tuple[set[bytes], list[str]]:
    """The keys of the outermost object, and those of them whose values are lists, as far as `head` has them."""
    keys: set[bytes] = set()
    lists: list[str] = []
    depth, last = 0, b""
    for piece in PIECE.finditer(head):
        mark = piece[0][:1]
        if mark == b'"':
            last = piece[0][1:-1]
        elif mark == b":" and depth == 1:
            keys.add(last.lower()[:100])
        elif mark in b"[{":
            if mark == b"[" and depth == 1:
                lists.append(last.decode("utf-8", "replace"))
            depth += 1
        elif mark in b"]}":
            depth -= 1
    return keys, lists


def _are_of_article(keys: set[bytes]) -> bool:
    names = {key.decode("utf-8", "replace").lower() for key in keys}
    return bool(names & _TITLES) and bool(names & _TEXTS)
