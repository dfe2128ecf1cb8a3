"""Plain text: an article page of a news network saved as text with all around it, or simply an article.

A saved page reads: name of the site, section, headline (often twice), byline, dateline, the article, links and
newsletter offers, related headlines, copyright. Any of these may be missing. Of other text the first line is the
title and the rest the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexer.article.article import Article
from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.formats.format import Format, one_article
from indexer.sources.item import Accepted, Item, Refused
from indexer.sources.names import any_date, id_of, stem_of
from indexer.sources.page.head import LONGEST_TITLE, Head, read_head
from indexer.sources.page.related import BELOW_ARTICLE, headlines_of, labels_of, related_block
from indexer.sources.record import item_from_record
from indexer.sources.text import text_of
from indexer.sources.wire import readable_text

# What the article may trail where the heading above it is missing: buttons, "More about it at SpaceWar.com".
_TRAILING = re.compile(r"(?:tweet|share|print|e-?mail|comments?)\Z|.{3,100}\bat (?:[\w-]+\.)+(?:com|net|org)\Z", re.I)
_LONGEST_DRAFT_TITLE = 200  # characters
_WIDEST_WRAPPED = 100  # a line wider than this is a paragraph, not a piece of one


def read(document: Document) -> Iterator[Item]:
    """The one article of the document. Raises OSError if it cannot be read."""
    try:
        text = text_of(document)
        lines = [line.strip() for line in text.strip().split("\n")]
        end = next((n for n, line in enumerate(lines) if n and BELOW_ARTICLE.match(line)), len(lines))
        saved_page = end < len(lines)
        head = read_head(lines[:end], saved_page)
        # A draft often is prose in lines, and a line that ends in a date looks like a dateline.
        if saved_page or (head.signed and not document.is_draft):
            yield _page(document, head, lines[head.length : end], lines[end:])
        else:
            yield _draft(document, text) if document.is_draft else _plain(document, text)
    except ArticleError as error:
        yield Refused(document.where, str(error), id_of(document))


def _page(document: Document, head: Head, body: list[str], rest: list[str]) -> Item:
    block = related_block(rest)
    labels = labels_of(block)
    site, section = _site_and_section(head.labels, labels)
    date, warnings = head.date, []
    if rest:
        while body and (not body[-1] or _TRAILING.match(body[-1])):
            body.pop()
    if date is None:
        named = any_date(stem_of(document.name))
        date = named or document.fallback_date
        if rest:
            which = f"the date in the file name, {named.date()}," if named else date and f"{date.date()}"
            warnings.append(f"no date above the article: {f'{which} is used' if which else 'indexed without a date'}")
    if not head.title:
        warnings.append("no title: indexed with an empty title")
    if not any(body):
        warnings.append("no text between headline and links: indexed with the title only")
    article = Article(
        id=id_of(document),
        title=head.title,
        body=_paragraphs(body),
        authors=head.authors,
        date=date,
        dateline=head.dateline,
        section=section,
        site=site,
        offered=headlines_of(block, labels | {section}),
        language=document.language,
        source=document.where,
    )
    return Accepted(article, document.where, tuple(warnings))


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


def _plain(document: Document, text: str) -> Item:
    """Any other text. A first line as long as a paragraph is no title."""
    first, _, rest = text.strip().partition("\n")
    warnings: tuple[str, ...] = ()
    if len(first) > LONGEST_TITLE:
        first, rest, warnings = "", text, ("no title: indexed with an empty title",)
    article = Article(
        id=id_of(document),
        title=" ".join(first.split()),
        body=readable_text(rest),
        date=any_date(stem_of(document.name)) or document.fallback_date,
        language=document.language,
        source=document.where,
    )
    return Accepted(article, document.where, warnings)


def _draft(document: Document, text: str) -> Item:
    """Any other text that is still being written: its first line is the title only if a blank one follows."""
    first, _, rest = text.strip().partition("\n")
    is_title = len(first) <= _LONGEST_DRAFT_TITLE and (not rest or rest.startswith("\n"))
    record = {"title": first, "body": rest} if is_title else {"body": text}
    return item_from_record(
        record, document.where, fallback_date=document.fallback_date, fallback_id=id_of(document), is_draft=True
    )


FORMAT = Format("plain text", (".txt",), "text/plain", read, one_article)
