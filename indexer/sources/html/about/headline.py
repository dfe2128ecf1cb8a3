"""The headline of a page: what the page says it is, and the heading that readers see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement
from rapidfuzz import fuzz

from indexer.sources.html.layout import Layout
from indexer.sources.html.texts import folded, words_of

LONGEST_HEADLINE = 400
MOST_HEADINGS = 80
_HEADINGS = ("h1", "h2", "h3")
_BAR = re.compile(r"\s+(?:(?:[|•·—–⁄*⋆~‹«<›»>:/]+|-{1,2})\s+)+|\s*\|\s*|\s+--+(?=\w)")
_FRONT_PAGE = re.compile(r"/|(?:https?:)?//[^/?#]+/?|(?:\./|\.\./)*index\.\w+", re.I)
_SITE_NAME = re.compile(
    r"site-?(?:title|name|branding|logo)|blog-?(?:title|name)|\blogo|branding|masthead(?!-title)", re.I
)
_KICKER = re.compile(
    r"kicker|strap-?line|over-?line|top-?line|roof-?line|eyebrow|dachzeile|spitzmarke|sur-?titre|ante-?titulo|"
    r"occhiello|sub-?(?:title|titel|head|line)|tag-?line",
    re.I,
)
"""What the lines above and below a headline are called, though some are headings of the first level."""
_COMMON = 8
"""Letters of a word that a heading shares with a title that says something else of the same thing."""
_HEADLINE = re.compile(
    r"head-?line|entry-?title|post-?title|article-?title|page-?title|story-?title|single-?title|\btitle\b|titel|"
    r"überschrift|titulo|titre",
    re.I,
)


def headings(root: HtmlElement) -> list[HtmlElement]:
    """The headings that may be the headline, in the order of the page: those of the first levels, and what is called
    a headline."""
    found = []
    for element in root.iter("h1", "h2", "h3", "div", "p", "span"):
        is_heading = element.tag in _HEADINGS or (
            "headline" in (element.get("itemprop") or "").split() or _names_headline(element.get("class") or "")
        )
        if (
            is_heading
            and len(element) < 12
            and 0 < len(words_of(element)) <= LONGEST_HEADLINE
            and not _names_site(element)
        ):
            found.append(element)
            if len(found) == MOST_HEADINGS:
                break
    return found


def chosen_headline(
    root: HtmlElement, shown: Sequence[HtmlElement], said: Sequence[str], sites: Sequence[str], layout: Layout
) -> tuple[str, HtmlElement | None]:
    """The headline, and the heading that shows it (None if there is none).

    `shown` are the `headings`; `said` are the titles that the page gives, the most trusted first; `sites` are names
    of its site and other texts that are no headline.
    """
    none = {folded(name) for name in sites if name}
    words = {element: words_of(element) for element in shown}
    shown = [element for element in shown if folded(words[element]) not in none]
    told = [title for title in said if title and folded(title) not in none]
    window = page_title(root)
    tops = [element for element in shown if element.tag == "h1" and not layout.is_beside(element)]
    for title in [*told, window]:
        likeness = {element: alike(words[element], title) for element in shown}
        like = [element for element in shown if likeness[element] and not (tops and layout.is_beside(element))]
        if like:
            best = max(
                like, key=lambda element: likeness[element] + _bonus(element, words[element], title, layout)
            )  # first of equals
            return words[best], best
    if len(tops) == 1 and any(_share_a_word(words[tops[0]], title) for title in [*told, window]):
        return words[tops[0]], tops[0]
    if len(tops) == 1 and not told:
        return words[tops[0]], tops[0]
    seconds = [element for element in shown if element.tag in ("h1", "h2") and not layout.is_beside(element)]
    if len(seconds) == 1 and not told:  # the window is then called after the site, and the page after its part of it
        return words[seconds[0]], seconds[0]
    if told:
        return without_site(told[0], sites), tops[0] if tops else None
    if tops:
        return words[tops[0]], tops[0]
    return (without_site(window, sites), None) if window else ("", None)


def _bonus(element: HtmlElement, words: str, title: str, layout: Layout) -> float:
    """What speaks for a heading as the headline of a page called `title`, beside how much of that it shows: sites'
    names and sections stand behind the headline."""
    bonus = (0.15 if element.tag == "h1" else 0.0) - 0.15 * layout.apartness(element)
    if _KICKER.search(element.get("class") or ""):
        bonus -= 0.3
    return bonus + 0.05 * folded(title).startswith(folded(words))


def _share_a_word(heading: str, title: str) -> bool:
    """Whether a long word of a heading is a word, or a part of one, of the title, or the other way round."""
    ours, theirs = (folded(line) for line in (heading, title))
    return any(len(word) >= _COMMON and (word in theirs) for word in map(folded, heading.split())) or any(
        len(word) >= _COMMON and word in ours for word in map(folded, re.split(r"[\s-]+", title))
    )


@lru_cache(maxsize=20_000)  # the elements of a page share a few hundred names
def _names_headline(names: str) -> bool:
    return _HEADLINE.search(names) is not None


def _names_site(element: HtmlElement) -> bool:
    """Whether a heading is the site's name or logo: it links to the site's front page, or is called that."""
    link = next(element.iter("a"), None)
    if link is None and element.getparent() is not None and element.getparent().tag == "a":
        link = element.getparent()
    if link is not None and _FRONT_PAGE.fullmatch((link.get("href") or "").strip()):
        return True
    around = [element, *islice(element.iterancestors(), 2)]
    return any(_SITE_NAME.search(f"{each.get('class') or ''} {each.get('id') or ''}") for each in around)


def page_title(root: HtmlElement) -> str:
    """The text of the page's ``<title>``."""
    element = root.find(".//head/title")
    if element is None:
        element = root.find(".//title")
    return words_of(element)[:LONGEST_HEADLINE] if element is not None else ""


def alike(heading: str, title: str) -> float:
    """How much a heading shows of a title, 0 to 1: all of it, a part between bars, or most of its words; 0 where that
    is too little to call it the same."""
    a, b = folded(heading), folded(title)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    share = min(len(a), len(b)) / max(len(a), len(b))
    if (min(len(a), len(b)) >= 12 and (a in b or b in a)) or any(folded(part) == a for part in _BAR.split(title)):
        return 0.3 + 0.6 * share
    near = float(fuzz.ratio(a[:LONGEST_HEADLINE], b[:LONGEST_HEADLINE]) / 100)
    if near > 0.85:
        return near - 0.1
    words, others = set(heading.casefold().split()), set(title.casefold().split())
    common = len(words & others) / min(len(words), len(others))
    return 0.5 * common if len(words) >= 4 and common >= 0.6 else 0.0


def without_site(title: str, site_names: Sequence[str]) -> str:
    """A title without the site's name, which many put before or behind it."""
    parts = _BAR.split(title)
    if len(parts) < 2:
        return title
    sites = {folded(name) for name in site_names if name}
    for end in (-1, 0):
        if folded(parts[end]) in sites:
            rest = title[: title.rfind(parts[-1])] if end == -1 else title[title.find(parts[0]) + len(parts[0]) :]
            return rest.strip(" \t|•·—–⁄*⋆~‹«<›»>:/-")
    longest = max(parts, key=len)
    return longest if len(longest.split()) > 3 * max(len(p.split()) for p in parts if p is not longest) else title
