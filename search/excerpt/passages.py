"""Which passage of a body is shown: where it starts to have most of the query in it, and where it is cut."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter

from indexer.text.words import word_forms
from search.excerpt.find_words import Match
from search.excerpt.folding import joins

MAX_SCANNED = 50_000  # characters of a body that are searched for a passage, so that a book costs what an article does
CUT_START, CUT_END = "... ", " ..."
_LEAD = 40  # characters shown before the first mark when no sentence starts near it
_TOKEN = 24  # how far a bracket, a quote or the rest of a hyphenated word may reach from the word it belongs to

_SENTENCE_END = re.compile(r"[.!?…]['\"”’»)\]]* |[。！？؟।۔]['\"”’»」』）]* ?")
_ABBREVIATION = re.compile(
    r"(mr|mrs|ms|dr|st|prof|gen|lt|col|sgt|capt|sen|rep|gov|rev|hon|jr|sr|inc|corp|co|ltd|bros|vs|no|fig|est|approx|"
    r"dept|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|.*\..*|.)"
)
_CLAUSE_ENDS = frozenset(" 、，,；;：:。！？」』）")
_LAST_WITH_BLANKS = "\u0e00"  # scripts without blanks between words come behind
_END = attrgetter("end")
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


def flatten(body: str) -> tuple[str, list[int], bool]:
    """`body` with its white space collapsed, where its paragraphs start in that, and whether it is all there."""
    body = body.lstrip()
    complete = len(body) <= MAX_SCANNED
    blocks = body[:MAX_SCANNED].split("\n\n")
    paragraphs = [paragraph for block in blocks if (paragraph := _collapsed(block))]
    starts = list(accumulate((len(paragraph) + 1 for paragraph in paragraphs[:-1]), initial=0))
    text = " ".join(paragraphs)
    if not complete and not any(map(str.isspace, body[MAX_SCANNED - 1 : MAX_SCANNED + 1])):
        text = text[: _cut(text, 0, len(text) - 1)]  # the last word may be part of a longer one
    return text, starts, complete


def _collapsed(block: str) -> str:
    """A paragraph with its white space collapsed. Nearly all are so already, which is sooner seen than done again; the
    blank is the only white space that counts as printable."""
    if block.isprintable() and "  " not in block and block[:1] != " " and block[-1:] != " ":
        return block
    return " ".join(block.split())


def best_window(
    text: str, paragraphs: list[int], matches: list[Match], weights: Mapping[str, float], room: int
) -> tuple[int, int, int]:
    """The passage of up to `room` characters that has the greatest weight of different matches in it: where it starts,
    and where in it the first of them starts and the last one ends."""
    items = [_with_token(text, match, room) for match in matches]
    first, last = _best_window(items, weights, room)
    until = _sentence_end(text, paragraphs, last, first + room) if _is_ideograph(text[last - 1]) else None
    return _start(text, paragraphs, first, until or last, room), first, last


def _with_token(text: str, match: Match, room: int) -> Match:
    """A match with what is written on to it, such as a bracket, if that is not much."""
    first, last, key = match
    low = max(0, first - _TOKEN)
    blank = text.rfind(" ", low, first)
    start = blank + 1 if blank >= 0 or low == 0 else first
    blank = text.find(" ", last, last + _TOKEN)
    end = blank if blank >= 0 else last
    return match if end - start > room or (start == first and end == last) else Match(start, end, key)


def _best_window(items: list[Match], weights: Mapping[str, float], room: int) -> tuple[int, int]:
    """The stretch of up to `room` characters with the greatest weight of different keys, the earliest of equals: where
    its first item starts, and where it has got all its weight."""
    by_start = sorted([item for item in items if item.end - item.start <= room])
    if not by_start:  # a word longer than the excerpt
        return items[0].start, items[0].start + room
    by_end = sorted(by_start, key=_END)
    counts = dict.fromkeys([item.key for item in by_start], 0)
    score, best_score, best, added, n_items = 0.0, -1.0, 0, 0, len(by_end)
    for start, _, leaving in by_start:
        while added < n_items and by_end[added].end <= start + room:
            key = by_end[added].key
            score += weights.get(key, 0.0) if not counts[key] else 0.0
            counts[key] += 1
            added += 1
        if score > best_score + 1e-9 * abs(best_score):  # the same sum may differ in its last bits
            best_score, best = score, start
        counts[leaving] -= 1
        score -= weights.get(leaving, 0.0) if not counts[leaving] else 0.0
    seen: set[str] = set()
    last = best
    for item in by_end:
        if best <= item.start and item.end <= best + room and item.key not in seen:
            seen.add(item.key)
            last = item.end
    return best, last


def _start(text: str, paragraphs: list[int], first: int, last: int, room: int) -> int:
    """Where an excerpt starts that has to show `first` to `last`."""
    if last <= room:
        return 0
    low = max(0, last - room)
    wanted = min(first, len(text) - room)  # further back where the text ends soon, to fill the excerpt
    sentences = sentence_starts(text, paragraphs, max(low, wanted - room // 2), first)
    if i := bisect_right(sentences, wanted):
        return sentences[i - 1]
    if sentences and sentences[0] <= wanted + room // 3:
        return sentences[0]
    places = [start for start in range(max(low, wanted - _LEAD), first) if _may_be_cut(text, start)]
    return max(places, key=lambda start: (_break(text, start), -start), default=first)


def sentence_starts(text: str, paragraphs: list[int], low: int, high: int) -> list[int]:
    """Where sentences start between `low` and `high`, both included."""
    starts = paragraphs[bisect_left(paragraphs, low) : bisect_right(paragraphs, high)]
    for end in _SENTENCE_END.finditer(text, max(0, low - 8), high):
        dot, start = end.span()
        if low <= start < len(text) and not text[start].islower() and not _is_abbreviation(text, dot):
            starts.append(start)
    starts.sort()
    return starts


def _sentence_end(text: str, paragraphs: list[int], last: int, limit: int) -> int | None:
    """Where the sentence that goes on at `last` ends, up to `limit`; None where it is longer. What has no blanks would
    be cut within a word."""
    starts = sentence_starts(text, paragraphs, last, min(len(text), limit + 2))
    end = len(text[: starts[0]].rstrip()) if starts else len(text)
    return end if end <= limit else None


def _is_abbreviation(text: str, dot: int) -> bool:
    """Whether the dot ends a word like "Mr", an initial, or letters with dots between them."""
    if text[dot] != ".":
        return False
    word = text[max(0, dot - 12) : dot].rpartition(" ")[2].lstrip("(['\"“‘").lower()
    return _ABBREVIATION.fullmatch(word) is not None


def end_of(text: str, start: int, room: int, complete: bool, least: int = 0) -> tuple[int, str]:
    """Where an excerpt of `room` characters that starts at `start` ends, if it can be not before `least`, and what it
    ends with."""
    if len(text) - start <= room - (0 if complete else len(CUT_END)):
        return len(text), "" if complete else CUT_END
    return _cut(text, start, start + room - len(CUT_END), least), CUT_END


def _cut(text: str, start: int, limit: int, least: int = 0) -> int:
    """The last good place to cut `text`, up to `limit`: between words, otherwise in a word, never in a character."""
    half = start + (limit - start) // 2
    blank = text.rfind(" ", half, limit + 1)
    places = range(limit, max(half, blank), -1)
    between = [i for i in places if text[i] > _LAST_WITH_BLANKS and _may_be_cut(text, i)] if not text.isascii() else []
    if between:
        near = [i for i in between if i > between[0] - _LEAD and (i >= least or i == between[0])]
        return len(text[: max(near, key=lambda i: (_break(text, i), i))].rstrip())
    if blank > start:
        return blank
    whole = [i for i in places if not _is_inside_character(text, i)]
    return next(
        (i for i in whole if not (_is_letter(text[i - 1]) and _is_letter(text[i]))), whole[0] if whole else limit
    )


def _may_be_cut(text: str, i: int) -> bool:
    """Whether a passage may begin or end at `i`: at a blank, or at a letter that is a word of its own."""
    return i == 0 or text[i - 1] == " " or (_is_ideograph(text[i]) and not joins(text[i]))


def _break(text: str, i: int) -> int:
    """How much of a break is at `i`: 2 where a clause ends, 1 where a word may, as before what is no Hiragana behind
    what is, 0 where nobody knows."""
    before = text[i - 1 : i]
    if not before or before in _CLAUSE_ENDS:
        return 2
    return int(_is_hiragana(before) and not _is_hiragana(text[i]) and text[i].isalnum())


def _is_hiragana(char: str) -> bool:
    return "\u3041" <= char <= "\u309f"


def _is_letter(char: str) -> bool:
    return char.isalnum() or char in "'’"


@lru_cache(maxsize=8192)
def _is_ideograph(char: str) -> bool:
    """Whether a character is a word of its own wherever it stands."""
    return len(word_forms(char + char)) == 2


def _is_inside_character(text: str, i: int) -> bool:
    """Whether `i` is between parts of what a reader sees as one character."""
    before, after = text[i - 1], text[i]
    if after in _FLAG_LETTERS:  # two make a flag
        return (i - len(text[:i].rstrip(_FLAG_LETTERS))) % 2 == 1
    return (
        joins(after)
        or "\u200d" in (before, after)  # joins emoji
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin tones
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
    )
