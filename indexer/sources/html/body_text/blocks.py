"""The text of a page in blocks, as readers see them: paragraphs, headings, items, rows."""

from __future__ import annotations

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
    walk = _Walk(root)
    walk.into(root)
    walk.end_block()
    for block in walk.blocks:
        block.key = folded(block.text)
    return walk.blocks


class _Walk:
    """Goes through a tree and gathers text until a block ends. Elements are within each other up to the depth that the
    parser of pages leaves."""

    def __init__(self, root: HtmlElement) -> None:
        self.blocks: list[Block] = []
        self._around = [root]  # the block elements that are open
        self._parts: list[str] = []
        self._link_chars = 0
        self._links = 0  # that are open
        self._breaks = 0  # line breaks at the end of the text

    def into(self, element: HtmlElement) -> None:
        """Takes the text in an element, not that behind it."""
        if element.text:
            self._add(element.text)
        for child in element:
            tag = child.tag
            if tag in BLOCK_TAGS:
                self.end_block()
                self._around.append(child)
                self.into(child)
                self.end_block()
                self._around.pop()
            elif tag == "a":
                self._links += 1
                self.into(child)
                self._links -= 1
            elif tag == "br":
                self._break()
                self.into(child)
            elif tag not in _SILENT and isinstance(tag, str):
                self.into(child)
            if child.tail:
                self._add(child.tail)

    def end_block(self) -> None:
        """Ends a block where there is text for one."""
        if self._parts:
            if text := " ".join("".join(self._parts).split()):
                self.blocks.append(Block(self._around[-1], text, self._link_chars))
            self._parts = []
        self._link_chars = self._breaks = 0

    def _break(self) -> None:
        self._breaks += 1
        self._parts.append("\n")
        if self._breaks == 2:
            self.end_block()

    def _add(self, text: str) -> None:
        self._parts.append(text)
        if self._links or self._breaks:
            if text.isspace():
                return
            self._breaks = 0
            self._link_chars += len(" ".join(text.split())) if self._links else 0
