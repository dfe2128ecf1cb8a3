"""Texts of a page on one line, and as keys to compare them by."""

from __future__ import annotations

import re
from html import unescape

from lxml.html import HtmlElement

_NOT_LETTERS = re.compile(r"[\W_]+")
_BLANKS = re.compile(r"\s+")
_LINE_TAGS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption footer h1 h2 h3 h4 h5 h6 header hr li ol p section"
    " table td th time tr ul".split()
)


def words_of(element: HtmlElement) -> str:
    """The text in `element` on one line with single spaces."""
    return " ".join("".join(element.itertext()).split())


def lines_of(element: HtmlElement) -> list[str]:
    """The text in `element` in the lines in which readers see it: blocks and ``<br>`` end one. So do a name and a date
    or another name in elements of their own with no blank between, which a style keeps apart."""
    parts: list[str] = []
    _gather(element, parts)
    return [line for part in "".join(parts).split("\n") if (line := " ".join(part.split()))]


def _gather(element: HtmlElement, parts: list[str]) -> None:
    _add(parts, element.text)
    for child in element:
        ends = child.tag in _LINE_TAGS
        if ends:
            parts.append("\n")
        if isinstance(child.tag, str):
            _gather(child, parts)
        if ends:
            parts.append("\n")
        _add(parts, child.tail)


def _add(parts: list[str], text: str | None) -> None:
    if not text:
        return
    before = parts[-1][-1:] if parts else ""
    if before.isalnum() and (text[0].isupper() or text[0].isdigit()):
        parts.append("\n")
    parts.append(_BLANKS.sub(" ", text))


def line_of(text: str) -> str:
    """`text` on one line, without tags and character references, which content systems leave in values."""
    text = unescape(unescape(text)) if "&" in text else text
    if "<" in text:
        text = re.sub(r"<[^<>]*>", " ", text)
    return " ".join(text.split())


def folded(text: str) -> str:
    """`text` as letters and digits in lower case, to compare by."""
    return _NOT_LETTERS.sub("", text.casefold())
