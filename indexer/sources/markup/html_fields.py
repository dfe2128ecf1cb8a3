"""HTML in the fields of JSON records, as content systems and JSON Feed export it."""

from __future__ import annotations

import html
import re
from typing import Any

from indexer.sources.markup.links import Links
from indexer.sources.markup.tags import html_text

_BODIES = ("body", "text", "content", "content_text", "articleBody", "article_body")
_LINES = ("title", "headline", "excerpt", "summary", "description", "abstract", "teaser")
_HTML_BODIES = ("content_html", "contentHtml", "body_html", "html")  # JSON Feed, Shopify, Ghost
_NAMED = ("category", "section", "articleSection", "site")
_IS_HTML = re.compile(
    r"</(?:a|abbr|article|aside|b|blockquote|cite|code|div|em|figure|h[1-6]|i|li|ol|p|pre|q|s|script|section|small|span"
    r"|strong|style|sub|sup|table|td|th|tr|u|ul)\s*>|<(?:br|hr|img|p)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def without_html(record: dict[str, Any]) -> dict[str, Any]:
    """`record` with its texts as readers see them: ``{"rendered": ...}`` (WordPress) as its text, `content_html` as the
    body where there is no other, and HTML wherever a body, a title or an excerpt has it. Links of the body are added
    where the record names none. A section given as an object is its name."""
    texts: dict[str, Any] = {key: value["rendered"] for key, value in record.items() if _is_rendered(value)}
    rendered = {key for key in texts if key in (*_BODIES, *_HTML_BODIES)}
    if any(_is_rendered(value) and value.get("protected") for value in record.values()):
        texts["protected"] = True  # by a password: not for the public
    record = record | texts
    record |= {key: record[key]["name"] for key in _NAMED if _is_named(record.get(key))}
    if not any(record.get(key) for key in _BODIES):
        html_key = next((key for key in _HTML_BODIES if isinstance(record.get(key), str) and record[key]), "")
        if html_key:
            record["body"] = record[html_key]
            rendered.add("body")
    record |= {key: html.unescape(record[key]) for key in (*_BODIES, *_LINES) if _is_escaped(record.get(key))}
    links = Links()
    for key in _BODIES:
        if isinstance(text := record.get(key), str) and (key in rendered or is_html(text)):
            record[key] = html_text(text, links)
    for key in _LINES:
        if isinstance(text := record.get(key), str) and (key in texts or is_html(text)):
            record[key] = html_text(text, Links())
    if not record.get("links") and (found := list(links)):
        record["links"] = [url for url in found if "/" in url[:1] or "://" in url]
    return record


def _is_escaped(value: Any) -> bool:
    """Whether a value is HTML whose tags are written as references, as exports have it that escape it once more: it
    begins and ends with a tag. What writes about HTML has some of its tags so, and text around them."""
    return (
        isinstance(value, str)
        and "<" not in value
        and value.lstrip().startswith("&lt;")
        and value.rstrip().endswith("&gt;")
        and is_html(html.unescape(value))
    )


def is_html(text: str) -> bool:
    """Whether a text has tags of HTML that prose does not have: one that closes, or a paragraph or line break."""
    return "<" in text and _IS_HTML.search(text) is not None


def _is_rendered(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("rendered"), str)


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str)
