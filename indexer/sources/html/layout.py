"""Where things stand on a page: what is part of its article, and what is beside it."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

NAMES = ("class", "id", "itemprop", "rel", "data-testid", "data-component", "role", "property")
APART = 2
_SILENT = frozenset(("script", "style", "noscript", "template"))
MAIN_SHARE = 0.4
"""Of the page's text: an element with more holds the article, whatever it is called."""

_BESIDE = re.compile(
    r"comment(?!ary)|kommentar|disqus|\brespond|related|recommend|cookie|consent|newsletter|most-?read|meistgelesen|"
    r"also-?(?:read|like)|relacionad|autorelated|trending|popular(?!ity)|infinite-?scroll|breadcrumb|"
    r"\bnav(?:igation|bar)?\b|main-?nav|\bmenu\b|sub-?menu",
    re.I,
)
_PERHAPS_BESIDE = re.compile(
    r"teaser|sidebar(?!-(?:parent|relative|container))|footer|\bnav|latest|promo|next-post|\bprev|carousel|slider|"
    r"weitere|right-?(?:wrap|col|box|bar|rail)|\brail|complementary|more-(?:on|from|stories)|\bshar(?:e|ing)|"
    r"social|read-?(?:more|next)|similar|verwandt|\bad-|advert|banner|list-?item",
    re.I,
)
# What content systems put into the classes of a whole article: its own sections and tags, settings of the theme.
_TOPIC = re.compile(
    r"(?:category|tag|cat|section|topic|channel|author|format|type|status|has|with|no|is|without|theme|page|single|"
    r"layout|template)[-_]{1,2}\S*|\S*sidebar(?:-(?:left|right|none|both))",
    re.I,
)


def names_on(element: HtmlElement) -> str:
    """What an element is called by its page, classes, id and the like, as one text without what names its topics."""
    return " ".join(
        _without_topics(value) if name == "class" else value for name in NAMES if (value := element.get(name))
    )


@lru_cache(maxsize=20_000)  # the elements of a page share a few hundred names
def _without_topics(classes: str) -> str:
    return " ".join(name for name in classes.split() if not _TOPIC.fullmatch(name))


def text_sizes(root: HtmlElement) -> dict[HtmlElement, int]:
    """How many characters of text are in each element, blanks at the ends of pieces left out."""
    sizes: dict[HtmlElement, int] = {}
    _measure(root, sizes)
    return sizes


def _measure(element: HtmlElement, sizes: dict[HtmlElement, int]) -> int:
    if element.tag in _SILENT:
        sizes[element] = 0
        return 0
    text = element.text
    size = len(text.strip()) if text else 0
    for child in element:
        size += _measure(child, sizes)
        if tail := child.tail:
            size += len(tail.strip())
    sizes[element] = size
    return size


class Layout:
    """Which elements are beside the article: in navigation, comments, teasers and their like.

    An element that holds the headline or a large part of the page's text is never beside it.
    """

    def __init__(self, root: HtmlElement) -> None:
        sizes = text_sizes(root)
        least = sizes[root] * MAIN_SHARE
        self._main = {element for element, size in sizes.items() if size > least}
        self._headline: HtmlElement | None = None
        self._apartness: dict[HtmlElement, int] = {}

    def set_headline(self, heading: HtmlElement | None) -> None:
        """Says which element is the headline."""
        self._headline = heading
        self._apartness.clear()
        if heading is not None:
            self._main.add(heading)
            self._main.update(heading.iterancestors())

    def is_beside(self, element: HtmlElement) -> bool:
        """Whether an element is in a part of the page that surely is not its article."""
        return self.apartness(element) == APART

    def apartness(self, element: HtmlElement) -> int:
        """0 for an element that nothing keeps apart from the article, 1 for one in a part of the page whose name
        speaks against it, 2 (`APART`) for one that surely is in another."""
        path: list[HtmlElement] = []
        at: HtmlElement | None = element
        result = 0
        while at is not None and at not in self._main:
            known = self._apartness.get(at)
            if known is not None:
                result = known
                break
            path.append(at)
            at = at.getparent()
        for each in reversed(path):
            result = max(result, self._own_apartness(each))
            self._apartness[each] = result
        return result

    def _own_apartness(self, element: HtmlElement) -> int:
        tag = element.tag
        if tag in ("nav", "form", "script", "style", "noscript", "template") or (
            tag == "article" and self._headline is not None  # another story
        ):
            return APART
        return max(int(tag in ("aside", "footer")), _apartness_named(names_on(element)))


@lru_cache(maxsize=20_000)
def _apartness_named(names: str) -> int:
    if _BESIDE.search(names):
        return APART
    return int(_PERHAPS_BESIDE.search(names) is not None)
