"""What stands before the text of a saved article page: site, section, headline, byline, dateline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from indexer.article.article import Dateline
from indexer.article.dateline import parse_dateline
from indexer.article.dates import parse_date
from indexer.base.errors import ArticleError

_BYLINE = re.compile(r"by\s+(\S.{0,150})\Z", re.IGNORECASE)
_NOBODY = re.compile(r"\b(?:staff|writers?|editors?|newsroom|agency|agencies)\b", re.IGNORECASE)
_NAME_SEPARATOR = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s+(?:and|&)\s+")
_IN_PLACE = re.compile(r"\s+(?:in|for)\s+[A-Z].*\Z")
_PARTICLE = re.compile(r"al|bin|d[aeiu]|del|della|de[nr]|dos|el|l[ae]|te[nr]|van|von")
_PUBLISHED = re.compile(r"(?:published|updated|posted|date)\s*(?:on\b)?\s*:?\s*", re.IGNORECASE)
LONGEST_TITLE = 250
"""Characters; a longer line is a paragraph."""
_MAX_LABELS = 3  # lines before the headline
_LONGEST_LABEL = 80
_LONGEST_DATELINE = 100


@dataclass
class Head:
    """The parts found, empty where they are not; the text begins `length` lines into the page."""

    title: str = ""
    labels: tuple[str, ...] = ()  # lines before the title: the site, the section
    authors: tuple[str, ...] = ()
    dateline: Dateline = Dateline()  # noqa: RUF009 - immutable
    date: datetime | None = None
    length: int = 0
    signed: bool = False  # whether there was a byline or a dateline


def read_head(lines: Sequence[str], saved_page: bool) -> Head:
    """The head of a page given as stripped lines.

    `saved_page` says that the page is known to be one by what stands below the article. Otherwise lines before
    the headline are looked for only where a byline or dateline follows, for any text has a first line.
    """
    present = [(number, line) for number, line in enumerate(lines) if line][: 2 * _MAX_LABELS + 2]
    texts = [line for _, line in present]
    at = _title_at(lines, texts, saved_page)
    if at >= len(texts) or len(texts[at]) > LONGEST_TITLE:
        return Head()
    head = Head(title=texts[at], labels=tuple(texts[:at]))
    head.length = present[at][0] + 1
    for number, line in present[at + 1 :]:
        if not (line == head.title or _take_byline(head, line) or _take_dateline(head, line)):
            break
        head.length = number + 1
    return head


def _title_at(lines: Sequence[str], texts: list[str], saved_page: bool) -> int:
    """Which of the non-blank `texts` is the headline: the first that stands there twice, else the one before the
    byline or dateline, else on a saved page the last of the first block of lines."""
    first_long = next((n for n, text in enumerate(texts) if len(text) > _LONGEST_LABEL), len(texts))
    signed = next((n for n, text in enumerate(texts) if n and is_signature(text)), None)
    if signed is not None and (signed > _MAX_LABELS + 2 or signed - 1 > first_long):
        signed = None
    if saved_page or signed is not None:
        for n in range(min(_MAX_LABELS + 1, len(texts) - 1)):
            if texts[n] == texts[n + 1] and n <= first_long:
                return n
    if signed is not None:
        return signed - 1
    block = next((n for n, line in enumerate(lines) if not line), len(lines))
    return block - 1 if saved_page and 0 < block <= _MAX_LABELS + 1 and block - 1 <= first_long else 0


def is_signature(line: str) -> bool:
    """Whether `line` is a byline, a dateline or a date alone."""
    probe = Head()
    return _take_byline(probe, line) or _take_dateline(probe, line)


def _take_byline(head: Head, line: str) -> bool:
    """Whether `line` is a byline; its names go to `head`, except those of nobody ("by Staff Writers")."""
    found = _BYLINE.match(line)
    if found is None:
        return False
    names = [name.strip() for name in _NAME_SEPARATOR.split(_IN_PLACE.sub("", found[1])) if name.strip()]
    people = [name for name in names if not _NOBODY.search(name)]
    if not all(map(_looks_like_name, people)):
        return False
    head.authors = tuple(dict.fromkeys((*head.authors, *people)))
    head.signed = True
    return True


def _looks_like_name(name: str) -> bool:
    words = name.split()
    if len(words) > 6 or any(c.isdigit() for c in name):
        return False
    return all(word[0].isupper() or _PARTICLE.fullmatch(word) for word in words)


def _take_dateline(head: Head, line: str) -> bool:
    """Whether `line` is a dateline or a date alone; what it says goes to `head`."""
    if len(line) > _LONGEST_DATELINE:
        return False
    line = _PUBLISHED.sub("", line, count=1) if _PUBLISHED.match(line) else line
    dateline, date = parse_dateline(line)
    if date is None and line[-4:].isdigit():
        try:
            date = parse_date(line)
        except ArticleError:
            return False
        dateline = Dateline()
    filed = dateline.place and dateline.agency and line.endswith(("-", "–", "—"))
    if not (date or filed):
        return False
    head.dateline, head.date, head.signed = dateline, date, True
    return True
