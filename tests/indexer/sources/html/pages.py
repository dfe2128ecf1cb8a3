"""Invented pages for tests: parts that are put together, and the article that is read from them."""

from __future__ import annotations

import json
from typing import Any

from indexer.article.article import Article
from indexer.sources import Accepted, Document, Item, read_document

PARAGRAPHS = (
    "The town council of Marlow Bay agreed on Tuesday to rebuild the old ferry pier before the winter storms come.",
    "Engineers who surveyed the piles in spring had found that every third of them was hollow and might fail.",
    "The work will cost about four million crowns, half of which the county has promised to pay over two years.",
    "Fishermen welcomed the decision, but asked that the small slipway beside the pier stay open in that time.",
)
TITLE = "Council votes to rebuild the ferry pier"


def page(
    body: str = "",
    head: str = "",
    *,
    title: str = f"{TITLE} - The Marlow Courier",
    linked: Any = None,
    lang: str = "en",
    around: str = "{}",
) -> str:
    """A page with `body` (a usual article if empty), `head` and a JSON-LD script of `linked`."""
    script = f'<script type="application/ld+json">{json.dumps(linked)}</script>' if linked is not None else ""
    content = around.format(body or article())
    head = f"<head><title>{title}</title>{head}{script}</head>"
    return f'<!doctype html><html lang="{lang}">{head}<body>{content}</body></html>'


def article(below_title: str = "", before_title: str = "", end: str = "", title: str = TITLE) -> str:
    """The usual article with something around its text."""
    text = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    heading = f"{before_title}<h1>{title}</h1>{below_title}"
    return f"<main><article>{heading}<div class='text'>{text}{end}</div></article></main>"


def item_of(html: str | bytes, name: str = "pier.html", **known: Any) -> Item:
    """What reading a page yields."""
    data = html.encode() if isinstance(html, str) else html
    (item,) = read_document(Document.of_bytes(data, name, name=name, **known))
    return item


def article_of(html: str | bytes, name: str = "pier.html", **known: Any) -> Article:
    """The article on a page that is accepted."""
    item = item_of(html, name, **known)
    assert isinstance(item, Accepted), item
    return item.article


def meta(**values: str) -> str:
    """Meta tags; in names ``__`` stands for a colon."""
    return "".join(f'<meta property="{name.replace("__", ":")}" content="{value}">' for name, value in values.items())
