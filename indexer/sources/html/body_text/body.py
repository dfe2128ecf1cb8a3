"""The body of the article on a page, as paragraphs.

The library trafilatura proposes which texts are the article. Its proposal is laid over the blocks of the page, so that
what it missed between them comes back (a standfirst above the body, a paragraph within it) and what it took too much
goes: links to other articles, calls to subscribe, lines under pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from typing import NamedTuple

from lxml.html import HtmlElement
from trafilatura import bare_extraction, external
from trafilatura.settings import Document as Extracted

from indexer.sources.html.about.metadata import Metadata
from indexer.sources.html.body_text.blocks import Block, blocks_of
from indexer.sources.html.body_text.choice import LEAD_WITHIN, MIN_BODY, Choice, headline_at, is_withheld, voted
from indexer.sources.html.body_text.hidden import drop_unseen, hides_by_style
from indexer.sources.html.body_text.site_blocks import Repeated, drop_repeated
from indexer.sources.html.layout import Layout
from indexer.sources.html.texts import folded, line_of

MAX_BLOCKS = 5_000
MAX_CHARS = 500_000
MAX_ELEMENTS = 15_000
"""Sizes of a page up to which the library is asked; beyond them are live blogs of days, and no articles."""


class Body(NamedTuple):
    """The body of an article: paragraphs separated by blank lines, empty if there are none, and where its links lead,
    as the page writes that."""

    text: str = ""
    hrefs: tuple[str, ...] = ()


def article_body(root: HtmlElement, known: Metadata, repeated: Repeated = frozenset()) -> Body:
    """The body of the article of the page `root`. `repeated` are the blocks that the page's site repeats, which are
    left out."""
    body = _body(root, known, repeated, styled=True)
    if len(body.text) < MIN_BODY and hides_by_style(root):
        whole = _body(root, known, repeated, styled=False)  # some pages hide the article until a program shows it
        return whole if len(whole.text) > 3 * len(body.text) else body
    return body


def _body(root: HtmlElement, known: Metadata, repeated: Repeated, styled: bool) -> Body:
    tree = deepcopy(root)
    heading = _twin(known.heading, root, tree)
    keep = frozenset([tree] if heading is None else [heading, *heading.iterancestors()])
    if repeated:  # before anything else goes: blocks are known by where they stand
        drop_repeated(tree, repeated, keep)
    drop_unseen(tree, keep, styled)
    layout = Layout(tree)
    layout.set_headline(heading)
    blocks = blocks_of(tree)
    if is_withheld(blocks, known.body_said):
        return Body(_said_body(blocks, layout, heading, known))
    if _is_large(tree, blocks):
        proposed, taken = "", _unlinked(blocks, layout, headline_at(blocks, heading))
    else:
        proposed = _proposed(tree, known.url)
        taken = voted(blocks, proposed)
    choice = Choice(blocks, layout, heading, known, taken)
    choice.begin_earlier()
    if not choice.blocks:
        return Body(proposed)
    choice.drop_apart()
    choice.drop_above()
    choice.heed_said()
    choice.add_between()
    choice.add_lists()
    choice.add_lead()
    choice.drop_captions()
    choice.drop_pointers()
    choice.drop_boxes()
    choice.drop_repeats()
    choice.trim()
    return Body(rendered(choice.blocks), _hrefs(choice.blocks, blocks))


def _hrefs(chosen: Sequence[Block], blocks: Sequence[Block]) -> tuple[str, ...]:
    """Where the links in the chosen ones of the blocks of a page lead, each once."""
    elements = {block.element for block in blocks}
    found: dict[str, None] = {}
    for element in dict.fromkeys(block.element for block in chosen):
        for link in element.iter("a"):
            around = next((each for each in (link, *link.iterancestors()) if each in elements), None)
            if around is element and (href := (link.get("href") or "").strip()):
                found[href] = None
    return tuple(found)


def rendered(blocks: Sequence[Block]) -> str:
    """Blocks as text: items of a list and rows of a table as lines, paragraphs with blank lines between them."""
    parts: list[str] = []
    before: Block | None = None
    for block in blocks:
        if before is not None:
            parts.append(_glue(before, block))
        parts.append(block.text)
        before = block
    return "".join(parts)


def _glue(before: Block, block: Block) -> str:
    if before.element is block.element:  # paragraphs in one cell or item
        return "\n\n"
    cells = {before.tag, block.tag} <= {"td", "th"}
    if cells and before.element.getparent() is block.element.getparent():
        return " | "
    same = {before.tag, block.tag} <= {"li", "td", "th", "dt", "dd"}
    return "\n" if same and _list_of(before.element) is _list_of(block.element) else "\n\n"


def _list_of(element: HtmlElement) -> HtmlElement | None:
    return next(element.iterancestors("ul", "ol", "table", "dl"), None)


def _twin(element: HtmlElement | None, root: HtmlElement, copy: HtmlElement) -> HtmlElement | None:
    """The element of `copy` that stands where `element` stands in `root`."""
    if element is None:
        return None
    return next((twin for one, twin in zip(root.iter(), copy.iter(), strict=True) if one is element), None)


def _said_body(blocks: Sequence[Block], layout: Layout, heading: HtmlElement | None, known: Metadata) -> str:
    """The body that JSON-LD gives, below the standfirst that the page shows."""
    choice = Choice(blocks, layout, heading, known, [False] * len(blocks))
    choice.add_lead(min(headline_at(blocks, heading) + LEAD_WITHIN, len(blocks)))
    lead = rendered(choice.blocks)
    said = "\n\n".join(line for part in known.body_said.split("\n") if (line := line_of(part)))
    return said if folded(lead) in folded(said) else f"{lead}\n\n{said}"


def _is_large(tree: HtmlElement, blocks: Sequence[Block]) -> bool:
    """Whether a page is too large for the library, whose time grows faster than the page."""
    return (
        len(blocks) > MAX_BLOCKS
        or sum(len(block.text) for block in blocks) > MAX_CHARS
        or sum(1 for _ in tree.iter()) > MAX_ELEMENTS
    )


def _unlinked(blocks: Sequence[Block], layout: Layout, start: int) -> list[bool]:
    """Which blocks are likely the article where nothing is proposed: those below the headline, the block at `start`,
    that are not in links nor in a part of the page whose name speaks against them."""
    return [
        n > start and block.link_density < 0.3 and layout.apartness(block.element) == 0
        for n, block in enumerate(blocks)
    ]


class _HashedOnce(tuple[str, ...]):
    """Words whose hash is computed once."""

    def __hash__(self) -> int:
        known: int = self.__dict__.setdefault("hash", -1)
        if known == -1:
            known = self.__dict__["hash"] = super().__hash__()
        return known


@cache
def _hash_stop_words_once() -> None:
    """For a page with a short text the library looks a set up by all 150,000 stop words that it has, and to hash them
    took a third of the time of reading pages."""
    external.JT_STOPLIST = _HashedOnce(external.jt_stoplist_init())


def _proposed(tree: HtmlElement, url: str) -> str:
    _hash_stop_words_once()
    found = bare_extraction(tree, url=url or None, include_comments=False, with_metadata=False)
    return found.text or "" if isinstance(found, Extracted) else ""
