"""Plain text taken apart for display. An article's body has no markup, only habits: blank lines between paragraphs,
``- 'New paradigm' -`` or a short line of capitals as a subheading, and a mark before each item of a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from indexer.article.article import Article

_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_SUBHEAD = re.compile(r"[-–—] (\S.*\S|\S) [-–—]\Z")
_SUBHEAD_MAX = 80  # characters
_WORDS_ONLY = re.compile(r"[^\n|]*[\w)?]\Z")
_SENTENCE_ENDS = (".", "!", "?", '"', "”", "’", "»", ")", "。")
_BULLET = re.compile(r"[-*•–] (?=\S)")
_OWN_LINE = re.compile(r"\d{1,3}[.)] |.* \| ")  # an item with a number, a row of a table
_WRAPPED = range(40, 101)  # what a line is long where an editor or a teleprinter broke it
_CUT = re.compile(r"(?<!\s)\s*+(?:\.\.\.|…)\Z")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an article's body: one line for a subheading, one or more of a paragraph, one for each list item."""

    kind: Literal["paragraph", "subhead", "list"]
    lines: tuple[str, ...]


def parts_of(body: str) -> list[Part]:
    """The parts of a body in order."""
    blocks = [block.strip() for block in _BLANK_LINE.split(body.replace("\r\n", "\n"))]
    blocks = [block for block in blocks if block]
    parts = []
    for before, block, after in zip(["", *blocks], blocks, [*blocks[1:], ""], strict=False):
        parts.append(Part("subhead", (block,)) if _stands_out(before, block, after) else _part(block))
    return parts


def _stands_out(before: str, block: str, after: str) -> bool:
    """Whether `block` is a heading that lost its marks: a few words that end no sentence, between two paragraphs."""
    is_heading = len(block) <= _SUBHEAD_MAX and block[0].isupper() and bool(_WORDS_ONLY.match(block))
    return is_heading and len(after) > _SUBHEAD_MAX and len(before) > _SUBHEAD_MAX and before.endswith(_SENTENCE_ENDS)


def _part(block: str) -> Part:
    lines = tuple(line.strip() for line in block.split("\n"))
    if len(lines) == 1:
        subhead = subhead_in(block)
        return Part("subhead", (subhead,)) if subhead else Part("paragraph", lines)
    if all(_BULLET.match(line) for line in lines):
        return Part("list", tuple(_BULLET.sub("", line, count=1) for line in lines))
    if all(len(line) in _WRAPPED and not _OWN_LINE.match(line) for line in lines[:-1]):
        return Part("paragraph", (" ".join(lines),))
    return Part("paragraph", lines)


def subhead_in(line: str) -> str:
    """The words of a subheading without the dashes around it; nothing if the line is not one."""
    if len(line) > _SUBHEAD_MAX:
        return ""
    if dashed := _SUBHEAD.match(line):
        return dashed[1]
    # one capital may be an initial or a bullet, and a sentence in capitals is shouting rather than a heading
    is_caps = line.isupper() and sum(c.isalpha() for c in line) > 3 and not line.endswith((".", "!", ":", '"', "”"))
    return line if is_caps else ""


def teaser(article: Article, length: int = 220) -> str:
    """The article's excerpt, or else how it begins, cut between words; what was cut ends in " ..."."""
    text = " ".join((article.excerpt or article.body[: length * 4]).split())
    if len(text) <= length:
        return text
    cut = text[: length + 1].rsplit(" ", 1)[0][:length]
    return cut.rstrip(" ,;:-–—") + " ..."


def uncut(excerpt: str) -> str:
    """The excerpt without the " ..." at its end, to which a "read more" is to be added."""
    return _CUT.sub("", excerpt)


def is_cut(excerpt: str) -> bool:
    """Whether the excerpt ends where it was cut and not where its text does."""
    return _CUT.search(excerpt) is not None


def lang(code: str) -> str:
    """`code` if it can stand in a lang attribute, which a browser picks hyphens and a screen reader a voice by."""
    return code if _LANGUAGE.match(code) else ""


def capitalise(message: str) -> str:
    """`message` as a sentence of its own begins; the rest stays as it is."""
    return message[:1].upper() + message[1:]


FILTERS = (capitalise, is_cut, lang, teaser, uncut)  # what templates may call, by these names
