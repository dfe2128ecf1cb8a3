"""Queries that name a period in words: whether articles of other periods are left out or come later, and what is said
of it.

"last week" is no subject, and neither is a query of nothing but a date: only articles of that time are found. A date
beside other words ("moon landing 2024") may also be what articles write about: those of that time come first. What an
article has as its headline is a headline, and where the archive has nothing of a period it stands for words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

import numpy as np
from numpy.typing import NDArray

from search.dates.in_words import DateInWords, date_in_words
from search.query.index_terms import free_text
from search.query.leaves import listed, positive_leaves
from search.query.parser import ParsedQuery, as_words
from search.query.tree import NOTHING, NumericRange, Or, Require, boost_of, with_boost
from search.query.typed_words import phrases, readings, words
from search.ranking.headline import NEAR
from search.reader.index import Index, Mask
from search.results import Correction
from search.rewriting.relaxing import unknown_words

PREFERRED = 2.0  # what scores of articles of the time that is named beside other words are multiplied by ...
PREFERRED_YEAR = 1.5  # ... or of a year, which may mean something else
AS_WORDS = 0.1  # the weight of its words, which articles of other times may have, beside the others
_LONGEST = 12  # words of a query that is read so; a longer one is a text


@dataclass(frozen=True, slots=True)
class Dated:
    """A query that names a period."""

    query: ParsedQuery  # what is looked for: without the date where only articles of that time are found
    date: DateInWords
    only: bool  # whether only they are found
    written_then: Mask  # (max_doc,) the live docs of that time

    @property
    def is_missing(self) -> bool:
        """Whether the archive has nothing of that time, which then is no part of what is looked for."""
        return not self.written_then.any()

    def applied(self, index: Index, query: ParsedQuery) -> ParsedQuery:
        """A query, `query` or what that was corrected to, with the date as a condition where it is one, or no article
        has any of the other words, and a note."""
        if self.is_missing:
            return replace(query, notes=(*query.notes, f"no article is {self.date.named}: searched without that"))
        if self.only:
            return self._as_condition(query)
        light = {with_boost(leaf, 1.0) for leaf in positive_leaves(free_text(self.date.written, index.languages()))}
        parts = query.tree.parts if isinstance(query.tree, Or) else (query.tree,)
        others = tuple([part for part in parts if with_boost(part, 1.0) not in light])
        beside = replace(query, tree=Or(others))
        if others and not _finds(index, beside) and not (self.date.is_vague and _finds(index, query)):
            unknown = unknown_words(index, beside)
            notes = [f"no article has {listed(unknown)}"] if unknown else []
            return self._as_condition(replace(query, tree=NOTHING, notes=(*query.notes, *notes)))
        if others:  # the date itself is looked at, so that its words count little
            parts = tuple([part if part in others else with_boost(part, boost_of(part) * AS_WORDS) for part in parts])
            query = replace(query, tree=Or(parts))
        beside_date = " ".join(query.text.replace(self.date.written, " ").split()) if query.is_plain else query.words
        return replace(query, words=beside_date, notes=(*query.notes, f"articles {self.date.named} come first"))

    def _as_condition(self, query: ParsedQuery) -> ParsedQuery:
        note = f'articles {self.date.named}; "{self.date.written}" in quotation marks is searched for as words'
        condition = NumericRange("date", *_seconds(self.date), end_excluded=True)
        has_words = query.tree != NOTHING
        return replace(
            query,
            tree=Require(query.tree, condition) if has_words else condition,
            is_plain=False,
            words=query.text if has_words else "",
            notes=(*query.notes, note),
        )

    def factors(self, factors: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
        """(max_doc,) what scores are multiplied by, given what they are for other reasons; None for 1."""
        if self.only or self.is_missing:
            return factors
        factor = PREFERRED_YEAR if self.date.is_vague else PREFERRED
        preferred = np.where(self.written_then, np.float32(factor), np.float32(1))
        return preferred if factors is None else factors * preferred

    def corrected(self, correction: Correction | None) -> Correction | None:
        """A correction of `query` as one of what was typed."""
        if correction is None or not (self.only or self.is_missing):
            return correction
        return replace(correction, query=f"{correction.query} {self.date.written}")

    def reason(self, doc: int) -> list[str]:
        """What is said of a doc that comes first for its date."""
        return [f"it is {self.date.named}"] if not self.only and self.written_then[doc] else []


def dated(index: Index, query: ParsedQuery, today: date | None = None) -> Dated | None:
    """What a query of plain words means if it names a period of which the archive has some articles and not all, or one
    that is counted from today beside other words; None otherwise. `today` is in UTC, and the day that it is if it is
    not given."""
    if not query.is_plain or len(query.text.split()) > _LONGEST:
        return None
    languages = index.languages()
    found = date_in_words(query.text, languages, datetime.now(UTC).date() if today is None else today)
    if found is None:
        return None
    found, then = _with_articles(index, found)
    nothing_else = not words(found.rest, languages)
    is_condition = (nothing_else and not found.is_vague) or _is_no_subject(found)
    if then.sum() == index.live().sum() or (not then.any() and (nothing_else or not is_condition)):
        return None
    if nothing_else and found.is_vague and not _is_written(index, query, found):
        is_condition = True
    if not is_condition or _is_headline(index, query):
        if not then.any():
            return None
        return Dated(query, found, False, then)
    if nothing_else:
        return Dated(replace(query, tree=NOTHING), found, True, then)
    return Dated(as_words(replace(query, text=found.rest), languages), found, bool(then.any()), then)


def _with_articles(index: Index, found: DateInWords) -> tuple[DateInWords, Mask]:
    """What a date is read as, so that there are articles of it if it can be, and which docs these are."""
    dates, live = index.dates(), index.live()
    masks = []
    for reading in found.readings():
        start, end = _seconds(reading)
        masks.append(live & (dates >= start) & (dates < end))
        if masks[-1].any():
            return reading, masks[-1]
    return found, masks[0]


def _is_no_subject(found: DateInWords) -> bool:
    """Whether words for a period are no subject that articles may be about: "last week" and "上周", but not "today",
    which stands in names, too."""
    return found.from_today and (" " in found.written or (found.end - found.start).days > 1)


def _is_written(index: Index, query: ParsedQuery, found: DateInWords) -> bool:
    """Whether articles have the words of a date in a row."""
    return _finds(index, replace(query, tree=Or(tuple(phrases(found.written, index.languages())))))


def _finds(index: Index, query: ParsedQuery) -> bool:
    return len(index.match(query, None, [])) > 0


def _is_headline(index: Index, query: ParsedQuery) -> bool:
    """Whether headlines have the words of a query in their order."""
    return len(index.titles_with(readings(query.text, index.languages()), NEAR)[0]) > 0


def _seconds(period: DateInWords) -> tuple[float, float]:
    """The first moment of a period and the first after it, since 1970."""
    start, end = (datetime.combine(day, time(), UTC).timestamp() for day in (period.start, period.end))
    return start, end
