"""Where on a page each field of its article stands, for people who wonder why a field is what it is.

Fields are read by `metadata`, which weighs several places against each other. Here the page is searched for what came
of it, in the order in which its places are believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lxml.html import HtmlElement

from indexer.article.article import Article
from indexer.article.urls import canonical_url
from indexer.base.errors import ArticleError
from indexer.sources.html.about.json_ld import JsonLd
from indexer.sources.html.about.when import said_date, url_date
from indexer.sources.html.texts import folded, words_of

_MOST = 4000  # places that are looked at
_LONGEST = 2000  # characters of one
_DEEPEST = 4  # keys of JSON-LD within each other
_VISIBLE = frozenset(("h1", "h2", "h3", "time", "title", "a", "p", "span", "div", "address", "li", "td", "small", "em"))

Place = tuple[str, str]
"""What a place is called, and the text there."""


def origins(root: HtmlElement, article: Article) -> dict[str, str]:
    """For each field of an article that is not empty the place on its page that says so, empty where none does: what
    was derived from its name, address or text."""
    places = list(_places(root))
    wanted: dict[str, Any] = {
        "title": article.title,
        "url": article.url,
        "authors": article.authors[0] if article.authors else "",
        "date": article.date,
        "section": article.section,
        "tags": article.tags[0] if article.tags else "",
        "site": article.site,
        "language": article.language,
        "excerpt": article.excerpt,
    }
    return {name: _place_of(name, value, places) for name, value in wanted.items() if value}


def _place_of(name: str, value: Any, places: list[Place]) -> str:
    if name == "date":
        places = sorted(places, key=lambda place: "odified" in place[0] or "pdated" in place[0])
        if place := next((where for where, text in places if _is_on(text, value)), ""):
            return place
        return next((f"the address in {where}" for where, text in places if _is_in_address(text, value)), "")
    if name == "url":
        places = sorted(places, key=lambda place: place[0] != '<link "canonical">')
        return next((where for where, text in places if _is_address(text, value)), "")
    if name == "language":
        return next((w for w, text in places if _says_language(w) and text.lower()[:2] == value), "")
    key = folded(value)
    tests: tuple[Callable[[str], bool], ...] = (lambda text: text == key, lambda text: bool(key) and key in text)
    texts = [(where, folded(text)) for where, text in places]
    return next((where for test in tests for where, text in texts if test(text)), "")


def _is_on(text: str, date: Any) -> bool:
    found = said_date(text) if any(c.isdigit() for c in text) and len(text) <= 200 else None
    return (found is not None and abs(found - date).total_seconds() < 1) or (
        found is not None and found.date() == date.date()
    )


def _is_in_address(text: str, date: Any) -> bool:
    found = url_date(text) if text.startswith(("http", "/")) else None
    return found is not None and found.date() == date.date()


def _is_address(text: str, url: str) -> bool:
    try:
        return canonical_url(text) == url
    except (ArticleError, ValueError):
        return False


def _says_language(where: str) -> bool:
    return any(word in where.lower() for word in ("lang", "locale"))


def _places(root: HtmlElement) -> Iterator[Place]:
    """The places of a page that say something about its article, the most trusted first."""
    for node in JsonLd(root).nodes[:50]:
        yield from _of_node("JSON-LD", node, _DEEPEST)
    for element in root.iter("html"):
        yield "<html lang>", element.get("lang") or element.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("http-equiv") or element.get("itemprop")
        yield f'<meta "{(name or "")[:40]}">', (element.get("content") or "")[:_LONGEST]
    for element in root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            yield '<link "canonical">', element.get("href") or ""
    elements = [element for _, element in zip(range(_MOST), root.iter(*_VISIBLE), strict=False)]
    for element in elements:
        if element.get("itemprop"):
            for text in (element.get("content"), element.get("datetime"), words_of(element)):
                yield f"microdata {element.get('itemprop')}"[:60], (text or "")[:_LONGEST]
    for element in elements:
        shown = words_of(element)
        for text in (element.get("datetime") or "", shown if len(shown) <= _LONGEST else ""):
            if text:
                yield _called(element), text


def _of_node(path: str, value: Any, depth: int) -> Iterator[Place]:
    if isinstance(value, dict) and depth:
        for key, inner in list(value.items())[:60]:
            yield from _of_node(f"{path} {key}" if path == "JSON-LD" else f"{path}.{key}", inner, depth - 1)
    elif isinstance(value, list):
        for inner in value[:30]:
            yield from _of_node(path, inner, depth)
    elif isinstance(value, str):
        yield path[:80], value[:_LONGEST]


def _called(element: HtmlElement) -> str:
    """An element as its tag stands in the page, so that it can be looked for there."""
    classes = " ".join((element.get("class") or "").split())[:40]
    return f'<{element.tag} class="{classes}">' if classes else f"<{element.tag}>"
