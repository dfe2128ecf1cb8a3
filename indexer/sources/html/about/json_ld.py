"""What a page says in JSON-LD: the schema.org node of its article, and of the page around it."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from indexer.base.errors import ArticleError
from indexer.sources.html.texts import folded, line_of
from indexer.sources.limits import json_value

Node = Mapping[str, Any]

MAX_SCRIPT = 1_000_000
"""Characters of a script; longer ones hold the data of a program."""
MAX_NODES = 2_000
"""Values of one script that are looked at."""

ARTICLES = frozenset(
    "article newsarticle blogposting reportagenewsarticle analysisnewsarticle opinionnewsarticle reviewnewsarticle"
    " backgroundnewsarticle askpublicnewsarticle liveblogposting techarticle scholarlyarticle medicalscholarlyarticle"
    " report satiricalarticle advertisercontentarticle socialmediaposting discussionforumposting".split()
)
"""Types of nodes that are articles."""
_NEAR_ARTICLES = frozenset(
    "recipe review criticreview howto videoobject podcastepisode question newsmediaarticle pressrelease creativework"
    " audioobject episode tvepisode radioepisode event".split()
)
_PAGES = frozenset("webpage itempage medicalwebpage aboutpage qapage faqpage".split())
_WITHIN = ("@graph", "mainEntity", "mainEntityOfPage", "liveBlogUpdate", "subjectOf", "about")
_WRAPPING = re.compile(
    r"\A\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|(?://|"
    r"/\*)?\s*\]\]>(?:\s*\*/)?)\s*\Z|;\s*\Z"
)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")


class JsonLd:
    """The nodes of a page's JSON-LD scripts; nodes that refer to others by ``@id`` are looked up here."""

    def __init__(self, root: HtmlElement) -> None:
        self._by_id: dict[str, Node] = {}
        self.nodes: list[Node] = []
        for script in root.iter("script"):
            kind = (script.get("type") or "").lower()
            if "ld+json" in kind and script.text and len(script.text) <= MAX_SCRIPT:
                for value in _values(script.text):
                    self._take(value)

    def article(self, url: str, headings: frozenset[str]) -> Node | None:
        """The node of the article that the page at `url` shows, whose headline is one of `headings` (folded) where
        there are several; None if there is none."""
        return self._best(ARTICLES, url, headings) or self._best(_NEAR_ARTICLES, url, headings)

    def page(self) -> Node | None:
        """The node of the page as a whole."""
        return next((node for node in self.nodes if types_of(node) & _PAGES), None)

    def resolved(self, value: Any) -> Any:
        """`value`, or the node that it refers to."""
        if isinstance(value, dict) and isinstance(value.get("@id"), str) and len(value) <= 2:
            return self._by_id.get(value["@id"], value)
        return value

    def _take(self, value: Any) -> None:
        waiting = deque([value])
        for _ in range(MAX_NODES):
            if not waiting:
                break
            at = waiting.popleft()
            if isinstance(at, list):
                waiting.extendleft(reversed(at[:MAX_NODES]))
            elif isinstance(at, dict):
                if isinstance(at.get("@id"), str) and len(at) > len(self._by_id.get(at["@id"], ())):
                    self._by_id[at["@id"]] = at
                if types_of(at):
                    self.nodes.append(at)
                waiting += [at[key] for key in _WITHIN if isinstance(at.get(key), (dict, list))]
                self._index(at)

    def _index(self, node: Node) -> None:
        """Nodes below `node` that have an ``@id`` are known by it, though they are not the page's own."""
        for key in ("author", "creator", "publisher", "isPartOf", "image"):
            for value in as_list(node.get(key)):
                if isinstance(value, dict) and isinstance(value.get("@id"), str) and len(value) > 2:
                    self._by_id.setdefault(value["@id"], value)

    def _best(self, kinds: frozenset[str], url: str, headings: frozenset[str]) -> Node | None:
        candidates = [node for node in self.nodes if types_of(node) & kinds]
        if len(candidates) < 2:
            return candidates[0] if candidates else None

        def rank(node: Node) -> tuple[bool, bool, bool]:
            names = {folded(text_of(node.get(key))) for key in ("headline", "name")} - {""}
            return bool(names & headings), bool(url) and url in set(_urls(node)), bool(node.get("datePublished"))

        return max(candidates, key=rank)  # the first of equals


def types_of(node: Node) -> set[str]:
    """The types of a node, lower case and without the vocabulary's address."""
    return {
        kind.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower()
        for kind in as_list(node.get("@type"))
        if isinstance(kind, str)
    }


def as_list(value: Any) -> list[Any]:
    """`value` as a list; none for None."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text_of(value: Any) -> str:
    """A value as one line of text: the first of several, the ``@value`` or name of an object; empty for the rest."""
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)[:100]
    return line_of(value) if isinstance(value, str) else ""


def _urls(node: Node) -> Iterator[str]:
    for key in ("url", "@id", "mainEntityOfPage"):
        for value in as_list(node.get(key)):
            url = value.get("@id") or value.get("url") if isinstance(value, dict) else value
            if isinstance(url, str):
                yield url.partition("#")[0]


def _values(source: str) -> Iterator[Any]:
    """The JSON values of a script; what is not JSON, with the mistakes that are often made mended, is passed over."""
    source = _WRAPPING.sub("", _WRAPPING.sub("", source)).strip()
    for mended in (source, _TRAILING_COMMA.sub("", source), unescape(source)):
        try:
            yield json_value(mended, strict=False)
            return
        except (ArticleError, json.JSONDecodeError, RecursionError):
            continue
