"""Who wrote an article, as its page shows that to readers: elements that say they name authors, and lines that begin
with "By" and a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from lxml.html import HtmlElement

from indexer.sources.html.about.authors import (
    OPENING_OF_BYLINE,
    is_desk,
    is_full_name,
    name_beside_date,
    names_in,
    people,
)
from indexer.sources.html.about.visible import FAR, LONGEST_LINE, Surroundings
from indexer.sources.html.texts import lines_of, words_of

LONGEST_OPENED = 90
LONGEST_LABELLED = 40  # lines

_AUTHOR = re.compile(
    r"\b(?:author|byline|by-?author|autor|auteur|auteurs|autore|autoren|autor[ei]s|verfasser|writer|journalist|"
    r"contributor|creator|signature|firma|post-?by|posted-?by|submitted|"
    r"author-?name|entry-author|article-author|post-author|meta-author|vcard)\b|(?:^|[_-])(?:author|byline|"
    r"autor)s?(?:$|[_-]|\b)|author(?:Name|Info|Link|s)|[a-z](?:Author|Byline)\b",
    re.I,
)
_AUTHOR_URL = re.compile(
    r"/(?:author|authors|autor|autoren|autores|auteur|auteurs|autori|redaktion|redakteur|journalist|journalists|"
    r"staff|writers?|contributors?)/[^/?#]+",
    re.I,
)
_LABEL = re.compile(
    r"(?:by|author|text|words|autor(?:in|en|es|a|i|e|/in|:in)?|auteure?s?|verfasser(?:in)?)\s*[:：]", re.I
)
"""What says that a name follows, wherever on the page it stands."""
_OF_PICTURES = re.compile(r"\W*(?:foto|photo|bild|image|grafik|illustration|video|camera|kamera|credit)", re.I)


class Byline(NamedTuple):
    """The names that a line shows as authors. `is_sure` where it can mean nothing else: it stands at the headline, and
    leads to the author's page or begins with "By"."""

    names: list[str]
    is_sure: bool


def bylines(around: Surroundings) -> Iterator[Byline]:
    """The bylines of a page, the likeliest first: elements that say they are one, lines near the headline, and lines
    anywhere in the article that begin with a label."""
    yield from _marked(around)
    yield from _near(around)
    yield from _labelled(around)


def _marked(around: Surroundings) -> Iterator[Byline]:
    marked: list[tuple[int, int, HtmlElement]] = []
    for number, element in enumerate(around.elements):
        kind = _kind(element)
        if kind is not None and around.may_tell(number):
            marked.append((around.distance(number), kind, element))
    for distance, kind, element in sorted(marked, key=lambda each: (each[1] + each[0] // FAR, each[0])):
        text = words_of(element)
        if 2 < len(text) <= LONGEST_LINE and (names := _names_on(element)):
            told = kind != 1 or OPENING_OF_BYLINE.match(text) is not None
            yield Byline(names, told and abs(distance) < FAR and (kind == 2 or is_full_name(names[0])))


def _near(around: Surroundings) -> Iterator[Byline]:
    """Lines near the headline that begin with "By" and a name, in any of the languages known, and the names in those
    that hold a date and a name."""
    for line, number in around.lines(15, 40):
        if _OF_PICTURES.match(line) or not around.may_tell(number):
            continue
        if name := name_beside_date(line):
            yield Byline([name], False)
        elif len(line) <= LONGEST_OPENED and OPENING_OF_BYLINE.match(line) and (names := names_in(line)):
            yield Byline(names, is_full_name(names[0]))


def _labelled(around: Surroundings) -> Iterator[Byline]:
    read: set[HtmlElement] = set()  # a paragraph may have thousands of labels, each in an element of its own
    for number, element in enumerate(around.elements):
        if not element.text or not _LABEL.match(element.text.lstrip()):
            continue
        whole = element if _LABEL.sub("", element.text).strip() else element.getparent()  # <b>Author:</b> Jane Doe
        if whole in read or not around.may_tell(number):
            continue
        read.add(whole)
        line = next((line for line in lines_of(whole)[:LONGEST_LABELLED] if _LABEL.match(line)), "")
        names = names_in(line) if len(line) <= LONGEST_OPENED else []
        if names and is_full_name(names[0]):
            yield Byline(names, False)


def _kind(element: HtmlElement) -> int | None:
    """How surely an element names authors, 0 the surest; None if it does not say that it does."""
    prop = element.get("itemprop") or element.get("property") or ""
    rel = element.get("rel") or ""
    if rel and "author" in rel.lower().split():
        return 0
    if prop and "author" in prop.lower().split():
        return 0
    names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-component') or ''}"
    if element.tag == "author" or (len(names) > 2 and _names_authors(names)):
        return 1
    return 2 if element.tag == "a" and leads_to_author(element) else None


def leads_to_author(link: HtmlElement) -> bool:
    """Whether a link leads to what sites call the page of an author."""
    return _AUTHOR_URL.search(link.get("href") or "") is not None


@lru_cache(maxsize=20_000)  # the elements of a page share a few hundred names
def _names_authors(names: str) -> bool:
    return _AUTHOR.search(names) is not None


def _names_on(element: HtmlElement) -> list[str]:
    """The names that an element shows: what is marked as a name or leads to an author's page in it, or else those in
    its first line that has any."""
    marked = [each for each in element.iter() if "name" in (each.get("itemprop") or "").split()]
    marked = marked or [link for link in element.iter("a") if leads_to_author(link)]
    if marked and (names := people(name for each in marked for name in _first(lines_of(each)))):
        return names
    children = [child for child in element if child.tag != "br"]
    alike = len(children) > 1 and len({(child.tag, child.get("class")) for child in children}) == 1
    return _first(lines_of(element), all_of_them=alike)


def _first(lines: Sequence[str], all_of_them: bool = False) -> list[str]:
    """The names in the first of `lines` that has any, and with `all_of_them` the full names in the others; desks and
    agencies where there is nothing else."""
    found: list[str] = []
    for line in lines:
        if _OF_PICTURES.match(line):
            continue
        names = names_in(line)
        if not found or all(map(is_desk, found)):
            found = names if names and not (found and not is_full_name(names[0])) else found
        elif all_of_them:
            found += [name for name in names if is_full_name(name)]
    return people(found)
