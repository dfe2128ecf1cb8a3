"""Markdown posts with front matter, as Jekyll, Eleventy, Hugo, Zola, Pelican and their like keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from indexer.base.errors import ArticleError
from indexer.sources.document import Document
from indexer.sources.formats.format import Format, one_article
from indexer.sources.item import Item, Refused
from indexer.sources.markup.conventions import record_of, why_no_page, with_own
from indexer.sources.markup.frontmatter import split
from indexer.sources.markup.markdown_text import PlainText, plain_text
from indexer.sources.names import id_of, leading_date, stem_of, title_of_name
from indexer.sources.record import item_from_record, value_of
from indexer.sources.text import text_of

_MDX = ".mdx"
_INDEXES = ("index", "_index")
_NO_ARTICLES = {"404": "no article: what a site shows for a page that is not there"}
_MARKDOWN_KEYS = ("excerpt", "summary", "description", "abstract", "teaser")


def read(document: Document) -> Iterator[Item]:
    """The one article of the document. Raises OSError if it cannot be read."""
    try:
        yield _item(document)
    except ArticleError as error:
        yield Refused(document.where, str(error), id_of(document))


def _item(document: Document) -> Item:
    return item_from_post(document, text_of(document), lambda source: plain_text(source, is_mdx=_is_mdx(document)))


def _is_mdx(document: Document) -> bool:
    return document.name.lower().endswith(_MDX)


def item_from_post(document: Document, content: str, text_in: Callable[[str], PlainText]) -> Item:
    """The post in `content`, all of the document: front matter, and below it what `text_in` reads. Raises
    ArticleError for front matter that cannot be read."""
    front, source, warnings, language = split(content)
    text = text_in(source)
    fields = record_of(with_own(document.fields, front), words_are_tags=language == "yaml")
    return item_from_fields(document, fields, text, warnings)


def item_from_fields(document: Document, record: Mapping[str, Any], text: PlainText, warnings: list[str]) -> Item:
    """The post that says of itself what is in `record`, and has the `text`."""
    stem = PurePath(document.name).stem.lower()
    reason = "" if document.is_draft else why_no_page(record) or _NO_ARTICLES.get(stem, "")
    if not reason and not text.body and stem in _INDEXES and not document.is_draft:
        reason = "no article: a list of others, without text"
    if reason:
        return Refused(document.where, reason, id_of(document), withheld=True)
    # A "link" in front matter is where a short post points to, not where the post is.
    record = {key: value for key, value in record.items() if str(key).lower() != "link"}
    for key, value in record.items():
        if str(key).lower() in _MARKDOWN_KEYS and isinstance(value, str):
            record[key] = plain_text(value).body
    if text.unparsed:
        warnings.append("more marks of its markup than are parsed: the text was taken as it is, marks and all")
    given: dict[str, Any] = {"body": text.body, "links": tuple(text.links)}
    if document.name and not value_of(record, "id"):
        given["id"] = id_of(document)
    named = value_of(record, "title")
    if not named:
        given["title"] = text.title or title_of_name(document.name)
    elif text.title and text.title != named:
        given["body"] = f"{text.title}\n\n{text.body}"
    date, problem = leading_date(stem_of(document.name))
    if problem:
        outcome = f"read as {date.date()}" if date else "not used"
        warnings.append(f"{problem}: " + ("the front matter's date is used" if value_of(record, "date") else outcome))
    return item_from_record(
        record,
        document.where,
        warnings=warnings,
        fallback_date=date or document.fallback_date,
        fallback_id=document.fallback_id,
        fallback_language=document.language,
        is_draft=document.is_draft,
        **given,
    )


FORMAT = Format("Markdown", (".md", ".markdown", _MDX), "text/markdown", read, one_article)
