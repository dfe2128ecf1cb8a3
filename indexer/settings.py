"""What a publisher has set for an archive: `readmore.toml` in the archive's folder, see docs/configuration.md."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from indexer.base.errors import ReadmoreError
from indexer.schema import ALL_TEXT, BUILT_IN, DECLARED, NOT_KEPT, Field, Kind, Schema, declared_field

MAX_BYTES = 1_000_000
MAX_LINE = 2000  # characters: the parts of a dotted key take quadratic time
MAX_DECLARED = 50  # fields
MAX_WEIGHT = 1000.0
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9_-]+)?\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")

KINDS = (Kind.TEXT, Kind.KEYWORD, Kind.NUMBER, Kind.DATE, Kind.URL, Kind.YES_NO)
# What a field of each kind can be used for, and whether it is where nothing is said.
_USES: Mapping[Kind, Mapping[str, bool]] = {
    Kind.TEXT: {},
    Kind.KEYWORD: {"filter": True, "sort": False, "count": True},
    Kind.NUMBER: {"filter": True, "sort": True, "count": False},
    Kind.DATE: {"filter": True, "sort": True},
    Kind.URL: {"filter": True, "count": False},
    Kind.YES_NO: {"filter": True, "sort": True, "count": True},
}
_ATTRIBUTES = {"filter": "filterable", "sort": "sortable", "count": "countable"}
_KEYS = ("kind", "from", "weight", *_ATTRIBUTES)

# What can be set of related blocks, and of what kind each is: a number of articles, or on and off.
BLOCK_NUMBERS = ("items", "story_items")
BLOCK_SWITCHES = (
    "justified",
    "whole_names",
    "headline_words",
    "repeated_passages",
    "stories",
    "series",
    "nearest_first",
    "own_language_first",
    "groups",
)
MAX_BLOCK_ITEMS = 20

# Names that are parameters of the service already.
RESERVED = frozenset(
    """q limit offset page sort order count filter facet facets recency typos
    id url exclude since until fields format lang rerank callback
    size""".split()
)


class SettingsError(ReadmoreError):
    """A settings file that cannot be used. The message names the file, the key and what is allowed."""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """A source that an archive is kept in step with, and what is true of all its articles that do not say otherwise."""

    place: str  # a file, a folder or an address
    site: str = ""
    language: str = ""
    url: str = ""  # a pattern of addresses, see `indexer.intake.url_pattern`
    mapping: Mapping[str, str] = dataclasses.field(default_factory=dict)  # which key of a record is which field
    private: bool = False  # whether addresses of this machine and its network may be fetched from
    prune: bool = True  # whether what the source no longer has is taken out
    left_out: frozenset[str] = frozenset()  # which of url, site and mapping were not said, and are as they were before


@dataclass(frozen=True, slots=True)
class Settings:
    """What `readmore.toml` says; without the file, nothing."""

    fields: tuple[Field, ...] = ()  # those of the publisher's own, ascending by name
    language: str = ""  # of articles that do not name theirs, two letters; empty: as the archive was made
    service: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # the table [serve], for whoever serves
    pages: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # the table [pages], likewise
    sources: tuple[SourceSettings, ...] = ()
    blocks: Mapping[str, int | bool] = dataclasses.field(default_factory=dict)  # of related blocks, by the names above
    zone: tzinfo = UTC  # in which the day begins that an article with a date and no time is public from

    @property
    def schema(self) -> Schema:
        """All fields that the archive has."""
        return Schema(self.fields)


def load_settings(path: Path) -> Settings:
    """The settings in the file at `path`, which need not exist. Raises SettingsError."""
    reader = _Reader(path)
    table = reader.table()
    reader.check_keys(table, ("language", "timezone", "fields", "serve", "pages", "sources", "blocks"), "")
    fields = reader.member(table, "fields", dict, "a table", {})
    if len(fields) > MAX_DECLARED:
        reader.refuse("fields", f"declares {len(fields)} fields; up to {MAX_DECLARED} are possible")
    service = reader.member(table, "serve", dict, "a table", {})
    pages = reader.member(table, "pages", dict, "a table", {})
    declared = tuple(reader.field(name, fields[name]) for name in sorted(fields))
    sources, blocks = reader.sources(table), reader.blocks(table)
    return Settings(declared, reader.language(table), service, pages, sources, blocks, reader.zone(table))


class _Reader:
    """Reads one file and names it in every refusal."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def refuse(self, key: str, problem: str) -> NoReturn:
        raise SettingsError(f"{self._path}: {f'{key} ' if key else ''}{problem}")

    def table(self) -> dict[str, Any]:
        """All that the file says, {} where there is none."""
        try:
            with self._path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.refuse("", f"cannot be read: {error.strerror or error}")
        if len(content) > MAX_BYTES:
            self.refuse("", f"is larger than {MAX_BYTES:,} bytes: not settings")
        try:
            text = content.decode("utf-8").removeprefix("\ufeff")
            for number, line in enumerate(text.splitlines(), 1):
                if len(line) > MAX_LINE:
                    self.refuse("", f"line {number} has {len(line):,} characters: up to {MAX_LINE:,} are read")
            return tomllib.loads(text)
        except UnicodeDecodeError as error:
            self.refuse("", f"is not UTF-8 text (byte {error.start + 1}): save it as UTF-8")
        except tomllib.TOMLDecodeError as error:
            self.refuse("", f"is not TOML: {error}")
        except RecursionError:  # thousands of brackets inside each other
            self.refuse("", "is not settings: nested too deeply")

    def check_keys(self, table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
        """Refuses a key that there is not."""
        known = list(known)
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, n=1, cutoff=0.5)
                meant = f"did you mean '{near[0]}'? " if near else ""
                self.refuse(f"{where}{key}", f"is no setting; {meant}known are {', '.join(known)}")

    def member(self, table: Mapping[str, Any], key: str, kind: Any, what: str, default: Any, where: str = "") -> Any:
        """The value of a key, of the right type."""
        value = table.get(key, default)
        is_number = kind is float and isinstance(value, int) and not isinstance(value, bool)
        if value is not default and not isinstance(value, kind) and not is_number:
            self.refuse(f"{where}{key}", f"must be {what}, not {_type_name(value)}")
        return value

    def language(self, table: Mapping[str, Any], where: str = "") -> str:
        """The two letters of the language that is set; empty where none is."""
        value = self.member(table, "language", str, 'two letters, such as "fr"', "", where)
        found = _LANGUAGE.match(value)
        if value and found is None:
            self.refuse(f"{where}language", f"must be two letters, such as 'fr', not '{value[:40]}'")
        return found[1].lower() if found else ""

    def zone(self, table: Mapping[str, Any]) -> tzinfo:
        """The time zone that is set, UTC where none is."""
        name = self.member(table, "timezone", str, 'a time zone, such as "Europe/Berlin"', "UTC")
        if name.upper() == "UTC":
            return UTC
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            self.refuse(
                "timezone", f"must be a time zone that this machine knows, such as 'Europe/Berlin', not '{name[:40]}'"
            )

    def sources(self, table: Mapping[str, Any]) -> tuple[SourceSettings, ...]:
        """The sources in ``[[sources]]``. Files and folders are looked for from the folder of this file on."""
        listed = self.member(table, "sources", list, "[[sources]] and below it from = ...", [])
        return tuple(self._source(each, f"sources[{number}]") for number, each in enumerate(listed, 1))

    def _source(self, table: Any, where: str) -> SourceSettings:
        if not isinstance(table, dict):
            self.refuse(where, f"must be a table, [[sources]], not {_type_name(table)}")
        self.check_keys(table, ("from", "site", "language", "url", "map", "private", "prune"), f"{where}.")
        where += "."
        place = self.member(table, "from", str, "a file, a folder or an address", "", where)
        if not place:
            self.refuse(f"{where}from", "is missing: a file, a folder or an address")
        if not place.lower().startswith(("http://", "https://")):
            place = os.path.normpath(self._path.absolute().parent / Path(place).expanduser())
        mapping = self.member(table, "map", dict, 'a table, such as {title = "Headline"}', {}, where)
        for field, key in mapping.items():
            self.member(mapping, field, str, f"the key that the source has, not {key!r}", "", f"{where}map.")
        return SourceSettings(
            place,
            self.member(table, "site", str, "a name", "", where),
            self.language(table, where),
            self.member(table, "url", str, "a pattern, such as '/{year}/{slug}/'", "", where),
            dict(mapping),
            self.member(table, "private", bool, "true or false", False, where),
            self.member(table, "prune", bool, "true or false", True, where),
        )

    def blocks(self, table: Mapping[str, Any]) -> dict[str, int | bool]:
        """What is set of related blocks in ``[blocks]``."""
        blocks = self.member(table, "blocks", dict, "a table, [blocks] and below it items = 6", {})
        self.check_keys(blocks, (*BLOCK_NUMBERS, *BLOCK_SWITCHES), "blocks.")
        for name in BLOCK_NUMBERS:
            number = self.member(blocks, name, int, "a whole number", 1, "blocks.")
            if isinstance(number, bool) or not 1 <= number <= MAX_BLOCK_ITEMS:
                self.refuse(f"blocks.{name}", f"must be a whole number from 1 to {MAX_BLOCK_ITEMS}")
        for name in BLOCK_SWITCHES:
            self.member(blocks, name, bool, "true or false", True, "blocks.")
        return dict(blocks)

    def field(self, name: str, table: Any) -> Field:
        """The field that is declared in ``[fields.NAME]``."""
        where = f"fields.{name}"
        if not isinstance(table, dict):
            self.refuse(where, f"must be a table, [{where}] and below it kind = ..., not {_type_name(table)}")
        self._check_name(where, name)
        self.check_keys(table, _KEYS, f"{where}.")
        where += "."
        kind = self._kind(table, where)
        key = self.member(table, "from", str, "the key that the source has", name, where)
        self._check_key(where, name, key)
        weight = self.member(table, "weight", float, "a number", 1.0 if kind == Kind.TEXT else 0.0, where)
        if "weight" in table and kind != Kind.TEXT:
            self.refuse(f"{where}weight", f"is for fields of the kind text; {name} is of the kind {kind}")
        if not 0 <= weight <= MAX_WEIGHT:
            self.refuse(f"{where}weight", f"must lie in [0, {MAX_WEIGHT:g}], not {str(weight)[:40]}")
        return declared_field(name, kind, key, weight=float(weight), **self._uses(table, kind, where))

    def _check_name(self, where: str, name: str) -> None:
        if not _NAME.match(name):
            self.refuse(where, "cannot be a name: write up to 40 of a to z, 0 to 9 and _, beginning with a letter")
        built_in = {called for field in BUILT_IN if not field.shares_keys for called in (field.name, field.path[0])}
        if name in built_in or name in (ALL_TEXT, DECLARED):
            self.refuse(where, "is a field that every article has; choose another name, and the key with from = ...")
        if name in RESERVED:
            self.refuse(where, "is a parameter of the service; choose another name, and the key with from = ...")

    def _check_key(self, where: str, name: str, key: str) -> None:
        for field in BUILT_IN:
            if not (field.derived or field.shares_keys) and key in (field.path[0], *field.keys):
                self.refuse(
                    f"{where}from", f"'{key}' is read as the article's {field.path[0]}, which every article has"
                )
        if key in NOT_KEPT:
            self.refuse(f"{where}from", f"'{key}' is a key that is not kept with articles; use another key")
        if not key or not key.isprintable():
            self.refuse(f"{where}from", f"must be the key that the source has for {name}")

    def _kind(self, table: Mapping[str, Any], where: str) -> Kind:
        known = ", ".join(KINDS)
        value = self.member(table, "kind", str, f"one of {known}", None, where)
        if value is None:
            self.refuse(f"{where}kind", f"is missing; write one of {known}")
        if value not in KINDS:
            near = get_close_matches(value, KINDS, n=1, cutoff=0.5)
            meant = f" (did you mean {near[0]}?)" if near else ""
            self.refuse(f"{where}kind", f"must be one of {known}, not '{value[:40]}'{meant}")
        return Kind(value)

    def _uses(self, table: Mapping[str, Any], kind: Kind, where: str) -> dict[str, bool]:
        uses = {}
        for key, attribute in _ATTRIBUTES.items():
            wanted = self.member(table, key, bool, "true or false", _USES[kind].get(key, False), where)
            if wanted and key not in _USES[kind]:
                possible = [name for name, found in _USES.items() if key in found]
                self.refuse(f"{where}{key}", f"is for fields of the kinds {', '.join(possible)}, not {kind}")
            uses[attribute] = wanted
        return uses


def _type_name(value: Any) -> str:
    names = {bool: "true or false", str: "a text", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), "a date")
