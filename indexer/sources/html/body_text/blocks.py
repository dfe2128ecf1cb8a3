"""The text of a page in blocks, as readers see them: paragraphs, headings, items, rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from indexer.sources.html.texts import folded

BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary"
    " table tbody td tfoot th thead tr ul".split()
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SILENT = frozenset(("script", "style", "noscript", "template", "head"))


@dataclass(eq=False, slots=True)
class Block:
    """A run of text that no block element interrupts.

    `element` is the innermost block element around it, `link_chars` how many of its characters are in links.
    """

    element: HtmlElement
    text: str
    link_chars: int
    key: str = ""  # letters and digits of the text, to compare by

    @property
    def tag(self) -> str:
        return str(self.element.tag)

    @property
    def link_density(self) -> float:
        return self.link_chars / max(1, len(self.text))


def blocks_of(root: HtmlElement) -> list[Block]:
    """The blocks in `root`, in the order of the page."""
    blocks = list(_blocks(root))
    for block in blocks:
        block.key = folded(block.text)
    return blocks


class _Run:
    """Text that is gathered until a block ends."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.link_chars = 0
        self.breaks = 0  # line breaks at its end

    def add(self, text: str | None, in_link: bool) -> None:
        if not text:
            return
        self.parts.append(text)
        if not text.isspace():
            self.breaks = 0
            self.link_chars += len(" ".join(text.split())) if in_link else 0

    def taken(self, element: HtmlElement) -> Iterator[Block]:
        text = " ".join("".join(self.parts).split())
        if text:
            yield Block(element, text, self.link_chars)
        self.parts, self.link_chars, self.breaks = [], 0, 0


def _blocks(root: HtmlElement) -> Iterator[Block]:
    run = _Run()
    around = [root]  # the block elements that are open
    links = 0
    stack: list[tuple[HtmlElement, Iterator[HtmlElement]]] = [(root, iter(root))]
    run.add(root.text, False)
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is not None:
            if child.tag in _SILENT or not isinstance(child.tag, str):
                run.add(child.tail, links > 0)
                continue
            if child.tag in BLOCK_TAGS:
                yield from run.taken(around[-1])
                around.append(child)
            elif child.tag == "br":
                run.breaks += 1
                run.parts.append("\n")
                if run.breaks == 2:
                    yield from run.taken(around[-1])
            links += child.tag == "a"
            run.add(child.text, links > 0)
            stack.append((child, iter(child)))
            continue
        stack.pop()
        links -= element.tag == "a"
        if element.tag in BLOCK_TAGS:
            yield from run.taken(around[-1])
            around.pop()
        if stack:
            run.add(element.tail, links > 0)
