"""Runs of words with capitals in texts, of which names are made: "Neil Armstrong", "Bank of England", "Voyager 1".

    The plan of Treasury Secretary James Baker, said the Bank of England's governor. The White House had no comment.
                -------------------------------          ---------------             ---------------
                             inside                          inside                     beginning

At the beginning of a sentence the first word has a capital whatever it is. Scripts without capitals have no runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from indexer.text.beside_names import CONNECTORS, is_calendar, is_company_suffix, is_title

MOST_WORDS = 7  # of a name
_LONGEST = 100  # characters of one
LEAST_WORDS = 2
JOINING = frozenset(("and", "y", "e", "et", "und", "en", "och", "og"))  # names, or the words of one
SMALL = frozenset((*CONNECTORS, *JOINING, "for", "on", "&"))
_CASED = (range(0x600), range(0x1C90, 0x1CC0), range(0x1E00, 0x2000), range(0xA640, 0xA800))  # where capitals are
_ABBREVIATION = re.compile(r"(?:\w\.)+|(?:St|Ste|Mt|Ft|Jr|Sr|Dr|Inc|Corp|Co|Ltd|Bros)\.")
# what a word of a name ends in that is not of the name: a possessive, a sign that nothing follows, "Paris-based"
_ENDING = re.compile(r"(?:['’]s?|[-&]+|-(?:based|led|born|owned|run|built|made|backed|style))\Z")
_OF_GENERALS = frozenset(("Attorney", "Major", "Lieutenant", "Brigadier", "Inspector", "Surgeon", "Solicitor"))
# Signs before a blank inside sentences. Behind a figure languages that capitalise nouns have what is counted.
_INSIDE = frozenset(",;()'’")
_TITLE_CHARS = 1000  # a longer title is a text
_IN_TITLE_CASE = 0.6  # share of words with capitals in a headline that has them whatever they are


def runs_in(title: str, body: str) -> Iterator[tuple[str, bool]]:
    """The runs of a text as they are written, and whether each stands inside a sentence. Of a headline that has
    capitals throughout there are none."""
    text = body if _has_capitals_throughout(title) else f"{title[:_TITLE_CHARS]}\n{body}"
    text = "\n " + text.replace("\n", "\n ")
    for match in _run().finditer(text):
        before = text[match.start() - 1]
        yield match[1], before.isalpha() or before in _INSIDE


@cache
def _run() -> re.Pattern[str]:
    """What finds runs. A blank is found ten times as fast as the beginning of a word."""
    capitals = "".join(chr(code) for codes in _CASED for code in codes if chr(code).isupper())
    word, small = rf"[{capitals}][\w'’.&-]*", "|".join(sorted(SMALL))
    return re.compile(rf" ({word}(?: (?:(?:{small}) ){{0,2}}{word}| \d{{1,3}}(?!\w))+)")


def _has_capitals_throughout(title: str) -> bool:
    words = [] if title.isupper() else title[:_TITLE_CHARS].split()
    return sum(word[0].isupper() for word in words) >= _IN_TITLE_CASE * len(words)


def stretches(run: str) -> list[Sequence[str]]:
    """The words of a run, apart where a sentence ends, behind a possessive, and where a day, a month or a form of
    address stands between."""
    found: list[list[str]] = [[]]
    for word in run.split(" "):
        bare = _ENDING.sub("", word)
        ends = word[-1] == "." and not _ABBREVIATION.fullmatch(word)
        if ends:
            bare = word.rstrip(".")
        if is_calendar(bare.lower().rstrip(".")):
            found.append([])
            continue
        found[-1].append(bare)
        if ends or len(bare) < len(word) - 1:
            found.append([])
    return [trimmed for words in found if len(words) >= LEAST_WORDS and len(trimmed := _trimmed(words)) >= LEAST_WORDS]


def _trimmed(words: Sequence[str]) -> Sequence[str]:
    """Some words without small ones at either end."""
    first, stop = 0, len(words)
    while first < stop and words[first] in SMALL:
        first += 1
    while first < stop and words[stop - 1] in SMALL:
        stop -= 1
    return words[first:stop]


def names_in(words: Sequence[str]) -> Iterator[str]:
    """The names that a stretch of words may be: all of it, and what stands on either side of an "and"."""
    if whole := _name(words):
        yield whole
    places = [place for place, word in enumerate(words) if word in JOINING]
    for first, stop in zip([0, *(place + 1 for place in places)], [*places, len(words)], strict=True) if places else ():
        if part := _name(_trimmed(words[first:stop])):
            yield part


def _name(words: Sequence[str]) -> str:
    """The name in some words, or none: without ranks before it and what only says that it is a company's."""
    words = _without_ranks(words)
    while len(words) >= LEAST_WORDS and is_company_suffix(words[-1], len(words) - 1):
        words = _trimmed(words[:-1])
    if not LEAST_WORDS <= len(words) <= MOST_WORDS or is_title(words[-1].lower()):
        return ""
    if len(words) > LEAST_WORDS and all(word.isupper() for word in words):
        return ""  # a heading, or a table
    name = " ".join(words)
    return name if len(name) <= _LONGEST else ""


def _without_ranks(words: Sequence[str]) -> Sequence[str]:
    """ "Chinese President Xi Jinping" is Xi Jinping; "Prime Minister Thatcher" stays, and "General Motors"."""
    first, last = -1, -1  # of the last ranks in a row
    for place, word in enumerate(words[:-1]):
        is_rank = is_title(word.lower())
        if is_rank and word == "General":
            is_rank = last == place - 1 >= 0 or (place > 0 and words[place - 1] in _OF_GENERALS)
        if is_rank:
            first, last = (first if last == place - 1 >= 0 else place), place
    if last < 0:
        return words
    behind = _trimmed(words[last + 1 :])
    if words[last + 1] in CONNECTORS and len(behind) > LEAST_WORDS:
        behind = behind[1:]  # "Secretary of Commerce Malcolm Baldrige"
    return behind if len(behind) >= LEAST_WORDS else words[first:]


def parts_of(words: Sequence[str]) -> Iterator[str]:
    """All that is inside a stretch of words and may be a name. A rank is no beginning of what stops before the end."""
    for first in range(len(words) - LEAST_WORDS + 1):
        shortest = max(LEAST_WORDS, len(words) - first) if is_title(words[first].lower()) else LEAST_WORDS
        for stop in range(first + shortest, min(len(words), first + MOST_WORDS) + 1):
            yield " ".join(words[first:stop])
