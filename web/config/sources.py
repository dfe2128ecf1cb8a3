"""The settings as they are in force: of the command line, the environment, readmore.toml, or by default, in this
order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from indexer.settings import Settings, load_settings
from web.config.options import OPTIONS, SERVE, Option, SettingValueError
from web.config.page_options import PAGE_OPTIONS, PAGES

DEFAULT = "default"
ALL_OPTIONS = (*OPTIONS, *PAGE_OPTIONS)


class ConfigError(ReadmoreError):
    """A setting that the service cannot have. The message says where it is set, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a setting is, and where that comes from."""

    value: Any
    source: str


class Config:
    """The settings of the service. ``config["port"]`` is one of them."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name].value

    def items(self) -> Iterable[tuple[str, Value]]:
        """All settings, in the order in which they are listed."""
        return self._values.items()

    def with_values(self, source: str, **values: Any) -> Config:
        """The same settings but for `values`, which `source` decided."""
        return Config({**self._values, **{name: Value(value, source) for name, value in values.items()}})

    def source(self, name: str) -> str:
        """Where a setting comes from."""
        return self._values[name].source


def defaults() -> Config:
    """The settings where nobody has set anything."""
    return Config({option.key: Value(option.default, DEFAULT) for option in ALL_OPTIONS})


def read_config(
    data: Path, flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ
) -> tuple[Config, Settings]:
    """The settings for the archive in the folder `data`, and all that its readmore.toml says. `flags` are those of the
    command line, None where not given. Raises ConfigError, and SettingsError for a file that cannot be read."""
    path = ArchiveFolder(data).settings
    settings = load_settings(path)
    tables = {SERVE: settings.service, PAGES: settings.pages}
    for name, table in tables.items():
        _check_names(name, table, path)
    return Config({o.key: _value(o, flags, environment, tables[o.table], path) for o in ALL_OPTIONS}), settings


def _value(
    option: Option, flags: Mapping[str, Any], environment: Mapping[str, str], table: Mapping[str, Any], path: Path
) -> Value:
    if (given := flags.get(option.key)) is not None:
        return Value(_read(option, given, option.flag), f"flag {option.flag}")
    if (given := environment.get(option.variable)) is not None:
        return Value(_read(option, given, option.variable), f"environment {option.variable}")
    if option.name in table:
        return Value(_read(option, table[option.name], f"{path}: {option.table}.{option.name}"), f"{path}")
    return Value(option.default, DEFAULT)


def _read(option: Option, given: Any, where: str) -> Any:
    try:
        return option.read(given)
    except SettingValueError as problem:
        raise ConfigError(f"{where} {problem}, not {given!r:.60}") from None


def _check_names(of: str, table: Mapping[str, Any], path: Path) -> None:
    known = [option.name for option in ALL_OPTIONS if option.table == of]
    for name in table:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            meant = f"did you mean '{near[0]}'? " if near else ""
            raise ConfigError(f"{path}: {of}.{name} is no setting; {meant}known are {', '.join(known)}")
