"""The schema: every field of an article, of what kind it is, where its values are, and what can be done with it.

Whatever treats fields by their names reads them here: how sources are read, what segments hold, what queries, filters
and the service understand. A publisher's own fields (docs/configuration.md) stand beside the built-in ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

ALL_TEXT = "text"  # the name that means every text field
ID = "id"
DECLARED = "fields"  # the attribute of an article that holds what is not built in


class Kind(StrEnum):
    """What the values of a field are, and so how they are searched."""

    TEXT = "text"  # words, found by plain queries and ranked by BM25F
    KEYWORD = "keyword"  # names from a list, compared whole by filters and word by word by queries
    NUMBER = "number"  # searched by ranges
    DATE = "date"  # likewise
    URL = "url"  # an address, else like a keyword
    YES_NO = "yes/no"  # a keyword that is one of these two
    ID = "id"


VALUE_KINDS = frozenset((Kind.KEYWORD, Kind.URL, Kind.YES_NO))  # in a segment: a column of texts
NUMERIC_KINDS = frozenset((Kind.NUMBER, Kind.DATE))  # in a segment: a column of numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field.

    `path` is where its values are in an article: an attribute, or a part of one (``dateline``, ``place``), or for a
    declared field ``fields`` and the key that the source has it under.
    """

    name: str  # as queries, filters and the service call it
    kind: Kind
    path: tuple[str, ...]
    keys: tuple[str, ...] = ()  # what sources call it, beside the attribute's name, in order of preference
    weight: float = 0.0  # BM25F's, of a text field
    indexed: bool = True  # whether queries know it; what is not indexed is only kept and shown
    # whether a publisher's own field may have its keys and its name: the keys, but for its own name, are kept as well
    shares_keys: bool = False
    derived: bool = False  # computed from the value at `path`, as the year is from the date
    filterable: bool = False
    sortable: bool = False
    countable: bool = False

    @property
    def is_declared(self) -> bool:
        return self.path[0] == DECLARED

    def same_values(self, other: Field) -> bool:
        """Whether what an index holds for the one field holds for the other: only their use may differ."""
        return (self.name, self.kind, self.path) == (other.name, other.kind, other.path)

    def to_record(self) -> dict[str, Any]:
        """What a segment remembers of a declared field that it was built with."""
        record: dict[str, Any] = {"name": self.name, "kind": self.kind.value, "from": self.path[-1]}
        return record | {"weight": self.weight} if self.kind == Kind.TEXT else record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Field:
        """The declared field that `to_record` gave."""
        return declared_field(record["name"], Kind(record["kind"]), record["from"], weight=record.get("weight", 0.0))


def declared_field(name: str, kind: Kind, key: str, **uses: Any) -> Field:
    """A publisher's own field, whose values the source has under `key`."""
    return Field(name=name, kind=kind, path=(DECLARED, key), **uses)


def _keyword(name: str, *path: str, keys: tuple[str, ...] = (), sortable: bool = False) -> Field:
    return Field(
        name=name,
        kind=Kind.KEYWORD,
        path=path or (name,),
        keys=keys,
        filterable=True,
        sortable=sortable,
        countable=True,
    )


def _kept(name: str, kind: Kind, *keys: str, shares_keys: bool = False) -> Field:
    return Field(name=name, kind=kind, path=(name,), keys=keys, indexed=False, shares_keys=shares_keys)


_DATE_KEYS = (
    "published", "publishedAt", "published_at", "datePublished", "date_published", "pubDate", "pubdate",
    "created", "createdAt", "created_at", "timestamp",
)  # fmt: skip
_MODIFIED_KEYS = (
    "lastmod", "dateModified", "date_modified", "modified_at", "modifiedAt", "modified_gmt", "updated", "updatedAt",
    "updated_at", "updatedDate", "last_modified", "last_modified_at", "lastModified", "last_updated", "lastUpdated",
)  # fmt: skip
_TRANSLATION_KEYS = ("translationKey", "translation_id", "translationId", "lang_ref", "langRef", "i18n_key", "ref")
_IMAGE_KEYS = (
    "featured_image", "featuredImage", "featuredimage", "feature_image", "featureImage", "cover_image", "coverImage",
    "cover", "hero_image", "heroImage", "hero", "main_image", "mainImage", "lead_image", "image_url", "imageUrl",
    "banner_image", "banner", "header_image", "headerImage", "header", "og_image", "ogImage", "social_image",
    "socialImage", "share_image", "preview_image", "teaser_image", "thumbnail", "thumbnailUrl", "images", "urlToImage",
)  # fmt: skip
_IMAGE_ALT_KEYS = (
    "imageAlt", "image_alt_text", "imageAltText", "featured_image_alt", "feature_image_alt", "featuredImageAlt",
    "cover_image_alt", "coverImageAlt", "cover_alt", "coverAlt", "hero_image_alt", "heroImageAlt", "heroAlt",
    "thumbnail_alt",
)  # fmt: skip

