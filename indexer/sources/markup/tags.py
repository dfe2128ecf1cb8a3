"""HTML and Liquid inside an article's text: what of it a reader sees, and where it links to."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterator

from indexer.article.urls import canonical_url, is_followable
from indexer.base.errors import ArticleError
from indexer.sources.text import without_controls

_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|svg|iframe|noscript|head)\b.*?(?:</\1\s*>|\Z)", re.S | re.I
)
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9-]*+)((?:"[^"]*"|'[^']*'|[^'"<>])*+)>|<[!?][^<>]*>""")
_HREF = re.compile(r"""(?<![\w-])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_LINE_TAGS = frozenset(("br", "tr", "li", "dt", "dd", "option"))
_PARAGRAPH_TAGS = re.compile(
    r"address|article|aside|blockquote|caption|details|div|dl|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr"
    r"|main|nav|[ou]l|p|pre|section|summary|table|t(?:body|foot|head)"
)
# A tag ends before another begins, so that text full of opening braces is not searched to its end for each.
_LIQUID = re.compile(
    r"""\{%-?\s*+(?P<name>\w*+)(?:[^{%]|%(?!\})|\{(?!%)){0,2000}+%\}
      | \{\{(?P<output>(?:[^{}]|\}(?!\})|\{(?!\{)){0,2000}+)\}\}""",
    re.X,
)
_LIQUID_ENDS = {name: re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}") for name in ("raw", "comment")}
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_GONE = "\0"  # where a tag stood
_GONE_LINE = re.compile(r"^[ \t]*\0[ \t\0]*\n", re.M)
_URL_LITERAL = re.compile(r"""\s*(["'])((?:/|https?://).*?)\1""", re.S)


def without_references(line: str) -> str:
    """A line, such as a title, with the characters that HTML's references (``&ldquo;``, ``&#39;``) stand for. Content
    systems write them where no HTML is meant to be."""
    return _REFERENCE.sub(lambda found: without_controls(html.unescape(found[0])), line)


class Links:
    """The canonical URLs that a text links to, each once, in order; what a browser must not follow is left out."""

    def __init__(self) -> None:
        self._urls: dict[str, None] = {}

    def add(self, url: str) -> None:
        """Takes `url` if it is absolute or begins at the site's root."""
        url = url.strip()
        if is_followable(url):
            with contextlib.suppress(ArticleError):
                self._urls[canonical_url(url)] = None

    def add_from_tag(self, tag: str) -> None:
        """Takes the URL of an HTML ``<a href=...>``."""
        found = _HREF.search(tag)
        if found and tag[:2].lower() == "<a" and not tag[2:3].isalnum():
            self.add(html.unescape(found[1] or found[2] or found[3] or ""))

    def __iter__(self) -> Iterator[str]:
        return iter(self._urls)


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


def without_liquid(source: str) -> str:
    """`source` without the tags of Jekyll's template language.

    ``{{ "/a/path/" | url }}`` becomes the URL in it, the content of ``raw`` stays, everything else goes: so
    ``{{ site.baseurl }}/a/path/`` is ``/a/path/``.
    """

    if "{%" not in source and "{{" not in source:
        return source
    source = source.replace(_GONE, "")
    parts: list[str] = []
    at = 0
    ends = dict(_LIQUID_ENDS)
    for tag in _LIQUID.finditer(source):
        if tag.start() < at:
            continue  # inside a block
        parts.append(source[at : tag.start()])
        at = tag.end()
        if pattern := ends.get(tag["name"] or ""):
            end = pattern.search(source, at)
            if end is None:
                del ends[tag["name"]]  # nor will there be one further on
            else:
                parts.append(source[at : end.start()] if tag["name"] == "raw" else _GONE)
                at = end.end()
                continue
        url = _URL_LITERAL.match(tag["output"] or "")
        parts.append(url[2] if url else _GONE)
    parts.append(source[at:])
    # A line that held nothing but tags goes as a whole: a blank one would end the HTML or the list it is in.
    return _GONE_LINE.sub("", "".join(parts)).replace(_GONE, "")
