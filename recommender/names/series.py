"""Series: newsletters, weekly reports, release notes, numbered parts. Their articles have one frame, which the number
or the date of each fills: "Village notes 18", "Money market report, 6 March", "A longer way round, part 3: the sea".

A series is no story: what its articles have in common is their frame, and what follows on one is the next of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache

from indexer.article.article import Article
from indexer.text.beside_names import fold_word, is_calendar
from indexer.text.words import normalize
from recommender.names.commonplace import is_commonplace

OPENING = 300  # characters of a text that may say which part of a series it is
_LAST_OF_VERSION = 999  # a larger number is a year: "18.3.2024"
_OF_VERSION = "v"  # what the frame of a version begins with
LEAST_WORDS = 2  # of a frame that is more than the words around a "part 3"
# What two headlines of one template have in common at least, dates and figures not counted: words in the same order,
# and their share of all.
LEAST_COMMON, COMMON_SHARE = 3, 0.6
_ORDINALS = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty""".split()
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}
_COUNT = rf"(?P<number>\d{{1,4}}|{'|'.join(_ORDINALS)}|[ivx]{{1,4}})"
_PART = re.compile(
    r"(?<!\w)(?:(?:part|pt|chapter|episode|volume|vol|issue|no|number|instal?lment|round|teil|folge|partie|épisode|"
    rf"numéro|parte|capítulo|número|episodio|puntata|deel|aflevering)\.?\s*#?\s*{_COUNT}|#\s*(?P<hash>\d{{1,5}}))(?!\w)",
    re.IGNORECASE,
)
_OF_SERIES = re.compile(
    rf"(?<!\w)(?:part|chapter|episode|installment|instalment)\s+{_COUNT}\s+(?:of|in)\s+[^.\n]{{0,40}}?series\s+"
    r"(?P<about>[^.\n]{10,120})",
    re.IGNORECASE,
)
_PERIODICAL = frozenset(
    """weekly daily monthly quarterly fortnightly annual newsletter roundup digest bulletin briefing summary review
    report update updates release released releases changelog minutes notes diary column podcast calendar forecast
    agenda recap snapshot wochenbericht hebdomadaire semanal settimanale wekelijks balances estimates""".split()
)
# How many days lie between two of a series whose headline or opening has such a word.
_RHYTHMS = {
    1: "daily today yesterday noon täglich quotidien diario quotidiano dagelijks",
    7: "weekly week wochenbericht hebdomadaire semanal settimanale wekelijks",
    14: "fortnightly fortnight",
    31: """monthly month january february march april june july august september october november december jan feb mar
        apr jun jul aug sep sept oct nov dec monatlich mensuel mensual mensile maandelijks""",
    92: "quarterly quarter qtr",
    366: "annual annually yearly year",
}
_RHYTHM_OF = {word: days for days, words in _RHYTHMS.items() for word in words.split()}
# What figures did since the last report: the next one fills its frame with another of these.
_MOVES = frozenset(
    """rise rises rose risen fall falls fell fallen up down off gain gains gained drop drops dropped climb climbs
    climbed slip slips slipped jump jumps jumped ease eases eased decline declines declined increase increases increased
    decrease decreases decreased slow slows slowed unchanged higher lower""".split()
)
_VERSION = re.compile(r"(?<![\w.,$€£])v?(\d{1,3}(?:\.\d{1,4}){1,3})(?!\w|[.,]\d)")
_OF_VERSIONS = frozenset("release released releases version versions notes changelog update".split())
_ISSUE = re.compile(r"[^\W\d] (\d{1,3})\Z")  # "Village notes 18"
_WORD = re.compile(r"\d+(?:[.,:/-]\d+)*\w*|[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of a series and the place of one article in it."""

    words: tuple[str, ...]  # what all of its articles have in their headlines, or say of it in their openings
    number: int | None  # which part it is, where it says so

    @property
    def is_version(self) -> bool:
        """Whether it is that of the versions of something."""
        return self.words[0] == _OF_VERSION

    def place(self, date: datetime | None) -> tuple[float, float]:
        """What the articles of the series are put in order by."""
        return float(self.number or 0), date.timestamp() if date else 0.0


def rhythm_of(article: Article) -> int | None:
    """How many days an article says are between two of its series: the shortest time that its headline names, or else
    its opening; None where neither names one."""
    for text in (article.headline, article.body[:OPENING]):
        days = [_RHYTHM_OF[word] for word in _all_words(normalize(text)) if word in _RHYTHM_OF]
        if days:
            return min(days)
    return None


def frames_of(article: Article) -> tuple[Frame, ...]:
    """The frames of the series that an article may be one of, the surest first; none for most articles."""
    return _frames(article.headline[:OPENING], article.body[:OPENING])


@lru_cache(maxsize=1 << 14)
def _frames(headline: str, opening: str) -> tuple[Frame, ...]:
    headline = normalize(headline)
    versions = _of_version(headline)
    found = _numbered(headline), _announced(opening), *(versions or (_filled(headline),))
    return tuple(frame for frame in found if frame is not None)


def is_series(frame: Frame, article: Article, other_frame: Frame, other: Article) -> bool:
    """Whether two articles with these frames are of one series: the frames are the same, and number or date differ.
    One headline twice is a series only where it is that of a periodical, else a copy."""
    if frame.words != other_frame.words:
        return False
    if _same_headline(article, other) and not _PERIODICAL.intersection(frame.words):
        return False
    if frame.number is not None and other_frame.number is not None:
        return frame.number != other_frame.number
    return article.date is not None and other.date is not None and article.date != other.date


def _same_headline(article: Article, other: Article) -> bool:
    """Whether two headlines are the same but for kinds of quotation marks, blanks and capitals."""
    return _all_words(normalize(article.headline)) == _all_words(normalize(other.headline))


@lru_cache(maxsize=1 << 14)
def same_template(headline: str, other: str) -> bool:
    """Whether two headlines are one template with other places, dates or figures in it: "Crop weather for Brazil" and
    "Crop weather for China", "Retail sales rise 4.1 pct in February" and "Retail sales fall 0.2 pct in March"."""
    first, second = sorted(normalize(text[:OPENING]) for text in (headline, other))  # for the matcher order matters
    words, other_words = _all_words(first), _all_words(second)
    if not _filled_otherwise(words, other_words) or not _filled_otherwise(other_words, words):
        return False
    frame, other_frame = _words(first), _words(second)
    blocks = SequenceMatcher(None, frame, other_frame, autojunk=False).get_matching_blocks()
    common = sum(block.size for block in blocks)
    return common >= LEAST_COMMON and 2 * common >= COMMON_SHARE * (len(frame) + len(other_frame))


def _filled_otherwise(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether words name a place, a date or a figure that is not among the others."""
    left = set(words).difference(others)
    return any(word[0].isdigit() or is_calendar(word) or is_commonplace(word) for word in left)


def _number(text: str) -> int:
    folded = text.lower()
    if folded.isdigit():
        return int(folded)
    return _ORDINALS.index(folded) + 1 if folded in _ORDINALS else _ROMAN.get(folded, 0)


def _numbered(headline: str) -> Frame | None:
    """The frame of "A longer way round, part 3: the sea": what stands before the number, or else behind it."""
    part = _PART.search(headline)
    if part is None:
        return None
    number = _number(part["number"] or part["hash"])
    before, after = _words(headline[: part.start()]), _words(headline[part.end() :])
    words = before or after
    return Frame(("#", *words), number) if words and number else None


def _announced(opening: str) -> Frame | None:
    """The frame of a text that begins "This is part three of a series on harbours"."""
    found = _OF_SERIES.search(normalize(opening)) if "series" in opening else None
    if found is None:
        return None
    words = _words(found["about"])[:6]
    return Frame(("series", *words), _number(found["number"])) if len(words) >= LEAST_WORDS else None


def _of_version(headline: str) -> tuple[Frame, ...]:
    """The frames of "Kettle 4.2.12 released": that of its branch, 4.2, and of 4.2 and 4.2.0 that of all of 4, too. What
    was released last in time may be of another branch."""
    found = _VERSION.findall(headline)
    words = _words(_VERSION.sub(" ", headline))
    if len(found) != 1 or not words or (found[0].count(".") < 2 and not _OF_VERSIONS.intersection(words)):
        return ()
    parts = [int(part) for part in found[0].split(".")]
    if parts[-1] > _LAST_OF_VERSION:
        return ()
    parts += [0] * (3 - len(parts))
    branch = Frame((_OF_VERSION, *map(str, parts[:-1]), *words), parts[-1])
    return (branch,) if parts[-1] else (branch, Frame((_OF_VERSION, *map(str, parts[:-2]), *words), parts[-2]))


def _filled(headline: str) -> Frame | None:
    """The frame of a headline without its numbers and dates, if it had any or names a periodical; and of one on figures
    of a time ("Money supply falls in week") without what they did."""
    all_words = _all_words(headline)
    words = _words(headline)
    is_frame = len(words) < len(all_words) or any(word in _PERIODICAL for word in words)
    if any(word in _RHYTHM_OF for word in all_words) and any(word in _MOVES for word in words):
        words, is_frame = tuple(word for word in words if word not in _MOVES), True
    issue = _ISSUE.search(headline)
    return Frame(words, int(issue[1]) if issue else None) if is_frame and len(words) >= LEAST_WORDS else None


def _words(text: str) -> tuple[str, ...]:
    """The words of a text, folded, without numbers and dates."""
    return tuple(word for word in _all_words(text) if not word[0].isdigit() and not is_calendar(word))


def _all_words(text: str) -> list[str]:
    return [fold_word(word) for word in _WORD.findall(text)]
