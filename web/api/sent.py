"""Articles that a request sends: read by the same code as files, under the same limits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from indexer.article.article import Article
from indexer.article.typed_values import problems
from indexer.article.urls import id_from_url
from indexer.base.errors import ArticleError
from indexer.schema import Field
from indexer.sources import Document, Item, Refused, read_document
from indexer.sources.formats import format_of_text
from indexer.sources.formats.json_object import FORMAT as JSON_OBJECT
from indexer.sources.formats.jsonl import FORMAT as JSON_LINES
from indexer.sources.formats.markdown import FORMAT as MARKDOWN
from indexer.sources.limits import json_object_end, json_value
from indexer.sources.text import readable
from web.http.bodies import MAX_ONE, too_large
from web.http.refused import RefusedError

WHERE = "the request"
MAX_ARTICLES = 10_000
"""Articles that one request may send."""
MAX_TOLD = 1000
"""Refusals, and warnings, that an answer lists; it says how many there were."""
_MOST_LINES = 10 * MAX_ARTICLES  # blank ones among them
_LINES = (JSON_LINES.media_type, "application/jsonl", "application/x-jsonlines", "application/json-lines")


@dataclass(slots=True)
class Sent:
    """What a request asks to be put into the archive, and to be taken out; of several articles with one id the last
    counts."""

    articles: dict[str, Article] = field(default_factory=dict)
    withdrawn: dict[str, None] = field(default_factory=dict)
    withheld: list[Refused] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def take(self, items: Iterable[Item], declared: Iterable[Field]) -> None:
        """Takes the articles in; of declared fields it is said which have values of the wrong kind."""
        declared = tuple(declared)
        for number, item in enumerate(items):
            if number == MAX_ARTICLES:
                raise _too_many()
            if isinstance(item, Refused):
                self._leave_out(item)
                continue
            article = item.article
            self.withdrawn.pop(article.id, None)
            self.articles.pop(article.id, None)
            self.articles[article.id] = article
            notes = [*item.warnings, *problems(declared, article.fields)]
            self.warnings += [f"{item.where}: {note}" for note in notes]

    def withdraw(self, article_id: str) -> None:
        """Has an article taken out."""
        self.articles.pop(article_id, None)
        self.withdrawn[article_id] = None

    def _leave_out(self, item: Refused) -> None:
        if not item.withheld:
            self.refused.append(item)
            return
        self.withheld.append(item)
        if item.id:
            self.withdraw(item.id)


def read_many(content: bytes, media_type: str) -> Iterator[Item]:
    """The articles in a body: JSON Lines, a JSON list, or one article in any form. Only JSON Lines may be longer than
    one article may be, for they are read one by one. Raises RefusedError."""
    if media_type in _LINES:
        return _lines(content)
    if len(content) > MAX_ONE and not content.lstrip()[:1] == b"{":
        raise too_large(MAX_ONE)
    text = _text(content)
    start = text.lstrip()[:1]
    if start == "[":
        return _lines(_as_lines(text))
    if start == "{" and _goes_on(text):
        return _lines(content)
    return read_document(_document(content, text, media_type))


def _lines(content: bytes) -> Iterator[Item]:
    if content.count(b"\n") > _MOST_LINES:
        raise _too_many()
    start = 0
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        if end - start > MAX_ONE:
            raise RefusedError("body_too_large", f"a line may have {MAX_ONE:,} bytes at most", 413)
        start = end + 1
    return read_document(Document.of_bytes(content, WHERE, media_type=JSON_LINES.media_type))


def read_one(content: bytes, media_type: str, article_id: str) -> Item:
    """The one article in a body, which gets the id that its path says. Raises RefusedError if it has another one."""
    (item,) = read_document(_document(content, _text(content), media_type, article_id))
    if isinstance(item, Refused):
        return replace(item, id=article_id)
    article = item.article
    if article.id == article_id:
        return item
    if article.url and article.id == id_from_url(article.url):
        try:
            return replace(item, article=replace(article, id=article_id))
        except ArticleError as error:
            raise RefusedError("bad_id", str(error), parameter="id") from None
    raise RefusedError(
        "bad_id", f"the article says that its id is '{article.id}', its path that it is another", parameter="id"
    )


def record_document(record: Any) -> bytes:
    """A JSON object as the body it would have come in."""
    return json.dumps(record).encode()


def _document(content: bytes, text: str, media_type: str, fallback_id: str = "") -> Document:
    kind = format_of_text(text)
    if media_type == MARKDOWN.media_type and kind is not JSON_OBJECT:
        kind = MARKDOWN
    return Document.of_bytes(content, WHERE, media_type=kind.media_type, fallback_id=fallback_id)


def _text(content: bytes) -> str:
    try:
        return readable(content)
    except ArticleError as error:
        raise RefusedError("bad_body", f"the body: {error}") from None


def _goes_on(text: str) -> bool:
    """Whether there is more behind the JSON object that a text begins with."""
    try:
        end = json_object_end(text.lstrip())
    except ArticleError:
        return False  # whoever reads it says why
    return end is not None and bool(text.lstrip()[end:].strip())


def _as_lines(text: str) -> bytes:
    """A JSON list, an item a line."""
    try:
        items = json_value(text)
    except ArticleError as error:
        raise RefusedError("bad_body", f"the body: {error}") from None
    except json.JSONDecodeError as error:
        raise RefusedError("bad_body", f"the body is not valid JSON: {error.msg} at line {error.lineno}") from None
    if len(items) > MAX_ARTICLES:
        raise _too_many()
    return b"\n".join(json.dumps(item).encode() for item in items)


def _too_many() -> RefusedError:
    return RefusedError("too_many_articles", f"more than {MAX_ARTICLES:,} articles; send them in parts", 413)
