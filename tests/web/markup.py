"""Reads a page the way a browser does, so that tests ask for elements and not for strings."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(("meta", "link", "input", "br", "img"))


@dataclass
class Element:
    """An element, what it is in, and the text in it."""

    tag: str
    attrs: dict[str, str]
    within: Element | None = None
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, white space as shown."""
        return " ".join("".join(self.texts).split())

    def is_in(self, tag: str, cls: str = "") -> bool:
        """Whether it is in such an element."""
        parent = self.within
        while parent is not None:
            if parent.tag == tag and (not cls or cls in parent.attrs.get("class", "").split()):
                return True
            parent = parent.within
        return False


class Page(HTMLParser):
    """The elements of a page, in order. Fails on tags that are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {[element.tag for element in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open[-1] if self._open else None)
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.texts.append(data)

    def all(self, tag: str, cls: str = "") -> list[Element]:
        """The elements with this tag and class."""
        return [e for e in self.elements if e.tag == tag and (not cls or cls in e.attrs.get("class", "").split())]

    def one(self, tag: str, cls: str = "") -> Element:
        """The only such element."""
        found = self.all(tag, cls)
        assert len(found) == 1, f"{len(found)} of <{tag} class={cls!r}>"
        return found[0]

    def links(self) -> dict[str, str]:
        """Where the links lead, by what they say."""
        return {element.text: element.attrs["href"] for element in self.all("a")}
