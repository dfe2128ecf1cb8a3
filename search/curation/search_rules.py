"""What the editors decided about searches: the entries of ``rules.yaml`` that are for queries, as data.

`search.enforcement` carries them out; docs/curation.md describes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from indexer.text.words import word_forms
from search.curation.query_condition import (
    ALWAYS,
    EVERY_QUERY,
    WHEN,
    WHERE,
    Period,
    QueryCondition,
    condition_of,
    folded,
    period_of,
)
from search.curation.yaml_entries import Entry, EntryError

MAX_POSITION = 100
LEAST_FACTOR, MOST_FACTOR = 0.1, 10.0
MOST_WORDS = 10  # of one synonym
BOOST_FIELDS = ("section", "site", "tag", "language")
AGES = ("newer_than", "older_than")
BOTH, SEARCHES, RELATED = "both", "searches", "related"  # what a boost is for
_AGE = re.compile(r"(\d{1,5}) ?(d|w|y|days?|weeks?|years?)\Z", re.ASCII)
_DAYS = {"d": 1, "w": 7, "y": 365}


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Words, or several words in a row, that mean the same: a query with one finds the others, too; with `one_way` only
    a query with the first does."""

    words: tuple[str, ...]
    one_way: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class StopWords:
    """Words of queries that are not searched for where another word is left."""

    words: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class QueryPin:
    """The article `pin` stands at this position of what certain queries find."""

    pin: str
    condition: QueryCondition
    position: int = 1
    period: Period = ALWAYS
    line: int = 0


@dataclass(frozen=True, slots=True)
class Hidden:
    """An article that certain queries, or none at all, do not find."""

    hide: str
    condition: QueryCondition = EVERY_QUERY
    period: Period = ALWAYS
    line: int = 0


@dataclass(frozen=True, slots=True)
class Boost:
    """The scores of articles that have a value in a field, or are of a certain age, times `factor`."""

    factor: float
    field: str  # one of BOOST_FIELDS and AGES
    value: str  # for an age a number of days
    condition: QueryCondition = EVERY_QUERY
    period: Period = ALWAYS
    only: str = BOTH
    line: int = 0

    @property
    def days(self) -> int:
        """The age in days of a boost by age."""
        return int(self.value)


@dataclass(frozen=True, slots=True)
class Redirect:
    """Certain queries are answered by a page of its own."""

    redirect: str
    condition: QueryCondition
    period: Period = ALWAYS
    line: int = 0


SearchRule = Synonyms | StopWords | QueryPin | Hidden | Boost | Redirect
SEARCH_RULES = (Synonyms, StopWords, QueryPin, Hidden, Boost, Redirect)


def _synonyms(entry: Entry) -> Synonyms:
    entry.only("synonyms", "one_way")
    words = entry.texts("synonyms")
    for one in words:
        if not word_forms(one):
            raise EntryError(entry.line, f"'synonyms' has no word in it: '{one}'")
        if len(word_forms(one)) > MOST_WORDS:
            raise EntryError(entry.line, f"a synonym has {MOST_WORDS} words at most: '{one}'")
    if len({folded(one) for one in words}) < len(words):
        raise EntryError(entry.line, "'synonyms' has a word twice; accents and capitals make no difference")
    if len(words) < 2:
        raise EntryError(entry.line, "'synonyms' needs two words or more: synonyms: [car, automobile]")
    return Synonyms(words, entry.flag("one_way"), entry.line)


def _stop_words(entry: Entry) -> StopWords:
    entry.only("stop_words")
    words = entry.texts("stop_words")
    for one in words:
        if len(word_forms(one)) != 1:
            raise EntryError(entry.line, f"'stop_words' are single words, which '{one}' is not")
    return StopWords(words, entry.line)


def query_pin(entry: Entry) -> QueryPin:
    """The pin for queries that an entry states. Raises EntryError."""
    entry.only("pin", "position", *WHERE, *WHEN)
    position = entry.number("position", 1, MAX_POSITION) if "position" in entry.fields else 1
    return QueryPin(entry.text("pin"), condition_of(entry, needed=True), position, period_of(entry), entry.line)


