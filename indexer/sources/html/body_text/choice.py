"""Which blocks of a page are its article: a proposal, to which what it missed is added, and less what is too much."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise

from lxml.html import HtmlElement

from indexer.sources.html.about.metadata import Metadata
from indexer.sources.html.body_text.blocks import HEADINGS, Block
from indexer.sources.html.body_text.phrases import CALL, CREDIT, DATE_OR_BYLINE, POINTER
from indexer.sources.html.layout import APART, Layout, names_on
from indexer.sources.html.texts import folded, line_of, words_of

SHORT_KEY = 16
"""Letters of a text; shorter ones stand on a page more than once by chance."""
SHORT_LINE = 160
LEAD_WITHIN = 25
"""Blocks between the headline and the body among which a standfirst is looked for."""
MIN_BODY = 200
MIN_SAID = 400
"""Characters of a body in JSON-LD; shorter ones are teasers."""
LEAST_LEFT = {1: 0.6, APART: 0.3}
"""The share of a proposal that must be left if what stands apart (see `Layout.apartness`) is taken back."""
MIN_LIST = 80
"""Characters of a list that is taken for a part of the article."""
MOST_OF_BOX = 800
"""Characters of a box within an article, such as the offer of a newsletter."""

_ENDS = '.!?…»”"“。！？।'
_LEAD = re.compile(
    r"\blead|\bintro|stand-?first|teaser|summary|sub-?(?:title|head|line)|description|\bdek|\bdeck|excerpt|abstract|"
    r"vorspann|chap[oô]|entradilla|bajada|sommario|resum|perex|anlauf|short-?info|hero-?text|ingress|zusammenfassung|"
    r"preface|kicker-text",
    re.I,
)
_TEXT_TAGS = ("p", "li", "blockquote", "pre", "dd", "div")
_SUBHEAD = re.compile(r"heading|sub-?head|cross-?head|zwischen|intertitre|ladillo", re.I)
_CAPTION = re.compile(
    r"caption|credit|copyright|bildunter|bildnachweis|media__|image-?(?:desc|text|info|title)|photo-?(?:desc|by|info)|"
    r"legende?\b|\bfigure|picture-?desc",
    re.I,
)
_META = re.compile(
    r"byline|author|\bdate|datum|meta\b|metainfo|timestamp|\btags?\b|share|social|breadcrumb|kicker\b|topline|category|"
    r"rubrik|reading-?time",
    re.I,
)


class Choice:
    """Blocks of a page, each with whether it is taken for the article; the methods change that, step by step."""

    def __init__(
        self, blocks: Sequence[Block], layout: Layout, heading: HtmlElement | None, known: Metadata, taken: list[bool]
    ) -> None:
        self._blocks = blocks
        self._layout = layout
        self._heading = heading
        self._known = known
        self._taken = taken
        self._start = headline_at(blocks, heading)

    @property
    def blocks(self) -> list[Block]:
        """The blocks that are taken, in the order of the page."""
        return [block for block, take in zip(self._blocks, self._taken, strict=True) if take]

    def begin_earlier(self) -> None:
        """Takes the prose between the headline and what is taken instead of that where it is more: the
        proposal passed over the article, as where it takes the posts of a forum for comments."""
        chosen = self._chosen()
        first = next((n for n in chosen if n > self._start and _is_prose(self._blocks[n])), len(self._blocks))
        passed = [n for n in range(self._start + 1, first) if not self._taken[n] and self._is_plain_prose(n)]
        length = sum(len(self._blocks[n].text) for n in passed)
        if self._heading is not None and len(passed) >= 3 and length > max(MIN_BODY, self._length()):
            self._drop(chosen)
            for n in passed:
                self._taken[n] = True

    def _is_plain_prose(self, number: int) -> bool:
        block = self._blocks[number]
        return block.link_density < 0.3 and _is_prose(block) and self._layout.apartness(block.element) == 0

    def drop_apart(self) -> None:
        """Takes back what is in another part of the page, unless hardly anything would be left of what was proposed."""
        total = self._length()
        for least in (1, APART):  # where too much is called "teaser" or "footer", at least what surely is apart goes
            left = [n for n in self._chosen() if self._layout.apartness(self._blocks[n].element) < least]
            if sum(len(self._blocks[n].text) for n in left) >= max(MIN_BODY, LEAST_LEFT[least] * total):
                self._drop(set(self._chosen()) - set(left))
                return

    def drop_above(self) -> None:
        """Takes back lines above the headline, where the text is below it."""
        above = [n for n in self._chosen() if n < self._start]
        length = sum(len(self._blocks[n].text) for n in above)
        if length < (self._length() - length) / 2:
            self._drop(n for n in above if len(self._blocks[n].text) < 2 * SHORT_LINE)

    def heed_said(self) -> None:
        """Where JSON-LD gives the body as well: adds what is in it below the headline, and takes back what is before
        and behind it, if it has most of what was proposed (many pages give no more than the beginning)."""
        if len(self._known.body_said) < MIN_SAID:
            return
        whole = folded(line_of(self._known.body_said))
        told = [n for n, block in enumerate(self._blocks) if len(block.key) >= SHORT_KEY and block.key in whole]
        total = self._length()
        common = sum(len(self._blocks[n].text) for n in told if self._taken[n])
        for n in told:
            self._taken[n] = self._taken[n] or n > self._start
        if told and common >= 0.7 * total:
            self._drop(n for n in self._chosen() if n < told[0] or (n > told[-1] and not _is_prose(self._blocks[n])))

    def add_between(self) -> None:
        """Adds what was left out between two texts of the article and stands beside one of them: in the same element,
        or prose in an element beside its."""
        chosen = self._chosen()
        if not chosen:
            return
        parents = {self._blocks[n].element.getparent() for n in chosen}
        around = parents | {parent.getparent() for parent in parents if parent is not None}
        for n in range(chosen[0], chosen[-1]):
            block = self._blocks[n]
            parent = block.element.getparent()
            near = parent in parents
            heading = near and _is_heading(block)
            near = near or (parent in around and _is_prose(block))
            text = near and block.tag in _TEXT_TAGS and len(block.text) >= 40
            if (heading or text) and self._may_be_article(block):
                self._taken[n] = True

    def add_lists(self) -> None:
        """Adds lists between two texts of the article and beside one of them that were left out as a whole, save those
        of links."""
        chosen = self._chosen()
        parents = {self._blocks[n].element.getparent() for n in chosen}
        lists: dict[HtmlElement, list[int]] = {}
        for n in range(chosen[0], chosen[-1]) if chosen else ():
            block = self._blocks[n]
            if block.tag in ("li", "dt", "dd") and block.element.getparent() is not None:
                lists.setdefault(block.element.getparent(), []).append(n)
        for element, items in lists.items():
            length = sum(len(self._blocks[n].text) for n in items)
            links = sum(self._blocks[n].link_chars for n in items)
            beside = element.getparent() in parents and not any(self._taken[n] for n in items)
            if beside and length >= MIN_LIST and links < 0.3 * length and self._may_hold_article(element):
                for n in items:
                    self._taken[n] = self._may_be_article(self._blocks[n])

    def add_lead(self, until: int | None = None) -> None:
        """Adds the standfirst: what stands between the headline and the body and is called that, says what the page's
        description says, or is a paragraph of prose. The body begins with block `until`, or with what is taken."""
        first = until
        if first is None:
            title = folded(self._known.title)  # which some pages show a second time
            below = [
                n
                for n in self._chosen()
                if n > self._start and self._blocks[n].tag != "h1" and self._blocks[n].key != title
            ]
            if not below:
                return
            first = below[0]
        start = self._start if self._start >= 0 else max(-1, first - 8)
        if first - start <= LEAD_WITHIN + 1:
            for n in range(start + 1, first):
                self._taken[n] = self._taken[n] or self._is_lead(self._blocks[n])

    def drop_captions(self) -> None:
        """Takes back lines under pictures."""
        for n in self._chosen():
            block = self._blocks[n]
            around = [block.element, *islice(block.element.iterancestors(), 1)]
            called = any(each.tag == "figcaption" or _CAPTION.search(each.get("class") or "") for each in around)
            if called and len(block.text) <= 300:
                self._taken[n] = False

    def drop_pointers(self) -> None:
        """Takes back lines that point to other articles, with the links that follow them."""
        follows = False
        for n in self._chosen():
            block = self._blocks[n]
            pointer = (
                len(block.text) <= SHORT_LINE
                and POINTER.match(block.text)
                and (block.link_density > 0.5 or block.tag in HEADINGS or len(block.text) <= 60)
            )
            follows = bool(pointer) or (follows and block.link_density > 0.7)
            self._taken[n] = not follows

    def drop_boxes(self) -> None:
        """Takes back boxes within the article, such as the offer of a newsletter: a few texts in an element of their
        own, one of which asks for something."""
        boxes: dict[HtmlElement, list[int]] = {}
        for n in self._chosen():
            boxes.setdefault(self._blocks[n].element.getparent(), []).append(n)
        total = self._length()
        for box in boxes.values():
            texts = [self._blocks[n].text for n in box]
            length = sum(map(len, texts))
            asks = sum(len(text) for text in texts if len(text) <= SHORT_LINE and CALL.search(text))
            is_list = self._blocks[box[0]].tag in ("li", "td", "th")
            if asks and (len(box) > 1 or asks == length) and length <= min(MOST_OF_BOX, total / 4) and not is_list:
                self._drop(box)

    def drop_repeats(self) -> None:
        """Takes back what stands on the page a second time."""
        seen: set[str] = set()
        for n in self._chosen():
            key = self._blocks[n].key
            if len(key) >= 2 * SHORT_KEY:
                self._taken[n] = key not in seen
                seen.add(key)

    def trim(self) -> None:
        """Takes back what stands before the first and behind the last text of the article: headline, byline, date,
        calls and links. Something always stays."""
        chosen = self._chosen()
        ours = {folded(self._known.title), *map(folded, self._known.authors)}
        first = next((i for i, n in enumerate(chosen) if not self._is_above_text(self._blocks[n], ours)), len(chosen))
        last = next((i for i, n in enumerate(reversed(chosen)) if not _is_below_text(self._blocks[n])), len(chosen))
        if first + last < len(chosen):
            self._drop([*chosen[:first], *chosen[len(chosen) - last :]])

    def _chosen(self) -> list[int]:
        return [n for n, take in enumerate(self._taken) if take]

    def _length(self) -> int:
        return sum(len(block.text) for block in self.blocks)

    def _drop(self, numbers: Iterable[int]) -> None:
        for n in numbers:
            self._taken[n] = False

    def _may_hold_article(self, element: HtmlElement) -> bool:
        return self._layout.apartness(element) == 0 and not _META.search(names_on(element))

    def _may_be_article(self, block: Block) -> bool:
        return (
            block.link_density < 0.4
            and self._layout.apartness(block.element) == 0
            and not _META.search(names_on(block.element))
            and not _is_beside_text(block)
        )

    def _is_lead(self, block: Block) -> bool:
        element, heading = block.element, self._heading
        if heading is not None and is_within(element, heading):
            return False
        if block.link_density > 0.3 or self._layout.is_beside(element) or _is_beside_text(block):
            return False
        around = [element, *islice(element.iterancestors(), 2)]
        names = " ".join(names_on(each) for each in around)
        holds_headline = heading is not None and any(is_within(heading, each) for each in around)  # all is in a figure
        if not holds_headline and any(each.tag in ("figure", "figcaption", "nav") for each in around):
            return False
        if _CAPTION.search(names):
            return False
        described = folded(self._known.description)
        if described and len(block.key) >= SHORT_KEY and (block.key in described or described[:60] in block.key):
            return True
        if heading is None:
            return False
        if _LEAD.search(names) and len(block.text) >= 25:
            return True
        under_heading = block.tag == "p" and element.getparent() is heading.getparent() and len(block.text) >= 50
        return (under_heading or _is_prose(block)) and not _META.search(names_on(element))

    def _is_above_text(self, block: Block, ours: set[str]) -> bool:
        short = len(block.text) <= SHORT_LINE
        return block.key in ours or (short and bool(DATE_OR_BYLINE.match(block.text) or CREDIT.match(block.text)))


def headline_at(blocks: Sequence[Block], heading: HtmlElement | None) -> int:
    """The number of the block that is the headline, -1 if none is."""
    if heading is None:
        return -1
    return next((n for n, block in enumerate(blocks) if is_within(block.element, heading)), -1)


def is_within(element: HtmlElement, outer: HtmlElement) -> bool:
    """Whether an element is `outer` or in it."""
    return element is outer or any(at is outer for at in element.iterancestors())


def voted(blocks: Sequence[Block], proposed: str) -> list[bool]:
    """Which blocks are in the text that was proposed; it has a row of a table on a line."""
    lines = {folded(line) for line in proposed.split("\n")}
    whole = folded(proposed)
    return [
        bool(block.key)
        and (
            block.key in lines
            or (len(block.key) >= SHORT_KEY and block.key in whole)
            or (block.tag in ("td", "th") and _row_key(block) in lines)
        )
        for block in blocks
    ]


def _row_key(block: Block) -> str:
    return folded(words_of(block.element.getparent()))


def is_withheld(blocks: Sequence[Block], said: str) -> bool:
    """Whether the page gives its article in JSON-LD and does not show most of it, as behind a paywall."""
    if len(said) < MIN_SAID:
        return False
    shown = set(pairwise(" ".join(block.text for block in blocks).split()))
    told = list(pairwise(line_of(said).split()))
    return sum(pair in shown for pair in told) < 0.4 * len(told)


def _is_heading(block: Block) -> bool:
    named = len(block.text) <= SHORT_LINE and _SUBHEAD.search(block.element.get("class") or "")
    return block.tag in HEADINGS or bool(named)


def _is_prose(block: Block) -> bool:
    return len(block.text) >= 80 and block.text.rstrip()[-1:] in _ENDS


def _is_beside_text(block: Block) -> bool:
    if POINTER.match(block.text) or CREDIT.match(block.text):
        return True
    return len(block.text) <= SHORT_LINE and bool(CALL.search(block.text) or DATE_OR_BYLINE.match(block.text))


def _is_below_text(block: Block) -> bool:
    text = block.text
    if block.tag in HEADINGS or (block.link_density > 0.8 and len(text) <= 2 * SHORT_LINE):
        return True
    return len(text) <= SHORT_LINE and bool(CALL.search(text) or DATE_OR_BYLINE.match(text) or CREDIT.match(text))
