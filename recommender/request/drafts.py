"""Drafts: a text that is not in the archive, however it comes, as an article to recommend for. Nothing is stored."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indexer.article.article import Article
from indexer.base.errors import ArticleError, ReadmoreError
from indexer.sources.format import decode, os_reason, without_controls
from indexer.sources.frontmatter import split
from indexer.sources.item import Refused
from indexer.sources.jsonl import cleaned
from indexer.sources.limits import json_value, unforeseen
from indexer.sources.markdown_text import plain_text
from indexer.sources.record import flag, item_from_record

STANDARD_INPUT = "-"
MAX_BYTES = 1_000_000  # a long book chapter; more is not a draft
NAMELESS = "draft"  # the id of a draft that has none
TITLE_LENGTH = 200  # characters that a first line may have to be taken for the title


class DraftError(ReadmoreError):
    """A draft that cannot be read. `code` says why to programs."""

    def __init__(self, message: str, code: str = "bad_draft") -> None:
        super().__init__(message)
        self.code = code


def read_draft(source: str) -> Article:
    """The draft in the file `source`, or on standard input for ``-``. Raises DraftError."""
    where = "standard input" if source == STANDARD_INPUT else source
    try:
        if source == STANDARD_INPUT:
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(source).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DraftError(f"{where}: {os_reason(error)}") from None
    return parse_draft(content, where, markdown=source.lower().endswith((".md", ".markdown")))


def too_large(where: str) -> DraftError:
    """The error for a draft of more than `MAX_BYTES`."""
    return DraftError(f"{where}: a draft may have {MAX_BYTES:,} bytes at most", "draft_too_large")


def parse_draft(content: bytes, where: str, *, markdown: bool = False) -> Article:
    """The draft in `content`: a JSON object with the fields of an article, Markdown with front matter (`markdown`: or
    without), or plain text, whose first line is the title if a blank one follows. `where` is what to call it.

    Raises DraftError.
    """
    if len(content) > MAX_BYTES:
        raise too_large(where)
    try:
        text = decode(content)
        if not text.strip():
            raise _empty(where)
        return _article(_record(text, markdown=markdown), where)
    except ArticleError as error:
        raise DraftError(f"{where}: {error}") from None
    except (ValueError, ArithmeticError, RecursionError, MemoryError) as error:  # what no check has foreseen
        raise DraftError(f"{where}: {unforeseen(error)}") from error


def _record(text: str, *, markdown: bool) -> Mapping[str, Any]:
    if text.lstrip().startswith("{"):
        return _from_json(text)
    text = without_controls(text.replace("\r\n", "\n"))
    fields, source, _ = split(text)
    if fields or markdown:
        plain = plain_text(source)
        return {"title": plain.title, **fields, "body": plain.body}
    title, _, body = text.strip().partition("\n")
    if len(title) <= TITLE_LENGTH and (not body or body.startswith("\n")):
        return {"title": title, "body": body.strip()}
    return {"body": text.strip()}


def _from_json(text: str) -> Mapping[str, Any]:
    try:
        record = json_value(text)
    except json.JSONDecodeError as error:
        raise ArticleError(f"not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    found: Mapping[str, Any] = cleaned(record)
    return found


def _article(record: Mapping[str, Any], where: str) -> Article:
    # that it is a draft, or not published yet, is no reason to refuse it here
    kept = {key: value for key, value in record.items() if key not in ("draft", "status")}
    if flag(kept.get("published")) in ("true", "false"):
        del kept["published"]
    item = item_from_record(kept, where)
    if isinstance(item, Refused) and "neither id nor url" in item.reason:
        item = item_from_record(kept, where, id=NAMELESS)
    if isinstance(item, Refused):
        raise _empty(where) if "neither title nor text" in item.reason else DraftError(f"{where}: {item.reason}")
    return item.article


def _empty(where: str) -> DraftError:
    return DraftError(f"{where}: the draft is empty; give it a title or a text", "empty_draft")
