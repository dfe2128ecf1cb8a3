"""The related headlines that a saved article page offers below the article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from indexer.sources.page.head import is_signature

_HEADING = r"related content\s*:?\Z|the following news reports may link"
_WHAT_FOLLOWS = r"subscribe free to our (?:daily )?newsletters?\b|the content herein, unless otherwise known"
_BEGIN = re.compile(_HEADING, re.IGNORECASE)
_END = re.compile(_WHAT_FOLLOWS, re.IGNORECASE)
BELOW_ARTICLE = re.compile(rf"related links\s*:?\Z|{_HEADING}|{_WHAT_FOLLOWS}", re.IGNORECASE)
"""Matches the lines that a saved page has below its article and no article has in it."""
_LONGEST_LABEL = 40
_LONGEST_HEADLINE = 250
_TEASER_END = re.compile(r"\.\.\.\s*read more\Z|\bread more\Z", re.IGNORECASE)


def related_block(lines: Sequence[str]) -> list[str]:
    """The lines between the heading of the related headlines and what follows them; empty without a heading."""
    begin = next((n for n, line in enumerate(lines) if _BEGIN.match(line)), None)
    if begin is None:
        return []
    rest = lines[begin + 1 :]
    end = next((n for n, line in enumerate(rest) if _END.match(line)), len(rest))
    return [line for line in rest[:end] if not _BEGIN.match(line)]


def labels_of(block: Sequence[str]) -> frozenset[str]:
    """The section labels in the block: short lines in capitals with a headline right below."""
    return frozenset(line for line, below in pairwise(block) if below and _in_capitals(line))


def headlines_of(block: Sequence[str], labels: frozenset[str]) -> tuple[str, ...]:
    """The headlines in the block, each once, in order; not `labels`, and of a teaser neither dateline nor text."""
    headlines: dict[str, None] = {}
    above = ""  # the line right above; a teaser is a headline, its byline or dateline, and text
    for line in block:
        in_teaser = bool(above) and above not in labels and (is_signature(line) or is_signature(above))
        is_text = len(line) > _LONGEST_HEADLINE or _TEASER_END.search(line)
        if line and line not in labels and not in_teaser and not is_text:
            headlines[line] = None
        above = line
    return tuple(headlines)


def _in_capitals(line: str) -> bool:
    return len(line) <= _LONGEST_LABEL and line.isupper() and len(line.split()) <= 4
