"""One loosely named and loosely typed record, a JSON object or a front matter, as an article."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from indexer.article.article import RETRACTED, Article, Dateline
from indexer.article.dateline import parse_dateline
from indexer.article.dates import parse_date
from indexer.article.extra_fields import fitting, left_out
from indexer.article.images import NO_IMAGE, Image, alt_text, image_in, image_url
from indexer.article.urls import canonical_url, id_from_url, is_followable
from indexer.base.errors import ArticleError
from indexer.schema import BUILT_IN, NOT_KEPT, SHARED
from indexer.sources.item import Accepted, Item, Refused
from indexer.sources.limits import number_text
from indexer.sources.markup.tags import without_references
from indexer.sources.publication import YES, is_no_date, public_from, why_withheld
from indexer.sources.wire import readable_text

ALIASES: dict[str, tuple[str, ...]] = {
    **{field.path[0]: () for field in BUILT_IN if field.path[0] != "source"},
    **{field.path[0]: field.keys for field in BUILT_IN if field.keys},
    "categories": (),  # the first is the section, the others are tags
}
"""The keys that a field of an article is read from: its own name, then these in order of preference. All others are
kept with the article as they are (`Article.fields`)."""

_FIELD_OF = {
    spelling: (field, rank)
    for field, names in ALIASES.items()
    for rank, name in enumerate((field, *names))
    for spelling in (name, name.capitalize(), name.upper())
}
_UNKNOWN = "", 0
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9_-]+)?\Z")
_TEMPLATE = re.compile(r"\{\{|\{%|/:[a-z]")  # of which a generator makes addresses
_SLUG = re.compile(r"[^\s/?#\\%][^\s?#\\]*")
_TAG_SEPARATOR = re.compile(r"[,;]")
_AUTHOR_SEPARATOR = re.compile(r" ?; ?|,? (?:and|&) ")
_BY = re.compile(r"by ", re.IGNORECASE)
_LONGEST_KEY, _LARGEST_KEY = 200, 10**18  # of what copies in other languages share
_SCALARS = (bool, int, float)  # of which a false or zero value is still a value
_TYPE_NAMES = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}


def item_from_record(
    record: Mapping[str, Any],
    where: str,
    *,
    warnings: Sequence[str] = (),
    fallback_date: datetime | None = None,
    fallback_id: str = "",
    fallback_language: str = "",
    is_draft: bool = False,
    **given: Any,
) -> Item:
    """The article in `record`, or the reason why there is none.

    `given` are fields of `Article` that are known already and not looked for in the record; `warnings` are
    passed on; `fallback_date` is used where the record has no date that can be understood, `fallback_id` where it has
    neither id nor URL, `fallback_language` where it names no language. With `is_draft` it may say that it is a draft,
    and states of other programs say nothing; without, one that is not for the public is refused as withheld.
    """
    if not is_draft and (reason := why_withheld(record)):
        return Refused(where, reason, _id_of_withheld(record, given, fallback_id), withheld=True)
    notes = list(warnings)
    fields: dict[str, Any] = dict(given)
    try:
        _read_fields(_without_state(record, is_draft), fields, notes, fallback_id)
        dateline, filed = fields.pop("dateline", (Dateline(), None))
        fields["date"] = _date(fields.get("date"), filed or fallback_date, notes)
        if not is_draft:
            fields["public_from"] = _public_from(record, fields)
        fields["expires"] = _date(fields.get("expires"), None, notes, "not read as the day it expires")
        fields["language"] = fields.get("language") or fallback_language
        beside = _place_image(fields)
        article = Article(**fields, dateline=dateline, source=where)
    except ArticleError as error:
        own_id = fields.get("id") or record.get("id")
        return Refused(where, str(error), own_id if isinstance(own_id, str) else "")
    if not article.title:
        notes.append("no title: indexed with an empty title")
    return Accepted(article, where, tuple(notes), image=beside, slug="" if article.url else _slug(record))


def _slug(record: Mapping[str, Any]) -> str:
    """What `record` says that the article is called in its address; empty for what is none."""
    value = next((value for key, value in record.items() if key.lower() == "slug"), None)
    value = value.get("current") if isinstance(value, dict) else value  # as Sanity has it
    text = number_text(value, "slug") if type(value) is int else value
    if not isinstance(text, str) or len(text) > _LONGEST_KEY or _TEMPLATE.search(text):
        return ""
    text = text.strip().strip("/")
    return text if _SLUG.fullmatch(text) else ""


def value_of(record: Mapping[str, Any], field: str) -> Any:
    """What `record` has for a field under the best of its names, None where it has nothing."""
    known = [
        (_FIELD_OF[key][1], value)
        for key, value in record.items()
        if value and _FIELD_OF.get(key, _UNKNOWN)[0] == field
    ]
    return min(known, key=lambda item: item[0])[1] if known else None


def _read_fields(record: Mapping[str, Any], fields: dict[str, Any], notes: list[str], fallback_id: str) -> None:
    """Fills `fields` with what `record` has for them under any of their names."""
    if str(record.get(RETRACTED, "")).strip().lower() in YES:
        record = {**record, "status": RETRACTED}
    chosen: dict[str, tuple[int, Any]] = {}
    others: dict[str, Any] = {}
    for key, value in record.items():
        known = _FIELD_OF.get(key)
        if not (value or type(value) in _SCALARS):
            continue
        if known is None:
            if key == "fields" and isinstance(value, dict):  # as an article is written by `Article.to_json`
                others = value | others
            else:
                others[key] = value
            continue
        field, rank = known
        if field in SHARED:
            said = _READERS[field](field, value, notes)
            if rank or not said:
                others[key] = value
            if not said:
                continue
        if field not in fields and (field not in chosen or rank < chosen[field][0]):
            chosen[field] = rank, value
    for field, (_, value) in chosen.items():
        fields[field] = _READERS[field](field, value, notes)
    if categories := fields.pop("categories", ()):
        first, *more = categories
        if fields.setdefault("section", first) != first:
            more.insert(0, first)
        fields["tags"] = _unique([*fields.get("tags", ()), *more])
    if others:
        fields["fields"], beyond = fitting({key: value for key, value in others.items() if key not in NOT_KEPT})
        if beyond:
            notes.append(left_out(beyond))
    if not fields.get("id"):
        if not (fields.get("url") or fallback_id):
            raise ArticleError("neither id nor url: nothing to know the article by")
        fields["id"] = id_from_url(fields["url"]) if fields.get("url") else fallback_id


def _without_state(record: Mapping[str, Any], is_draft: bool) -> Mapping[str, Any]:
    """`record` without a `published` that is a yes or no and not a date, and of a draft without all that says so."""
    dropped = ("draft", "published", "status") if is_draft else ("published",)
    return {
        key: value
        for key, value in record.items()
        if key.lower() not in dropped or (key.lower() == "published" and not is_no_date(value))
    }


def _id_of_withheld(record: Mapping[str, Any], given: Mapping[str, Any], fallback_id: str) -> str:
    """The id that the article would have; empty where it would have none."""
    fields: dict[str, Any] = {}
    for name in ("id", "url"):
        if value := value_of(record, name):
            with suppress(ArticleError):
                fields[name] = _READERS[name](name, value, [])
    if own := given.get("id") or fields.get("id"):
        return str(own)
    return id_from_url(fields["url"]) if fields.get("url") else fallback_id


def _text(field: str, value: Any, notes: list[str]) -> str:
    if isinstance(value, str):
        return value.strip()
    raise ArticleError(f"{field} must be text, not {_TYPE_NAMES.get(type(value), type(value).__name__)}")


def _line(field: str, value: Any, notes: list[str]) -> str:
    return " ".join(without_references(_text(field, value, notes)).split())


def _body(field: str, value: Any, notes: list[str]) -> str:
    return readable_text(_text(field, value, notes))


def _id(field: str, value: Any, notes: list[str]) -> str:
    return number_text(value, field) if type(value) is int else _text(field, value, notes)


def _url(field: str, value: Any, notes: list[str]) -> str:
    try:
        text = _text(field, value, notes)
        if _TEMPLATE.search(text):
            notes.append(f"{field} '{text[:60]}' is a template, and no address: dropped")
            return ""
        return canonical_url(text)
    except ArticleError as error:
        notes.append(f"{error}: dropped")
        return ""


def _as_is(field: str, value: Any, notes: list[str]) -> Any:
    return value


def _status(field: str, value: Any, notes: list[str]) -> str:
    """A content system's own states ("publish", "live") say nothing here, except that an article was taken back."""
    return RETRACTED if isinstance(value, str) and value.strip().lower() in (RETRACTED, "withdrawn") else ""


