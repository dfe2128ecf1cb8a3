"""The article record that every part of readmore speaks, and the rules it must meet to enter an archive."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from itertools import compress
from operator import attrgetter
from typing import Any

import orjson

from indexer.article.extra_fields import ExtraFields, Value, extra_fields
from indexer.article.urls import is_followable
from indexer.base.errors import ArticleError, shown

_ID = re.compile(r"[A-Za-z0-9_-]{1,200}\Z")
RETRACTED = "retracted"
_DATES = ("date", "expires", "modified", "public_from")

_LONGEST_HEADLINE = 200  # characters of the first words of an article without a title


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where a story was filed and by whom: ``Beijing (AFP)`` is place ``Beijing``, agency ``AFP``."""

    place: str = ""
    agency: str = ""

    def __bool__(self) -> bool:
        return bool(self.place or self.agency)

    def __str__(self) -> str:
        return f"{self.place} ({self.agency})" if self.place and self.agency else self.place or self.agency


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as accepted. Text fields are plain text, paragraphs of `body` are separated by blank lines.

    Raises
    ------
    ArticleError
        when built with an id that is not made of letters, digits, ``-`` and ``_``, with neither title nor
        body, with a date that is no datetime or has no time zone, a status that there is not, a URL or the address of
        an image that a browser must not follow, or `fields` with values that cannot be kept (see
        `indexer.article.extra_fields`).
    """

    id: str
    url: str = ""
    title: str = ""
    body: str = ""
    excerpt: str = ""
    authors: tuple[str, ...] = ()
    date: datetime | None = None  # always time-zone aware
    dateline: Dateline = Dateline()
    section: str = ""
    site: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""  # ISO 639-1, lower case; empty: the archive's default
    links: tuple[str, ...] = ()  # canonical URLs the body links to
    offered: tuple[str, ...] = ()  # related headlines that the page itself offered
    expires: datetime | None = None  # from when on it is no longer offered to readers of others; time-zone aware
    status: str = ""  # RETRACTED for an article that was taken back and is kept for the record
    image: str = ""  # the address of the picture that stands for it: http, https or a path of the site
    image_alt: str = ""  # what that picture shows, in words
    translation_key: str = ""  # what copies of it in other languages have, too
    alternates: tuple[str, ...] = ()  # canonical URLs of its copies in other languages
    modified: datetime | None = None  # when it was changed last, as it says; time-zone aware
    public_from: datetime | None = None  # not shown before, where its source says more than its date; time-zone aware
    # what else its source says of it, by key; it is kept, and indexed where it is declared (docs/configuration.md)
    fields: Mapping[str, Value] = ExtraFields()
    source: str = ""  # the file and place in it this came from

    def __post_init__(self) -> None:
        if not _ID.match(self.id):
            raise ArticleError(f"id '{shown(self.id)}' must be 1 to 200 letters, digits, '-' or '_'")
        if not self.title.strip() and not self.body.strip():
            raise ArticleError("neither title nor text")
        for name in _DATES:
            date = getattr(self, name)
            if date is not None and getattr(date, "tzinfo", None) is None:
                raise ArticleError(_fault_of_date(name, date))
        if self.status not in ("", RETRACTED):
            raise ArticleError(f"status '{shown(self.status)}' must be '{RETRACTED}' or empty")
        for name, url in (("url", self.url), ("image", self.image)):
            if url and not is_followable(url):
                raise ArticleError(f"{name} '{shown(url)}' must be http, https or start with '/'")
        if not isinstance(self.fields, ExtraFields):
            object.__setattr__(self, "fields", extra_fields(self.fields))

    @property
    def headline(self) -> str:
        """The title, or where there is none the first words of the body."""
        if self.title:
            return self.title
        words = self.body.split(maxsplit=12)
        first = " ".join(words[:12])
        return first[:_LONGEST_HEADLINE] + (" ..." if len(words) > 12 or len(first) > _LONGEST_HEADLINE else "")

    def to_json(self) -> str:
        """This article as one line of JSON that `from_json` reads back; empty fields are left out. Halves of
        surrogate pairs, which are no characters, become U+FFFD."""
        return self.encoded()[0].decode()

    def encoded(self) -> tuple[bytes, bytes]:
        """`to_json` in UTF-8, and `digest`: the writer needs both, and they share most of the work."""
        values = _values_of(self)
        record: dict[str, Any] = dict(compress(zip(FIELDS, values, strict=True), values))  # those that are not empty
        for name in _DATES:
            if name in record:
                record[name] = _as_json(record[name])
        if self.fields:
            record["fields"] = dict(self.fields)
        source = record.pop("source", None)
        content = _dumps(record)
        digest = hashlib.blake2b(content, digest_size=16).digest()
        if source is not None:  # the last of the fields
            content = b'%b,"source":%b}' % (content[:-1], _dumps(source))
        return content, digest

    @classmethod
    def from_json(cls, text: str | bytes) -> Article:
        """The article that `to_json` wrote."""
        record: dict[str, Any] = orjson.loads(text)
        for name in _DATES:
            if name in record:
                record[name] = datetime.fromisoformat(record[name])
        if "dateline" in record:
            record["dateline"] = Dateline(**record["dateline"])
        for name in ("authors", "tags", "links", "offered", "alternates"):
            if name in record:
                record[name] = tuple(record[name])
        if "fields" in record:
            values = record["fields"]
            record["fields"] = ExtraFields({k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
        article: Article = object.__new__(cls)
        for name, put, default in _SLOTS:  # it was checked when it was written, and to check it takes most of the time
            put(article, record.get(name, default))
        return article

    def digest(self) -> bytes:
        """16 bytes that change whenever what a reader or a ranking sees changes; where it came from is left out."""
        return self.encoded()[1]


FIELDS = tuple(f.name for f in fields(Article))
_values_of = attrgetter(*FIELDS)
_SLOTS = [
    (f.name, getattr(Article, f.name).__set__, None if f.default is MISSING else f.default) for f in fields(Article)
]


def _fault_of_date(name: str, date: Any) -> str:
    """What is wrong with the value of a date field that has no time zone."""
    if isinstance(date, datetime):
        return f"{name} {date.isoformat()} has no time zone"
    kind = "text" if isinstance(date, str) else type(date).__name__
    return f"{name} must be a datetime with a time zone, not {kind}"


def _as_json(date: datetime) -> datetime | str:
    """A date as `datetime.isoformat` writes it, or one that orjson writes so, in a tenth of the time."""
    return date if date.tzinfo is UTC and type(date) is datetime else date.isoformat()


def _dumps(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # what orjson raises for a string that is no Unicode text
        return orjson.dumps(_mended(value))


def _mended(value: Any) -> Any:
    """A value of a record with halves of surrogate pairs joined where both are there, else replaced."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, tuple):
        return tuple(map(_mended, value))
    if isinstance(value, Dateline):
        return Dateline(_mended(value.place), _mended(value.agency))
    return {name: _mended(part) for name, part in value.items()} if isinstance(value, dict) else value
