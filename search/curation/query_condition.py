"""Which queries a rule is for, and when it is in force."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from indexer.text.words import normalize, strip_accents
from search.curation.yaml_entries import Entry, EntryError

WHERE = ("query", "pattern")  # keys of an entry that say for which queries it is
WHEN = ("from", "until")  # keys of an entry that say when
ANY = "*"  # in a pattern: any characters, also none
_PART_OF_WORDS = frozenset("*#@&+$")  # signs without which C++, #tags and AT&T would be other words


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """A query as queries are compared: without regard to case, accents, punctuation and blanks.

    >>> folded('  "Café-Racer", 2024! ')
    'cafe racer 2024'
    """
    letters = strip_accents(normalize(text).lower())
    return " ".join("".join([letter if _counts(letter) else " " for letter in letters]).split())


def _counts(letter: str) -> bool:
    return letter.isalnum() or letter in _PART_OF_WORDS or unicodedata.category(letter)[0] not in "PZC"


@dataclass(frozen=True, slots=True)
class QueryCondition:
    """Certain queries: those that are one of `queries`, or fit one of `patterns`; all queries where it has neither."""

    queries: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    # both as queries are compared, folded once: there may be thousands of rules, and each query is compared with all
    folded_queries: frozenset[str] = field(init=False, repr=False, compare=False)
    _folded_patterns: tuple[tuple[str, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded_queries", frozenset(map(folded, self.queries)))
        parts = tuple(tuple(folded(pattern).split(ANY)) for pattern in self.patterns)
        object.__setattr__(self, "_folded_patterns", parts)

    @property
    def is_for_all(self) -> bool:
        """Whether they are all queries: neither is given, or a pattern that is no more than stars."""
        return not (self.queries or self.patterns) or any(not any(parts) for parts in self._folded_patterns)

    def holds_for(self, query: str) -> bool:
        """Whether a query, `folded`, is one of them."""
        if not self.queries and not self.patterns:
            return True
        return query in self.folded_queries or any(_fits(query, parts) for parts in self._folded_patterns)

    def to_fields(self) -> dict[str, Any]:
        """The condition as it stands in the file."""
        named = (("query", self.queries), ("pattern", self.patterns))
        return {key: of[0] if len(of) == 1 else list(of) for key, of in named if of}

    def __str__(self) -> str:
        named = [*[f"'{one}'" for one in self.queries], *[f"queries like '{one}'" for one in self.patterns]]
        return " and ".join([", ".join(named[:-1]), named[-1]]) if len(named) > 1 else "".join(named)


EVERY_QUERY = QueryCondition()


def _fits(query: str, pattern: Sequence[str]) -> bool:
    """Whether a folded query fits what a folded pattern has between its `ANY`; from the left to the right, in time
    linear in both."""
    first, *others = pattern
    if not others:
        return query == first
    *between, last = others
    if len(query) < len(first) + len(last) or not query.startswith(first) or not query.endswith(last):
        return False
    at, end = len(first), len(query) - len(last)
    for part in between:
        at = query.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def condition_of(entry: Entry, *, needed: bool = False) -> QueryCondition:
    """The queries that an entry is for. Raises EntryError for one that no query can fit, and where they are `needed`
    and not named."""
    found: Mapping[str, tuple[str, ...]] = {key: entry.texts(key) if key in entry.fields else () for key in WHERE}
    for key, texts in found.items():
        for text in texts:
            if not folded(text):
                raise EntryError(entry.line, f"'{key}' has no word in it: '{text}'")
            if key == "query" and ANY in text:
                raise EntryError(entry.line, f"'query' is a query as it is typed; for '{text}' write 'pattern'")
    if needed and not any(found.values()):
        raise EntryError(entry.line, "for which queries? Name them by 'query', or by a 'pattern' with * in it")
    return QueryCondition(found["query"], found["pattern"])


@dataclass(frozen=True, slots=True)
class Period:
    """From one moment to another, both included; None for no bound."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether a moment lies in it."""
        return (self.since is None or self.since <= now) and (self.until is None or now <= self.until)

    def days(self) -> list[datetime]:
        """The moments at which it begins and ends."""
        return [moment for moment in (self.since, self.until) if moment is not None]

    def to_fields(self) -> dict[str, str]:
        """The period as it stands in the file."""
        first = {"from": as_day(self.since, "00:00:00")} if self.since else {}
        return first | ({"until": as_day(self.until, "23:59:59")} if self.until else {})

    def __str__(self) -> str:
        return "".join(f", {key} {day}" for key, day in self.to_fields().items())


ALWAYS = Period()


def period_of(entry: Entry) -> Period:
    """When an entry is in force. Raises EntryError where it ends before it begins."""
    period = Period(entry.date("from"), entry.date("until", end_of_day=True))
    if period.since is not None and period.until is not None and period.until < period.since:
        raise EntryError(entry.line, "'until' comes before 'from': this never holds")
    return period


def as_day(moment: datetime, whole: str) -> str:
    """The moment as a day where its time is the one that stands for a whole day, else in full."""
    text = moment.astimezone(UTC).isoformat()
    return text[:10] if text[11:19] == whole else text
