"""HTML inside an article's text: what of it a reader sees, and where it links to."""

from __future__ import annotations

import html
import re

from indexer.sources.markup.links import Links
from indexer.sources.text import without_controls

_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|svg|iframe|noscript|head)\b.*?(?:</\1\s*>|\Z)", re.S | re.I
)
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9-]*+)((?:"[^"]*"|'[^']*'|[^'"<>])*+)>|<[!?][^<>]*>""")
_LINE_TAGS = frozenset(("br", "tr", "li", "dt", "dd", "option"))
_PARAGRAPH_TAGS = re.compile(
    r"address|article|aside|blockquote|caption|details|div|dl|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr"
    r"|main|nav|[ou]l|p|pre|section|summary|table|t(?:body|foot|head)"
)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def without_references(line: str) -> str:
    """A line, such as a title, with the characters that HTML's references (``&ldquo;``, ``&#39;``) stand for. Content
    systems write them where no HTML is meant to be."""
    return _REFERENCE.sub(lambda found: without_controls(html.unescape(found[0])), line)


def html_text(source: str, links: Links) -> str:
    """The text of a piece of HTML as paragraphs separated by blank lines; its links are added to `links`.

    Never raises: what is no tag is text.
    """

    def replaced(tag: re.Match[str]) -> str:
        name = (tag[2] or "").lower()
        if name == "a" and not tag[1]:
            links.add_from_tag(tag[0])
        if _PARAGRAPH_TAGS.fullmatch(name):
            return "\n\n"
        if name in _LINE_TAGS:
            return " " if tag[1] else "\n"
        return " " if name in ("td", "th") else ""

    text = " ".join(_UNSEEN.sub(" ", source).split())
    return tidy(html.unescape(_TAG.sub(replaced, text)))


def tidy(text: str) -> str:
    """`text` with single spaces, no blanks around lines, and one blank line between paragraphs."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
