"""Dates in words behind the name of a field, `after:yesterday`, `date:"last week"`: written out as dates before the
query is read, so that they narrow it down as dates do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from indexer.schema import Kind, Schema
from search.dates.in_words import DateInWords, date_in_words
from search.query.ranges import is_date
from search.query.shorthands import AFTER, BEFORE

_MOST_WORDS = 3  # of a date without quotation marks: "after:5 october 2024"
_LONGEST = 1000  # characters of a query that is looked at
_DAY = timedelta(days=1)


class WrittenOut(NamedTuple):
    """A query whose dates are written out."""

    text: str
    notes: tuple[str, ...] = ()  # what each was read as
    from_today: bool = False  # whether any of them is counted from today


def with_dates_written_out(
    text: str, languages: tuple[str, ...], schema: Schema, today: date | None = None
) -> WrittenOut:
    """A query with dates in the place of words that name a period in some languages behind a field of dates; the same
    text where there are none. `today` is in UTC, and the day that it is if it is not given."""
    if ":" not in text or "://" in text or len(text) > _LONGEST:
        return WrittenOut(text)
    reader = _Reader(languages, datetime.now(UTC).date() if today is None else today)
    parts, notes, done = [], [], 0
    for found in _conditions(schema).finditer(text):
        if found.start() < done or not found["field"]:
            continue
        written = reader.range_of(found) if found["range"] else reader.condition(found, text)
        if written is not None:
            until, condition = written
            parts += [text[done : found.start()], condition]
            notes.append(f"{text[found.start() : until]} was read as {condition}")
            done = until
    if not notes:
        return WrittenOut(text)
    return WrittenOut("".join([*parts, text[done:]]), tuple(notes), reader.from_today)


@lru_cache(maxsize=8)
def _conditions(schema: Schema) -> re.Pattern[str]:
    """Matches what stands behind a field of dates, and what is in quotation marks, which has no fields."""
    dates = [name for name, field in schema.fields.items() if field.kind == Kind.DATE and name in schema.searchable]
    names = [*dates, *(name for name in (AFTER, BEFORE) if name not in schema.searchable)]
    field = rf"(?<![\w.:])(?P<field>{'|'.join(map(re.escape, names))}):"
    value = r'(?P<sign>[<>]=?)?(?:"(?P<quoted>[^"]+)"|(?P<first>[^\s()\[\]{}"^<>=]+))'
    bounds = r"(?P<left>[\[{])(?P<from>[^\[\]{}]*?)\s+TO\s+(?P<to>[^\[\]{}]*?)(?P<right>[\]}])"
    return re.compile(rf'{field}(?:(?P<range>{bounds})|{value})|"[^"]*"')


class _Reader:
    """Reads what stands behind fields."""

    def __init__(self, languages: tuple[str, ...], today: date) -> None:
        self._languages = languages
        self._today = today
        self.from_today = False

    def condition(self, found: re.Match[str], text: str) -> tuple[int, str] | None:
        """Up to where a condition goes, and what it is with its date written out; None for one without words."""
        if found["quoted"]:
            ways: Iterator[tuple[int, str]] = iter([(found.end(), found["quoted"])])
        else:
            ways = _words_from(text, found.start("first"), found.end())
        for until, words in ways:
            if is_date(words, []):
                return None
            period = self._period(words)
            if period is not None:
                return until, _compared(found["field"], found["sign"] or "", period)
        return None

    def range_of(self, found: re.Match[str]) -> tuple[int, str] | None:
        """The same of a range, both ends included or not as they were."""
        first, last = (self._end(found[name].strip('" ')) for name in ("from", "to"))
        if first is None or last is None or not (first[1] or last[1]):
            return None
        start = first[0] if not first[1] else str(first[1].start if found["left"] == "[" else first[1].end - _DAY)
        end = last[0] if not last[1] else str(last[1].end - _DAY if found["right"] == "]" else last[1].start)
        return found.end(), f"{found['field']}:{found['left']}{start} TO {end}{found['right']}"

    def _end(self, text: str) -> tuple[str, DateInWords | None] | None:
        """An end of a range as typed, and the period that it names; None where it is neither that nor a date."""
        if not text or is_date(text, []):
            return text, None
        period = self._period(text)
        return None if period is None else (text, period)

    def _period(self, text: str) -> DateInWords | None:
        """The period that is all of a text."""
        found = date_in_words(text, self._languages, self._today)
        if found is None or found.rest or found.bound:
            return None
        self.from_today |= found.from_today
        return found


def _words_from(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Up to where some words from a place on go, and these words, the most first; the first of them ends at `end`."""
    ends = [end, *(end + word.end() for word in re.finditer(r"\s+[^\s()\[\]{}\"^:]+(?![^\s)\]}])", text[end:]))]
    for until in reversed(ends[:_MOST_WORDS]):
        if "(" not in text[start:until] and ":" not in text[start:until]:
            yield until, text[start:until]


def _compared(field: str, sign: str, period: DateInWords) -> str:
    """A condition with a period, which is excluded as a whole where it is."""
    first, behind = period.start, period.end
    if field in (AFTER, BEFORE):
        return f"{field}:{first}"
    if sign:
        day = behind if sign in (">", "<=") else first
        return f"{field}:{'>=' if '>' in sign else '<'}{day}"
    return f"{field}:{first}" if behind == first + _DAY else f"{field}:[{first} TO {behind - _DAY}]"