def _hidden(entry: Entry) -> Hidden:
    entry.only("hide", *WHERE, *WHEN)
    return Hidden(entry.text("hide"), condition_of(entry), period_of(entry), entry.line)


def _boost(entry: Entry) -> Boost:
    entry.only("boost", *BOOST_FIELDS, *AGES, "only", *WHERE, *WHEN)
    kinds = [key for key in (*BOOST_FIELDS, *AGES) if key in entry.fields]
    if len(kinds) != 1:
        raise EntryError(entry.line, f"a boost is for one of {', '.join((*BOOST_FIELDS, *AGES))}: name one of them")
    only = entry.text("only") if "only" in entry.fields else BOTH
    if only not in (SEARCHES, RELATED, BOTH):
        raise EntryError(entry.line, f"'only' must be {SEARCHES} or {RELATED}, not '{only}'")
    condition = condition_of(entry)
    if condition != EVERY_QUERY and only == RELATED:
        raise EntryError(entry.line, "related articles are asked for without a query")
    value = entry.text(kinds[0])
    if kinds[0] in AGES:
        value = str(_days(entry, kinds[0], value))
    return boost_of(entry.text("boost"), kinds[0], value, condition, period_of(entry), only, entry.line)


def boost_of(
    factor: str,
    field: str,
    value: str,
    condition: QueryCondition = EVERY_QUERY,
    period: Period = ALWAYS,
    only: str = BOTH,
    line: int = 0,
) -> Boost:
    """The boost by a factor as it is typed. Raises EntryError for one that is out of bounds."""
    number = float(factor) if re.fullmatch(r"\d{1,3}(\.\d{1,6})?", factor) else 0.0
    if not LEAST_FACTOR <= number <= MOST_FACTOR:
        bounds = f"from {LEAST_FACTOR:g} (far down) to {MOST_FACTOR:g} (far up)"
        raise EntryError(line, f"'boost' must be a number {bounds}, not '{factor}'; 'hide' takes an article out")
    return Boost(number, field, value, condition, period, only, line)


def _days(entry: Entry, key: str, value: str) -> int:
    age = _AGE.match(value.lower())
    if age is None:
        raise EntryError(entry.line, f"'{key}' must be an age like 30 days, 6w or 2 years, not '{value}'")
    return int(age[1]) * _DAYS[age[2][0]]


def _redirect(entry: Entry) -> Redirect:
    entry.only("redirect", *WHERE, *WHEN)
    address = redirect_to(entry.text("redirect"), entry.line)
    return Redirect(address, condition_of(entry, needed=True), period_of(entry), entry.line)


def redirect_to(address: str, line: int = 0) -> str:
    """The address itself. Raises EntryError for one that no page can be sent to."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    if not (is_path or re.match(r"https?://[^/\s]", address, re.IGNORECASE)) or re.search(r"[\s\x00-\x1f\\]", address):
        raise EntryError(line, f"'redirect' must be an address like https://example.org/a or /a, not '{address}'")
    return address


KINDS: Mapping[str, Callable[[Entry], SearchRule]] = {
    "synonyms": _synonyms,
    "stop_words": _stop_words,
    "hide": _hidden,
    "boost": _boost,
    "redirect": _redirect,
}


def search_rule_to_fields(rule: SearchRule) -> dict[str, Any]:
    """A rule as it stands in the file."""
    match rule:
        case Synonyms():
            return {"synonyms": list(rule.words)} | ({"one_way": True} if rule.one_way else {})
        case StopWords():
            return {"stop_words": list(rule.words)}
        case QueryPin():
            found: dict[str, Any] = {"pin": rule.pin} | ({"position": rule.position} if rule.position != 1 else {})
        case Hidden():
            found = {"hide": rule.hide}
        case Redirect():
            found = {"redirect": rule.redirect}
        case Boost():
            found = {
                "boost": f"{rule.factor:g}",
                rule.field: f"{rule.value} days" if rule.field in AGES else rule.value,
            }
            found |= {} if rule.only == BOTH else {"only": rule.only}
    return found | rule.condition.to_fields() | rule.period.to_fields()
