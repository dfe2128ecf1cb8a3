"""Texts of a page on one line, and as keys to compare them by."""

from __future__ import annotations

import re
from html import unescape

from lxml.html import HtmlElement

_NOT_LETTERS = re.compile(r"[\W_]+")


def words_of(element: HtmlElement) -> str:
    """The text in `element` on one line with single spaces."""
    return " ".join("".join(element.itertext()).split())


def line_of(text: str) -> str:
    """`text` on one line, without tags and character references, which content systems leave in values."""
    text = unescape(unescape(text)) if "&" in text else text
    if "<" in text:
        text = re.sub(r"<[^<>]*>", " ", text)
    return " ".join(text.split())


def folded(text: str) -> str:
    """`text` as letters and digits in lower case, to compare by."""
    return _NOT_LETTERS.sub("", text.casefold())
