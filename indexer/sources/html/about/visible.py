"""Finds what a page shows its readers about an article besides the body: headings, bylines, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from indexer.sources.html.about.authors import OPENING_OF_BYLINE, name_beside_date
from indexer.sources.html.layout import Layout
from indexer.sources.html.texts import words_of

LONGEST_LINE = 200
LONGEST_OPENED = 90
FAR = 40
NEAR = 12
"""Elements before and after the headline that belong to it, whatever they are in."""

_AUTHOR = re.compile(
    r"\b(?:author|byline|by-?author|autor|auteur|auteurs|autore|autoren|autor[ei]s|verfasser|writer|journalist|"
    r"contributor|creator|signature|firma|post-?by|posted-?by|submitted|"
    r"author-?name|entry-author|article-author|post-author|meta-author|vcard)\b|(?:^|[_-])(?:author|byline|"
    r"autor)s?(?:$|[_-]|\b)|author(?:Name|Info|Link|s)|[a-z](?:Author|Byline)\b",
    re.I,
)
_DATE = re.compile(
    r"date|datum|fecha|\bdata\b|publish|submitted|posted|timestamp|time(?!line)|veroeffentlicht|erstellt|created|"
    r"pubdate|\bmeta\b|byline|info|kicker|dachzeile",
    re.I,
)
_AUTHOR_URL = re.compile(
    r"/(?:author|authors|autor|autoren|autores|auteur|auteurs|autori|redaktion|redakteur|journalist|journalists|"
    r"staff|writers?|contributors?)/[^/?#]+",
    re.I,
)
_LEAVES = (
    "h1",
    "ul",
    "p",
    "div",
    "span",
    "a",
    "time",
    "li",
    "em",
    "strong",
    "b",
    "i",
    "small",
    "address",
    "dd",
    "td",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "cite",
    "font",
    "author",
    "section",
    "footer",
    "header",
    "figcaption",
)


class Surroundings:
    """The elements of a page that may name authors and dates, in the order of the page, and where its headline is."""

    def __init__(self, root: HtmlElement, headline: HtmlElement | None, layout: Layout) -> None:
        body = root.find("body")
        self._elements = list((root if body is None else body).iter(*_LEAVES))
        self._headline = next((n for n, element in enumerate(self._elements) if element is headline), 0)
        self._layout = layout

    def bylines(self) -> Iterator[str]:
        """Texts that may name the authors, the likeliest first."""
        marked: list[tuple[int, int, str]] = []
        for number, element in enumerate(self._elements):
            kind = self._author_kind(element)
            if kind is None:
                continue
            text = words_of(element)
            if 2 < len(text) <= LONGEST_LINE and (self._at_headline(number) or not self._layout.is_beside(element)):
                marked.append((self._distance(number), kind, text))
        for _, _, text in sorted(marked, key=lambda each: (each[1] + each[0] // 40, each[0])):
            yield text

    def opened_bylines(self) -> Iterator[str]:
        """Lines near the headline that begin with "By" and a name, in any of the languages known, and the names in
        those that hold a date and a name."""
        near = self._elements[max(0, self._headline - 15) : self._headline + 40]
        for element in near:
            text = _own_line(element)
            if text and (name := name_beside_date(text)) and not self._layout.is_beside(element):
                yield name
            elif (
                text
                and len(text) <= LONGEST_OPENED
                and OPENING_OF_BYLINE.match(text)
                and not self._layout.is_beside(element)
            ):
                yield text

    def dates(self) -> Iterator[tuple[str, str]]:
        """Texts that may hold the date of publication, each as attribute and text: what is called a date, the nearest
        to the headline first, and before what is far from it the short lines around the headline."""
        found: list[tuple[int, str, str]] = []
        for number, element in enumerate(self._elements):
            stamp = (
                element.get("datetime")
                or (element.get("title") if element.tag == "abbr" else "")
                or element.get("content")
                or ""
            )
            names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
            if element.tag == "time" or _names_dates(names):
                text = words_of(element) if len(element) < 12 else ""
                if (stamp or (text and len(text) <= LONGEST_LINE and any(c.isdigit() for c in text))) and (
                    self._at_headline(number) or not self._layout.is_beside(element)
                ):
                    found.append((self._distance(number), stamp, text))
        found.sort(key=lambda each: each[0])
        yield from ((stamp, text) for away, stamp, text in found if away <= FAR)
        yield from (("", line) for line in self._lines_at_headline())
        yield from ((stamp, text) for away, stamp, text in found if away > FAR)

    def _lines_at_headline(self) -> Iterator[str]:
        """Short lines from just before the headline to some way below it."""
        for element in self._elements[max(0, self._headline - 12) : self._headline + 40]:
            if text := _own_line(element):
                yield text

    def _at_headline(self, number: int) -> bool:
        """Whether an element is right at the headline, where bylines and dates are whatever surrounds them."""
        return bool(self._headline) and abs(number - self._headline) <= NEAR

    def _distance(self, number: int) -> int:
        """How far an element is from the headline; what is well before it counts as twice as far, what may belong to
        another part of the page as further still."""
        away = number - self._headline
        if away < 0:
            away = -away if -away <= NEAR else -2 * away
        return away + (0 if self._at_headline(number) else 60 * self._layout.apartness(self._elements[number]))

    def _author_kind(self, element: HtmlElement) -> int | None:
        """How surely an element names authors, 0 the surest; None if it does not say that it does."""
        prop = element.get("itemprop") or element.get("property") or ""
        rel = (element.get("rel") or "").lower().split()
        if "author" in rel or "author" in prop.lower().split():
            return 0
        names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-component') or ''}"
        if element.tag == "author" or _names_authors(names):
            return 1
        if element.tag == "a" and _AUTHOR_URL.search(element.get("href") or ""):
            return 2
        return None


@lru_cache(maxsize=20_000)  # the elements of a page share a few hundred names
def _names_authors(names: str) -> bool:
    return _AUTHOR.search(names) is not None


@lru_cache(maxsize=20_000)
def _names_dates(names: str) -> bool:
    return _DATE.search(names) is not None


def _own_line(element: HtmlElement) -> str:
    """The text of an element that holds one short line and nothing larger, else empty."""
    if len(element) > 6 or any(child.tag in ("div", "p", "section", "ul", "table") for child in element):
        return ""
    text = words_of(element)
    return text if len(text) <= LONGEST_LINE else ""
