"""Where an article's text links to."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from indexer.article.urls import canonical_url, is_followable
from indexer.base.errors import ArticleError

_HREF = re.compile(r"""(?<![\w-])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_BARE = re.compile(r"https?://[^\s<>\"'`\[\]{}|\\^\0]{1,2000}")
_MAX_REFERENCE = 1000  # characters; names of files are shorter
_UNSAFE = re.compile("[\x00-\x1f\x7f\\\\\ud800-\udfff]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PELICAN = re.compile(r"\A[{|]filename[|}](/)?")  # before the file that a link leads to
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")
_PAGES = frozenset("md mdx markdown mkd rst html htm php".split())


class Links:
    """What a text links to, each once, in order; what a browser must not follow is left out.

    They are canonical URLs, and for what may be another article of the same site the reference as it is written,
    without fragment and parameters: ``../b.md``; ``@/b.md`` for the file of that name wherever it is.
    """

    def __init__(self) -> None:
        self._urls: dict[str, None] = {}

    def add(self, url: str) -> None:
        """Takes `url` if it is absolute, begins at the site's root or is the reference to a page."""
        url = _PELICAN.sub(lambda mark: "@/" if mark[1] else "", url.strip())
        if is_followable(url):
            with contextlib.suppress(ArticleError, ValueError):  # a bad link costs itself only
                self._urls[canonical_url(url)] = None
        elif reference := page_reference(url):
            self._urls[reference] = None

    def add_page(self, name: str) -> None:
        """Takes the page that a wiki link names."""
        self.add(f"@/{name}")

    def add_bare(self, text: str) -> None:
        """Takes the addresses that are written out in `text`, as generators make them links."""
        for found in _BARE.finditer(text):
            url = found[0].rstrip(".,;:!?*_~")
            while url.endswith(")") and url.count(")") > url.count("("):
                url = url[:-1].rstrip(".,;:!?")
            self.add(url)

    def add_from_tag(self, tag: str) -> None:
        """Takes the URL of an HTML ``<a href=...>``."""
        found = _HREF.search(tag)
        if found and tag[:2].lower() == "<a" and not tag[2:3].isalnum():
            self.add(html.unescape(found[1] or found[2] or found[3] or ""))

    def __iter__(self) -> Iterator[str]:
        return iter(self._urls)


def page_reference(url: str) -> str:
    """The reference to another page that `url` is, decoded, without fragment and parameters; empty if it is none:
    a URL, a file of another kind, a place on the same page."""
    if len(url) > _MAX_REFERENCE or url.startswith(("/", "#", "?")) or _SCHEME.match(url):
        return ""
    path = unquote(url.partition("#")[0].partition("?")[0]).strip()
    if not path.strip("./@") or _UNSAFE.search(path):
        return ""
    ending = _ENDING.search(path)
    return "" if ending and ending[1].isalpha() and ending[1].lower() not in _PAGES and len(ending[1]) < 6 else path
