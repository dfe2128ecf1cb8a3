"""Finds what a page shows its readers around its headline: lines of text, and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from indexer.sources.html.layout import Layout
from indexer.sources.html.texts import lines_of, words_of

LONGEST_LINE = 200
FAR = 40
NEAR = 12
"""Elements before and after the headline that belong to it, whatever they are in."""

_DATE = re.compile(
    r"date|datum|fecha|\bdata\b|publish|submitted|posted|timestamp|time(?!line)|veroeffentlicht|erstellt|created|"
    r"pubdate|\bmeta\b|byline|info|kicker|dachzeile",
    re.I,
)
_LEAVES = (
    "h1 ul p div span a time li em strong b i small address dd td h2 h3 h4 h5 h6 cite font author section footer header"
    " figcaption".split()
)
_LARGE = frozenset("div p section ul ol table article main".split())
_MOST_CHILDREN = 12


class Surroundings:
    """The elements of a page that may name authors and dates, in the order of the page, and where its headline is."""

    def __init__(self, root: HtmlElement, headline: HtmlElement | None, layout: Layout) -> None:
        body = root.find("body")
        self.elements = list((root if body is None else body).iter(*_LEAVES))
        self._headline = next((n for n, element in enumerate(self.elements) if element is headline), 0)
        self._layout = layout

    def lines(self, before: int | None = None, after: int | None = None) -> Iterator[tuple[str, int]]:
        """The lines of elements that hold a few short lines and nothing larger, with the elements' numbers: of all, or
        of those from `before` elements before the headline to `after` behind it."""
        first = max(0, self._headline - before) if before is not None else 0
        last = self._headline + after if after is not None else len(self.elements)
        for number, element in enumerate(self.elements[first:last], first):
            if len(element) <= _MOST_CHILDREN and not any(child.tag in _LARGE for child in element):
                lines = lines_of(element)
                if sum(map(len, lines)) <= LONGEST_LINE:
                    yield from ((line, number) for line in lines)

    def dates(self) -> Iterator[tuple[str, str]]:
        """Texts that may hold the date of publication, each as attribute and text: what is called a date, the nearest
        to the headline first, and before what is far from it the short lines around the headline."""
        found: list[tuple[int, str, str]] = []
        for number, element in enumerate(self.elements):
            names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
            if element.tag != "time" and not _names_dates(names):
                continue
            title = element.get("title") if element.tag == "abbr" else ""
            stamp = element.get("datetime") or title or element.get("content") or ""
            text = words_of(element) if len(element) < _MOST_CHILDREN else ""
            shows = text and len(text) <= LONGEST_LINE and any(c.isdigit() for c in text)
            if (stamp or shows) and self.may_tell(number):
                found.append((self.distance(number), stamp, text))
        found.sort(key=lambda each: each[0])
        yield from ((stamp, text) for away, stamp, text in found if away <= FAR)
        yield from (("", line) for line, _ in self.lines(12, 40) if not _is_prose(line))
        yield from ((stamp, text) for away, stamp, text in found if away > FAR)

    def may_tell(self, number: int) -> bool:
        """Whether an element may tell of the article: it is right at the headline, where bylines and dates are
        whatever surrounds them, or not in another part of the page."""
        return self._is_at_headline(number) or not self._layout.is_beside(self.elements[number])

    def _is_at_headline(self, number: int) -> bool:
        return bool(self._headline) and abs(number - self._headline) <= NEAR

    def distance(self, number: int) -> int:
        """How far an element is from the headline; what is well before it counts as twice as far, what may belong to
        another part of the page as further still."""
        away = number - self._headline
        if away < 0:
            away = -away if -away <= NEAR else -2 * away
        return away + (0 if self._is_at_headline(number) else 60 * self._layout.apartness(self.elements[number]))


@lru_cache(maxsize=20_000)  # the elements of a page share a few hundred names
def _names_dates(names: str) -> bool:
    return _DATE.search(names) is not None


def _is_prose(line: str) -> bool:
    """Whether a line is rather a sentence, whose dates are those of what it tells."""
    words = line.count(" ")
    return words > 20 or (words > 12 and line[-1:] in ".!?")
