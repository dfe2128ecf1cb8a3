"""Headlines that write what is typed in one or apart: "wifi" finds Wi-Fi, "star li" Starliner, "covid1" COVID-19,
"us e" U.S. economy.

What stands apart in a headline does so with a blank or with any sign between; as headlines are compared there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from search.suggest.headlines import Places
from search.suggest.live_headlines import LiveHeadlines
from search.suggest.typed_text import TypedText, is_in

_MOST_WORDS = 4  # typed; more say enough
_SHORTEST, _LONGEST = 3, 40  # letters of a word that is taken apart where it has no figures
_LEAST = 2  # letters of a part, and of an acronym
_LONGEST_ACRONYM = 4
COMPARED = 50  # headlines, the newest, in which words are looked for next to each other


class _Reading(NamedTuple):
    """What is typed with words taken apart or put together."""

    words: list[str]
    row: list[str]  # those of them that are next to each other in a headline
    goes_on: bool


def spelled_otherwise(
    headlines: LiveHeadlines, typed: TypedText, is_stop: Callable[[str], bool], *, exactly: bool
) -> Places:
    """The places of the headlines that have what is typed in one or apart; `exactly` takes nothing apart that would
    have to go on, since "carb" is rather "carbon" than "car b...". Words that say nothing by themselves are
    no parts."""
    found: list[int] = []
    if len(typed.words) <= _MOST_WORDS and all(word.isalnum() for word in typed.words) and not typed.has_letters:
        for reading in _readings(typed, is_stop, exactly):
            found += _places_of(headlines, reading)
    return np.array(sorted(set(found)), np.int64)


def _readings(typed: TypedText, is_stop: Callable[[str], bool], exactly: bool) -> Iterator[_Reading]:
    words = typed.words
    for place, (first, second) in enumerate(pairwise(words)):
        if not is_stop(first) and (len(first) >= _LEAST or not (first + second).isalpha()):
            yield _Reading([*words[:place], first + second, *words[place + 2 :]], [], typed.goes_on)
    for place, word in enumerate(words):
        if _LEAST <= len(word) <= _LONGEST_ACRONYM and word.isascii() and word.isalpha():
            letters = list(word)  # "U.S."
            yield _Reading([*words[:place], *letters, *words[place + 1 :]], letters, typed.goes_on)
        is_last = typed.goes_on and place == len(words) - 1
        for first, second in _parts(word, 1 if is_last and not exactly else _LEAST):
            goes_on = is_last and not exactly
            if not is_stop(first) and (goes_on or not is_stop(second)):
                apart = [*words[:place], first, second, *words[place + 1 :]]
                yield _Reading(apart, [first, second], goes_on if is_last else typed.goes_on)


def _parts(word: str, least: int) -> Iterator[tuple[str, str]]:
    """The two words that one may be: of letters, or where letters and figures meet."""
    if len(word) > _LONGEST:
        return
    for stop in range(1, len(word)):
        first, second = word[:stop], word[stop:]
        meets_figures = first[-1].isdigit() != second[0].isdigit()
        if meets_figures or (word.isalpha() and len(word) >= _SHORTEST and stop >= _LEAST and len(second) >= least):
            yield first, second


def _places_of(headlines: LiveHeadlines, reading: _Reading) -> Sequence[int]:
    """Where a reading is, of one with words next to each other the newest."""
    slots = []
    for place, word in enumerate(reading.words):
        goes_on = reading.goes_on and place == len(reading.words) - 1
        slots.append(headlines.words_from(word) if goes_on else headlines.word(word))
        if not slots[-1]:
            return []
    places = headlines.having(slots)
    if not reading.row:
        return list(places.tolist())
    goes_on = reading.goes_on and reading.words[-2:] == reading.row
    return [at for at in headlines.newest(places, COMPARED) if is_in(reading.row, headlines.key(at), goes_on)]
