"""Runs of letters that are words, in scripts without blanks: 東京タワー, กรุงเทพ.

A single letter stands in many headlines, in any order. So headlines are found by every two letters next to each other
as well, and a run is looked for, marked and gone on with as one. Vowel signs and tone marks tell words of South-East
Asia apart and are kept: ข้าว is rice, ข่าว is news.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from indexer.text.words import UNIT, normalize, strip_accents

PAIR = "\2"  # before two letters next to each other, among words; no word has it
_LETTER = re.compile(UNIT)
_MOST_BEHIND = 12  # letters that a run goes on for
_MOST_AT = 3  # places in a headline that are looked at
_LEAST = 2  # headlines in which it does


class Found(NamedTuple):
    """Where a run is in a headline, in characters, and where the letters end that are behind it without a blank."""

    start: int
    end: int
    ends_behind: list[int]


@lru_cache(maxsize=1 << 14)
def is_letter(form: str) -> bool:
    """Whether a word is a letter of a script without blanks."""
    return not form.isascii() and _LETTER.match(form) is not None


def as_compared(form: str) -> str:
    """A word in lower case as it is compared: without accents, but for the marks of a letter that is a word."""
    return form if is_letter(form) else strip_accents(form)


def with_pairs(words: Sequence[str]) -> list[str]:
    """Some words, and every two letters among them that are next to each other."""
    are_letters = map(is_letter, words)
    pairs = [
        PAIR + a + b
        for (a, b), (first, second) in zip(pairwise(words), pairwise(are_letters), strict=True)
        if first and second
    ]
    return [*words, *pairs]


def letter_runs(words: Sequence[str], between: Sequence[str]) -> list[range]:
    """The places of the letters of each run among some words, of which `between` has what is before each."""
    found: list[range] = []
    for place, word in enumerate(words):
        if is_letter(word):
            goes_on = bool(found) and found[-1].stop == place and not between[place]
            if goes_on:
                found[-1] = range(found[-1].start, place + 1)
            else:
                found.append(range(place, place + 1))
    return found


def places_of(run: str, headline: str) -> list[Found]:
    """Where a run is in a headline as written, and where it is but for marks if it is nowhere with these."""
    letters = list(_LETTER.finditer(headline))
    forms = [normalize(letter[0]).lower() for letter in letters]
    return list(_found(run, letters, forms)) or list(
        _found(strip_accents(run), letters, [strip_accents(form) for form in forms])
    )


def _found(run: str, letters: Sequence[re.Match[str]], forms: Sequence[str]) -> Iterator[Found]:
    joined: list[str] = []
    of_letter: list[int] = []  # which each character of all in one is of
    for number, form in enumerate(forms):
        if number and letters[number - 1].end() != letters[number].start():
            joined.append("\0")
            of_letter.append(number)
        joined.append(form)
        of_letter += [number] * len(form)
    text = "".join(joined)
    place = text.find(run)
    while place >= 0:
        first, last = of_letter[place], of_letter[place + len(run) - 1]
        behind = last
        ends: list[int] = []
        while len(ends) < _MOST_BEHIND and behind + 1 < len(letters):
            if letters[behind].end() != letters[behind + 1].start():
                break
            behind += 1
            ends.append(letters[behind].end())
        yield Found(letters[first].start(), letters[last].end(), ends)
        place = text.find(run, place + len(run))


def going_on(run: str, headlines: Iterable[str], is_common: Callable[[str], bool], limit: int) -> list[str]:
    """As what a run goes on in several headlines, as these write it: each time as far as all of them agree, which is
    mostly a word, and without letters at the end that say nothing by themselves."""
    counts: Counter[str] = Counter()
    shorter: dict[str, str] = {}  # by text the one of a letter less
    for headline in headlines:
        found = [
            [headline[at.start : end] for end in (at.end, *at.ends_behind)]
            for at in places_of(run, headline)[:_MOST_AT]
        ]
        counts.update({text for texts in found for text in texts})
        shorter.update((longer, text) for texts in found for text, longer in pairwise(texts))
    goes_on = {text for longer, text in shorter.items() if counts[longer] == counts[text]}
    agreed = [text for text, count in counts.items() if count >= _LEAST and text not in goes_on]
    agreed.sort(key=lambda text: (-counts[text], -len(text), text))
    kept = dict.fromkeys(_without_common(text, is_common) for text in agreed)
    return [text for text in kept if len(normalize(text)) > len(run)][:limit]


def _without_common(text: str, is_common: Callable[[str], bool]) -> str:
    letters = _LETTER.findall(text)
    while len(letters) > 1 and is_common(letters[-1]):
        letters.pop()
    return "".join(letters)
