"""The words of a query as names have them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.text.words import UNIT, WORD, folded

_MOST_LETTERS = 2000  # of a query
MOST_WORDS = 40  # of a query in which names are looked for
_UNIT = re.compile(UNIT)


@dataclass(frozen=True, slots=True)
class NameWord:
    """A word of a query as names have it, or a run of letters without blanks."""

    start: int  # characters of the query's normalized text
    end: int
    form: str  # in lower case
    is_run: bool

    @property
    def name(self) -> str:
        """It as a part of a name: "picard" of "picard's"."""
        return self.form.removesuffix("'s")

    @property
    def key(self) -> str:
        """What it is compared by."""
        return folded(self.name)


def name_words(text: str) -> list[NameWord]:
    """The words of a normalized text; none of one with too many."""
    if len(text) > _MOST_LETTERS or "://" in text:
        return []
    found: list[NameWord] = []
    for match in WORD.finditer(text):
        is_unit = _UNIT.fullmatch(match[0]) is not None
        if is_unit and found and found[-1].is_run and found[-1].end == match.start():
            last = found.pop()
            found.append(NameWord(last.start, match.end(), last.form + match[0].lower(), True))
        else:
            found.append(NameWord(*match.span(), match[0].lower(), is_unit))
    return found if len(found) <= MOST_WORDS else []
