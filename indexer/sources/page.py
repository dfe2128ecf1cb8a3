"""Plain text: an article page of a news network saved as text with all around it, or simply an article.

A saved page reads: name of the site, section, headline (often twice), byline, dateline, the article, links and
newsletter offers, related headlines, copyright. Any of these may be missing. Of other text the first line is the
title and the rest the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from indexer.article.article import Article
from indexer.base.errors import ArticleError
from indexer.sources.format import Format, read_text, shown_path
from indexer.sources.item import Accepted, Item, Refused
from indexer.sources.names import any_date, id_from_name, stem_of
from indexer.sources.page_head import LONGEST_TITLE, Head, read_head
from indexer.sources.page_related import BELOW_ARTICLE, headlines_of, labels_of, related_block
from indexer.sources.wire import readable_text

# What the article may trail where the heading above it is missing: buttons, "More about it at SpaceWar.com".
_TRAILING = re.compile(r"(?:tweet|share|print|e-?mail|comments?)\Z|.{3,100}\bat (?:[\w-]+\.)+(?:com|net|org)\Z", re.I)
_WIDEST_WRAPPED = 100  # a line wider than this is a paragraph, not a piece of one


def read(path: Path) -> Iterator[Item]:
    """The one article of the file at `path`. Raises OSError if the file cannot be read."""
    where = shown_path(path)
    try:
        text = read_text(path)
        lines = [line.strip() for line in text.strip().split("\n")]
        end = next((n for n, line in enumerate(lines) if n and BELOW_ARTICLE.match(line)), len(lines))
        saved_page = end < len(lines)
        head = read_head(lines[:end], saved_page)
        if saved_page or head.signed:
            yield _page(path, where, head, lines[head.length : end], lines[end:])
        else:
            yield _plain(path, where, text)
    except ArticleError as error:
        yield Refused(where, str(error), id_from_name(path))


def _page(path: Path, where: str, head: Head, body: list[str], rest: list[str]) -> Item:
    block = related_block(rest)
    labels = labels_of(block)
    site, section = _site_and_section(head.labels, labels)
    date, warnings = head.date, []
    if rest:
        while body and (not body[-1] or _TRAILING.match(body[-1])):
            body.pop()
    if date is None:
        date = any_date(stem_of(path))
        if rest:
            outcome = f"the date in the file name, {date.date()}, is used" if date else "indexed without a date"
            warnings.append(f"no date above the article: {outcome}")
    if not head.title:
        warnings.append("no title: indexed with an empty title")
    if not any(body):
        warnings.append("no text between headline and links: indexed with the title only")
    article = Article(
        id=id_from_name(path),
        title=head.title,
        body=_paragraphs(body),
        authors=head.authors,
        date=date,
        dateline=head.dateline,
        section=section,
        site=site,
        offered=headlines_of(block, labels | {section}),
        source=where,
    )
    return Accepted(article, where, tuple(warnings))


def _site_and_section(labels: Sequence[str], related_labels: frozenset[str]) -> tuple[str, str]:
    """Which of the lines above the headline is the site's name and which the section's. One alone is the site's,
    unless it is in capitals and the labels of the related headlines do not speak against it."""
    if len(labels) > 1:
        return labels[0], labels[-1]
    if not labels:
        return "", ""
    is_section = labels[0].isupper() and (labels[0] in related_labels or not related_labels)
    return ("", labels[0]) if is_section else (labels[0], "")


def _paragraphs(lines: Sequence[str]) -> str:
    """Blocks of lines as paragraphs; in a block with a wide line each line is one."""
    paragraphs: list[str] = []
    for block in re.split(r"\n\n+", "\n".join(lines).strip()):
        pieces = block.split("\n")
        paragraphs += pieces if max(map(len, pieces)) > _WIDEST_WRAPPED else [" ".join(pieces)]
    return "\n\n".join(paragraphs)


def _plain(path: Path, where: str, text: str) -> Item:
    """Any other text. A first line as long as a paragraph is no title."""
    first, _, rest = text.strip().partition("\n")
    warnings: tuple[str, ...] = ()
    if len(first) > LONGEST_TITLE:
        first, rest, warnings = "", text, ("no title: indexed with an empty title",)
    article = Article(
        id=id_from_name(path),
        title=" ".join(first.split()),
        body=readable_text(rest),
        date=any_date(stem_of(path)),
        source=where,
    )
    return Accepted(article, where, warnings)


def _count(path: Path) -> int:
    return 1


FORMAT = Format("plain text", (".txt",), read, _count)
