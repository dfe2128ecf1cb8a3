"""Front matter as each generator has it, in the terms of a record: keys in any letter case, nested tables, lists where
others have one text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from indexer.schema import BUILT_IN

_NESTED = ("taxonomies", "taxonomy", "extra", "params")  # Zola's tables, Grav's and Hugo's
# Other names that generators have for what a record calls otherwise, lower case.
_RENAMED = {
    "draft": "draft",
    "published": "published",
    "retracted": "retracted",
    "categories": "categories",
    "keyword": "tags",
}
_SPELLINGS = {
    name.lower(): name for field in BUILT_IN if not field.shares_keys for name in (field.path[0], *field.keys)
} | _RENAMED
_LISTS_OF_WORDS = ("tags", "categories")  # Jekyll and Hugo split a text in them at blanks
_NEVER = frozenset(("never", "false", "link"))
_NAMES = ("tags", "categories", "keywords", "tag")
_LINES = ("title", "headline", "section", "category", "site", "excerpt", "summary", "description", "language", "lang")
_PEOPLE = ("authors", "author", "byline", "creator")


def record_of(front: Mapping[str, Any], *, words_are_tags: bool) -> dict[str, Any]:
    """The record that `front` matter means. `words_are_tags` says that a text without commas under ``tags`` and
    ``categories`` is a list of words, as in YAML. Raises nothing."""
    record = _with_known_spellings(front)
    for table in _NESTED:
        inner = record.get(table)
        if isinstance(inner, Mapping):
            record |= {key: value for key, value in _with_known_spellings(inner).items() if key not in record}
    changed = record.get("last_update")  # Docusaurus'
    if isinstance(changed, Mapping) and changed.get("date"):
        record.setdefault("modified", changed["date"])
    if publish_date := next((value for key, value in record.items() if _is_publish_date(key)), None):
        record.setdefault("date", publish_date)
    for key in ("category", "section"):  # of one category there may be a list, too
        if isinstance(record.get(key), list):
            record.setdefault("categories", record[key])
            del record[key]
    for key in _NAMES:
        if key in record:
            record[key] = _names(record[key], split_words=words_are_tags and key in _LISTS_OF_WORDS)
    for key in _LINES:
        if key in record:
            record[key] = _line(record[key])
    for key in _PEOPLE:
        if isinstance(record.get(key), (int, float)) and not isinstance(record[key], bool):
            record[key] = str(_line(record[key]))
    return record


def with_own(common: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that a post has in common with others, and its `own`, which go before whatever their letter case is."""
    said = {key.lower() for key in own if isinstance(key, str)}
    return {key: value for key, value in common.items() if key.lower() not in said} | dict(own)


def why_no_page(front: Mapping[str, Any]) -> str:
    """Why a generator makes no page that readers come upon of a file with `front` matter; empty if it makes one."""
    keys = {key.lower(): value for key, value in front.items() if isinstance(key, str)}
    for name in ("build", "_build"):  # Hugo's
        options = keys.get(name)
        if isinstance(options, Mapping):
            for key in ("render", "list"):
                if str(options.get(key, "")).lower() in _NEVER:
                    return f"not public: it says {name}: {key}: {str(options[key]).lower()}"
    for name in ("render", "permalink"):  # Zola's, Eleventy's
        if str(keys.get(name, "")).lower() == "false":
            return f"not public: it says {name}: false"
    for name in ("headless", "eleventyexcludefromcollections"):
        if str(keys.get(name, "")).lower() == "true":
            return f"not public: it says {name}: true"
    return "no article: a drawing" if "excalidraw-plugin" in keys else ""


def _is_publish_date(key: Any) -> bool:
    return isinstance(key, str) and key.lower() == "publishdate"  # Hugo's


def _with_known_spellings(front: Mapping[str, Any]) -> dict[str, Any]:
    """`front` with the keys of a record as records spell them; where two come to the same, the first counts."""
    record: dict[str, Any] = {}
    exact = {key for key in front if isinstance(key, str) and _SPELLINGS.get(key.lower()) == key}
    for key, value in front.items():
        name = _SPELLINGS.get(key.lower(), key) if isinstance(key, str) else key
        if name == key or name not in exact:
            record.setdefault(name, value)
    return record


def _names(value: Any, *, split_words: bool) -> Any:
    """A list of names, lists in it opened; a text as it is, unless its words are the names."""
    if isinstance(value, str):
        return value.split() if split_words and not set(value) & {",", ";"} else value
    if isinstance(value, (list, tuple)):
        return [name.removeprefix("#") if isinstance(name, str) else _line(name) for name in _opened(value)]
    return value


def _opened(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from _opened(value)
        elif value is not None and value != "":
            yield value


def _line(value: Any) -> Any:
    """Numbers and dates as text, where a text was meant: the title 1984."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**15 else value
    return value.isoformat() if isinstance(value, (date, time)) else value