def _date(
    value: Any, fallback: datetime | None, notes: list[str], without: str = "indexed without one"
) -> datetime | None:
    if value is None:
        return fallback
    try:
        return parse_date(value)
    except ArticleError as error:
        notes.append(f"{error}: " + (f"{fallback.date()} is used" if fallback else without))
        return fallback


def _modified(field: str, value: Any, notes: list[str]) -> datetime | None:
    """When an article was changed last; many write something else under these names, which is no mistake."""
    with suppress(ArticleError):
        return parse_date(value)
    return None


def _public_from(record: Mapping[str, Any], fields: Mapping[str, Any]) -> datetime | None:
    """From when on the article is to be shown, where that is later than its date."""
    said, date = public_from(record), fields["date"]
    own = _date(fields.get("public_from"), None, [])
    latest = max((each for each in (said, own) if each is not None), default=None)
    return latest if latest is not None and (date is None or latest > date) else None


def _place_image(fields: dict[str, Any]) -> str:
    """Gives the image its address. Returns the reference to it where that is beside an article whose own address is
    not known yet."""
    image: Image = fields.pop("image", None) or NO_IMAGE
    fields["image"] = image_url(image.reference, fields.get("url", ""))
    if image.alt and not fields.get("image_alt"):
        fields["image_alt"] = image.alt
    is_beside = bool(image.reference) and not (fields["image"] or fields.get("url"))
    if not (fields["image"] or is_beside):
        fields["image_alt"] = ""
    return image.reference if is_beside else ""