BUILT_IN = (
    Field(name="title", kind=Kind.TEXT, path=("title",), keys=("headline",), weight=2.0),
    Field(
        name="body", kind=Kind.TEXT, path=("body",), keys=("text", "content", "content_text", "articleBody"), weight=1.0
    ),
    _keyword("section", keys=("category", "articleSection"), sortable=True),
    _keyword("site", keys=("site_name", "siteName"), sortable=True),
    _keyword("author", "authors", keys=("author", "byline", "creator")),
    _keyword("tag", "tags", keys=("keywords", "tag")),
    _keyword("language", keys=("lang", "inLanguage", "locale"), sortable=True),
    _keyword("place", "dateline", "place"),
    _keyword("agency", "dateline", "agency"),
    Field(name="date", kind=Kind.DATE, path=("date",), keys=_DATE_KEYS, filterable=True, sortable=True),
    Field(name="year", kind=Kind.NUMBER, path=("date",), derived=True, filterable=True, sortable=True, countable=True),
    Field(name="words", kind=Kind.NUMBER, path=("body",), derived=True, filterable=True, sortable=True),
    Field(name=ID, kind=Kind.ID, path=(ID,)),
    _kept("url", Kind.URL, "permalink", "link", "canonical_url"),
    _kept("excerpt", Kind.TEXT, "summary", "description", "abstract", "teaser"),
    _kept("expires", Kind.DATE, "expiryDate", "expirydate", "expiry_date", "expires_at", "valid_until"),
    _kept("status", Kind.KEYWORD),
    _kept("public_from", Kind.DATE),
    _kept("links", Kind.URL),
    _kept("offered", Kind.TEXT),
    _kept("image", Kind.URL, *_IMAGE_KEYS, shares_keys=True),
    _kept("image_alt", Kind.TEXT, *_IMAGE_ALT_KEYS, shares_keys=True),
    _kept("translation_key", Kind.KEYWORD, *_TRANSLATION_KEYS, shares_keys=True),
    _kept("alternates", Kind.URL),
    _kept("modified", Kind.DATE, *_MODIFIED_KEYS, shares_keys=True),
    _kept("source", Kind.KEYWORD),
)
"""The fields that every article has; the order is that of messages and of arrays in a segment."""

SHARED = frozenset(field.name for field in BUILT_IN if field.shares_keys)
"""Names that a publisher's own field may have as its key, for its values are those of the built-in one."""

# Keys that tell a site's generator how to make a page and nothing about the article, or hold its text once more.
NOT_KEPT = frozenset(
    "layout draft retracted permalinks eleventyComputed eleventyExcludeFromCollections eleventyNavigation "
    "templateEngineOverride pagination outputs cascade headless markup sitemap toc math mathjax katex mermaid "
    "redirect_from redirect_to aliases slug html content_html".split()
)


@dataclass(frozen=True)
class Schema:
    """All fields that an archive knows. Equal and hashable by the declared ones."""

    declared: tuple[Field, ...] = ()  # with names that no built-in field has

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """All fields by name."""
        return {field.name: field for field in (*BUILT_IN, *self.declared)}

    @cached_property
    def text(self) -> tuple[str, ...]:
        """The names of the indexed text fields: title, body, then the declared ones."""
        return self._names(lambda field: field.kind == Kind.TEXT)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The names of the fields with a column of texts."""
        return self._names(lambda field: field.kind in VALUE_KINDS)

    @cached_property
    def numeric(self) -> tuple[str, ...]:
        """The names of the fields that are searched by ranges."""
        return self._names(lambda field: field.kind in NUMERIC_KINDS)

    @cached_property
    def full_text(self) -> tuple[str, ...]:
        """The names that mean index terms: those of the text fields, and the one that means all of them."""
        return (ALL_TEXT, *self.text)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the fields whose values are compared word by word as they were written."""
        return (*self.values, ID)

    @cached_property
    def searchable(self) -> tuple[str, ...]:
        """All names that may stand before a colon in a query."""
        return (*self.full_text, *self.values, *self.numeric, ID)

    @cached_property
    def filterable(self) -> tuple[str, ...]:
        """The names of the fields that articles can be filtered by: those of texts, then those of numbers."""
        return tuple(name for name in (*self.values, *self.numeric) if self.fields[name].filterable)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the fields whose values are names from a list, as those of authors and tags are. Languages are
        not: they are codes, and "en", "it" and "no" are words."""
        return tuple(name for name in self.filterable if self.fields[name].kind == Kind.KEYWORD and name != "language")

    @cached_property
    def sortable(self) -> tuple[str, ...]:
        """The names of the fields that articles can be sorted by."""
        return self._names(lambda field: field.sortable)

    @cached_property
    def countable(self) -> tuple[str, ...]:
        """The names of the fields whose values can be counted."""
        return self._names(lambda field: field.countable)

    @cached_property
    def facets(self) -> tuple[str, ...]:
        """The names of the fields that have facets: those whose values can be counted, and numbers and dates that can
        be sorted by."""
        return tuple(dict.fromkeys([*self.countable, *(name for name in self.sortable if name in self.numeric)]))

    def _names(self, belongs: Callable[[Field], bool]) -> tuple[str, ...]:
        return tuple(name for name, field in self.fields.items() if field.indexed and belongs(field))


BASE = Schema()
"""The schema of an archive without fields of its publisher's."""

TEXT_FIELDS = BASE.text
VALUE_FIELDS = {name: ".".join(BASE.fields[name].path) for name in BASE.values}
"""The built-in columns of texts, and where an article's values for them are."""
