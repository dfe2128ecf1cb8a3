"""The words for dates in some languages, folded as what is typed is folded, by what they stand for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from indexer.article.date_words import (
    DAYS,
    MONTHS,
    UNITS,
    counted_periods,
    month_names,
    relative_periods,
    unit_names,
)
from indexer.text.words import normalize, strip_accents
from search.dates.wording import BEHIND, BOUNDS, LAST, MORE_PERIODS, SEASONS

# scripts in which a word may follow another without a blank
RUN_ON = re.compile("[\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]")
_AGO = re.compile(r"\d+ (?:day|week|month|year) ago")
_LAST_DAY = re.compile(rf"last (?:{'|'.join(DAYS)})")
_Value = TypeVar("_Value")
_FEWEST = 3  # letters of a name in a script with capitals; shorter ones are other words, too


class Counted(NamedTuple):
    """Words for so many hours, days, weeks, months or years, with ``#`` for their number."""

    said: str
    unit: str
    is_last: bool  # all of the last so many, not the one so many ago

    @property
    def words(self) -> list[str]:
        """What is said beside the number, the longest first."""
        return sorted(filter(None, map(str.strip, self.said.split("#"))), key=len, reverse=True)


def folded(text: str) -> tuple[str, list[int]]:
    """A text without accents, in lower case and in ASCII figures, and for each of its letters the place of the one in
    `text` that it was; one past the last at the end."""
    letters, places = [], []
    for place, character in enumerate(text):
        plain = str(unicodedata.decimal(character)) if character.isdecimal() else strip_accents(character.lower())
        letters.append(plain)
        places += [place] * len(plain)
    return "".join(letters), [*places, len(text)]


def _name(text: str) -> str:
    return folded(normalize(text))[0].strip()


def _is_name(name: str) -> bool:
    """Whether a folded name is long enough to be none by chance."""
    return len(name) >= _FEWEST or (bool(name) and name.upper() == name.lower() and not name.isdigit())


@lru_cache(maxsize=64)
def months(languages: tuple[str, ...]) -> Mapping[str, int]:
    """The numbers of months by their names."""
    found: dict[str, int] = {}
    for names in map(month_names, languages):
        for number, month in enumerate(MONTHS, 1):
            for name in map(_name, names.get(month, ())):
                found.setdefault(name, number)
    return _longest_first({name: number for name, number in found.items() if _is_name(name)})


@lru_cache(maxsize=64)
def periods(languages: tuple[str, ...]) -> Mapping[str, str]:
    """The periods that are counted from today, as `relative_periods` calls them, by what is said for them."""
    found: dict[str, str] = {}
    for language in languages:
        for more in (relative_periods(language), MORE_PERIODS.get(language, {})):
            for period, said in more.items():
                if _AGO.fullmatch(period) or _LAST_DAY.fullmatch(period):
                    for name in map(_name, said):
                        found.setdefault(name, period)
    return _longest_first({name: period for name, period in found.items() if _is_name(name)})


@lru_cache(maxsize=64)
def counted(languages: tuple[str, ...]) -> Sequence[tuple[Sequence[str], Sequence[Counted]]]:
    """What is said for so many days and the like, those together that have the same words, with these, the longest
    first."""
    found: dict[str, Counted] = {}
    for language in languages:
        for unit, said in counted_periods(language).items():
            for name in map(_name, said):
                found.setdefault(name, Counted(name, unit, False))
        units = unit_names(language)
        names = {unit: [name for name in map(_name, units.get(unit, ())) if _is_name(name)] for unit in UNITS}
        for last in map(_name, LAST.get(language, ())):
            for unit in UNITS:
                for name in names[unit]:
                    for order in (f"{last} # {name}", f"# {last} {name}", f"# {name} {last}"):
                        found.setdefault(order, Counted(order, unit, True))
    by_words: dict[tuple[str, ...], list[Counted]] = {}
    for of in sorted(found.values(), key=lambda of: -len(of.said)):
        by_words.setdefault(tuple(of.words), []).append(of)
    return list(by_words.items())


@lru_cache(maxsize=64)
def bounds(languages: tuple[str, ...], *, behind: bool) -> Mapping[str, str]:
    """Which bound a word before a date stands for, or one `behind` it."""
    found: dict[str, str] = {}
    for language in languages:
        if (language in BEHIND) == behind:
            for bound, said in BOUNDS.get(language, {}).items():
                for name in map(_name, said):
                    found.setdefault(name, bound)
    return _longest_first(found)


@lru_cache(maxsize=64)
def seasons(languages: tuple[str, ...]) -> Mapping[str, int]:
    """The months in which seasons begin by their names."""
    found: dict[str, int] = {}
    for language in languages:
        for month, names in zip((3, 6, 9, 12), SEASONS.get(language, ()), strict=False):
            for name in map(_name, names):
                found.setdefault(name, month)
    return _longest_first(found)


def _longest_first(found: Mapping[str, _Value]) -> Mapping[str, _Value]:
    return {name: found[name] for name in sorted(found, key=lambda name: (-len(name), name))}