def _key(field: str, value: Any, notes: list[str]) -> str:
    """A text or a number; what else is under such a name is none of ours."""
    text = str(value) if type(value) is int and abs(value) < _LARGEST_KEY else value
    return " ".join(text.split()) if isinstance(text, str) and len(text) <= _LONGEST_KEY else ""


def _image(field: str, value: Any, notes: list[str]) -> Image | None:
    found = image_in(value)
    return found if found.reference else None


def _image_alt(field: str, value: Any, notes: list[str]) -> str:
    return alt_text(without_references(value)) if isinstance(value, str) else ""


def _dateline(field: str, value: Any, notes: list[str]) -> tuple[Dateline, datetime | None]:
    if isinstance(value, dict):
        parts = {name: _line(f"{field}.{name}", value.get(name) or "", notes) for name in ("place", "agency")}
        return Dateline(**parts), None
    text = _line(field, value, notes)
    found = parse_dateline(text)
    if not found[0]:
        notes.append(f"dateline '{text[:60]}' names no place or agency: left out")
    return found


def _language(field: str, value: Any, notes: list[str]) -> str:
    text = _text(field, value, notes)
    found = _LANGUAGE.match(text)
    if found is None:
        notes.append(f"language '{text[:60]}' is not a two-letter code: left out")
        return ""
    return found[1].lower()


def _names(field: str, value: Any, notes: list[str]) -> tuple[str, ...]:
    """A text or a list of texts; of an object its name is taken, a number as text."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise ArticleError(f"{field} must be text or a list, not {_TYPE_NAMES.get(type(value), 'this')}")
    names = []
    for item in value:
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, (int, float)) and not isinstance(name, bool):
            name = number_text(name, f"one of {field}")
        if name is not None:
            names.append(_line(f"each of {field}", name, notes))
    return _unique(names)


def _tags(field: str, value: Any, notes: list[str]) -> tuple[str, ...]:
    return _names(field, _TAG_SEPARATOR.split(value) if isinstance(value, str) else value, notes)


def _authors(field: str, value: Any, notes: list[str]) -> tuple[str, ...]:
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, str):
        return _names(field, value, notes)
    line = " ".join(value.split())  # first of all: the separators are looked for in time linear in the text
    parts = _AUTHOR_SEPARATOR.split(_BY.sub("", line, count=1) if _BY.match(line) else line)
    authors: list[str] = []
    for part in parts:
        several = part.split(",")
        # "Jane Doe, John Roe" are two people, "Doe, Jane" and "Jane Doe, Jr." one
        authors += several if all(" " in name.strip() for name in several) else [part]
    return _unique([name.strip() for name in authors])


def _links(field: str, value: Any, notes: list[str]) -> tuple[str, ...]:
    urls = []
    for url in _names(field, value, notes):
        if is_followable(url):
            urls.append(canonical_url(url))
    return _unique(urls)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


_READERS: dict[str, Callable[[str, Any, list[str]], Any]] = {
    "id": _id,
    "url": _url,
    "title": _line,
    "body": _body,
    "excerpt": _line,
    "authors": _authors,
    "date": _as_is,  # read last, when it is known what it may fall back on
    "expires": _as_is,
    "status": _status,
    "dateline": _dateline,
    "section": _line,
    "categories": _tags,
    "site": _line,
    "tags": _tags,
    "language": _language,
    "links": _links,
    "offered": _names,
    "image": _image,
    "image_alt": _image_alt,
    "modified": _modified,
    "public_from": _as_is,
    "translation_key": _key,
    "alternates": _links,
}
