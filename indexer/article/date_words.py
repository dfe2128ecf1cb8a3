"""What languages call months, and what they say for periods such as last week, as the library dateparser has it.

Its parser makes patterns of all that it knows of each language, which takes two seconds of a process, and to import it
takes half of one: only its data are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

MONTHS = tuple("january february march april may june july august september october november december".split())
UNITS = ("hour", "day", "week", "month", "year")
DAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
_NUMBER = re.compile(r"\(\\d[^)]*\)")  # in the library's patterns


@cache
def month_names(language: str) -> Mapping[str, Sequence[str]]:
    """By `MONTHS` what a language calls them, shortened as well. Empty for a language that the library does not know.
    Raises ModuleNotFoundError if the library is not there."""
    data = _data(language)
    return {month: list(data.get(month, ())) for month in MONTHS if month in data}


@cache
def relative_periods(language: str) -> Mapping[str, Sequence[str]]:
    """What a language says for periods that are counted from today: by ``0 day ago`` (today), ``1 week ago`` (last
    week), ``last monday`` and the like. Empty, or an error, as for `month_names`."""
    found: dict[str, Sequence[str]] = _data(language).get("relative-type", {})
    return found


@cache
def unit_names(language: str) -> Mapping[str, Sequence[str]]:
    """By `UNITS` what a language calls them, in the forms that it has beside
    numbers. Empty, or an error, as for `month_names`."""
    data = _data(language)
    return {unit: list(data[unit]) for unit in UNITS if unit in data}


@cache
def counted_periods(language: str) -> Mapping[str, Sequence[str]]:
    """By `UNITS` what a language says for so many of them ago, with ``#`` for the
    number. Empty, or an error, as for `month_names`."""
    patterns = _data(language).get("relative-type-regex", {})
    return {unit: [_NUMBER.sub("#", said) for said in patterns.get(f"\\1 {unit} ago", ())] for unit in UNITS}


@cache
def month_first(language: str) -> bool:
    """Whether a language writes the month of 10/5/2024 before its day. An error as for `month_names`."""
    return _data(language).get("date_order") == "MDY"


@cache
def _folder() -> Path:
    package = find_spec("dateparser")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("dateparser is not installed", name="dateparser")
    return Path(package.submodule_search_locations[0], "data", "date_translation_data")


@cache
def _languages() -> frozenset[str]:
    return frozenset(path.stem for path in _folder().glob("*.py"))


def _data(language: str) -> dict[str, Any]:
    if language not in _languages():
        return {}
    path = _folder() / f"{language}.py"
    spec = spec_from_file_location(f"_date_words_{language.replace('-', '_')}", path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"dateparser has no data at {path}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    data: dict[str, Any] = module.info
    return data
