"""Whether two articles are copies: the same text, give or take sentences that an editor left out or put in.

Both texts are aligned word by word. What tells copies from articles that are merely written alike is what stands where
they differ. An editor takes sentences out and puts others in; where a report is made from a template, or a story is
brought up to date, one figure stands in the place of another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from indexer.article.article import Article
from indexer.copies.signatures import words_of
from indexer.text.words import word_forms

CONTAINED = 0.62  # share of the shorter text's words that the longer has, in the same order
CONTAINED_LONG = 0.36  # the same of the longer text's words: an excerpt is no copy
SLOT_WORDS = 8  # a difference with no more words than this on both sides is one thing in the place of another
CHANCE = 2  # words in a row that any two texts have in common
SLOTS = 2.5  # of those, in a hundred words that are the same, that copies have at most: words of a house's own style
FIGURES_APART = 0.8  # of those with other figures, likewise; of any kind where the articles are of different days
FEW = 1  # slots that prove nothing, however short the texts are, where both are of one day
BRIEF = 40  # words of a text that says too little to be told from others by it alone: its headline must be alike
BRIEF_TITLES_ALIKE = 60.0  # from 0 to 100
REPLACED = 0.3  # share of the shorter text's words that may have others in their place
TITLES_ALIKE = 75.0  # from 0 to 100: how alike headlines are, their figures aside, that belong to one series
NEW_LEAD = 12  # words at the beginning of a later version that make it an update
LATER = timedelta(minutes=30)
OTHER_DAY = timedelta(hours=20)

_FIGURE = re.compile(r"\d")
_FIGURES = re.compile(r"\d+(?:[.,:/-]\d+)*")


@dataclass(frozen=True, slots=True)
class _Difference:
    """Words that stand in one text only, and those in the other in their place; either may be none."""

    at: int  # how many words of the first text come before
    first: Sequence[str]
    second: Sequence[str]

    def is_slot(self) -> bool:
        return 0 < len(self.first) <= SLOT_WORDS and 0 < len(self.second) <= SLOT_WORDS

    def is_of_figures(self) -> bool:
        first, second = ({w for w in words if _FIGURE.search(w)} for words in (self.first, self.second))
        return self.is_slot() and bool(first) and bool(second) and first != second


class Verdict(Enum):
    """What two articles are to each other."""

    COPIES = "copies"
    APART = "apart"  # written alike, and not the same: issues of a series, reports from a template, a later version
    UNLIKE = "unlike"


def are_copies(one: Article, other: Article) -> bool:
    """Whether two articles are the same text."""
    return compared(one, other) is Verdict.COPIES


def compared(one: Article, other: Article) -> Verdict:
    """What two articles are to each other."""
    first, second = words_of(one), words_of(other)
    short, long = sorted((len(first), len(second)))
    if not short or short < CONTAINED_LONG * long:
        return Verdict.UNLIKE
    least = max(CONTAINED * short, CONTAINED_LONG * long)
    if first != second and Indel.similarity(first, second, score_cutoff=int(2 * least)) < 2 * least:
        return Verdict.UNLIKE
    if _is_next_of_series(one.title, other.title) or (short < BRIEF and not _is_of_one_subject(one.title, other.title)):
        return Verdict.APART
    differences, same = _differences(first, second)
    if _has_other_figures(differences, same, one, other) or _is_update(differences, one, other):
        return Verdict.APART
    return Verdict.UNLIKE if _is_rewritten(differences, same, short, one, other) else Verdict.COPIES


def _differences(first: Sequence[str], second: Sequence[str]) -> tuple[list[_Difference], int]:
    """Where two texts differ, in order, and how many words are the same. A word or two that are the same by chance
    within what differs do not part it."""
    found, same = [], 0
    at = [0, 0]
    equal = [
        (block.src_start, block.src_end, block.dest_start, block.dest_end)
        for block in Indel.opcodes(first, second)
        if block.tag == "equal"
    ]
    for begin, end, other_begin, other_end in [*equal, (len(first), len(first), len(second), len(second))]:
        is_chance = 0 < end - begin <= CHANCE and begin > 0 and end < len(first)
        if is_chance and (begin > at[0] or other_begin > at[1]):
            continue
        if begin > at[0] or other_begin > at[1]:
            found.append(_Difference(at[0], first[at[0] : begin], second[at[1] : other_begin]))
        same += end - begin
        at = [end, other_end]
    return found, same


def _has_other_figures(differences: Sequence[_Difference], same: int, one: Article, other: Article) -> bool:
    """Whether the one has other figures in the place of the other's, as reports from a template have."""
    figures = sum(each.is_of_figures() for each in differences)
    return figures > FIGURES_APART * same / 100 or (figures > 0 and _distance(one, other) >= OTHER_DAY)


def _is_rewritten(differences: Sequence[_Difference], same: int, short: int, one: Article, other: Article) -> bool:
    """Whether so much of the one stands in the place of what is in the other that they are two texts."""
    slots = sum(each.is_slot() for each in differences)
    if sum(min(len(each.first), len(each.second)) for each in differences) > REPLACED * short:
        return True
    if _distance(one, other) < OTHER_DAY:
        return slots > max(FEW, SLOTS * same / 100)
    return slots > FIGURES_APART * same / 100 or (one.site == other.site and _each_has_its_own(differences))


def _each_has_its_own(differences: Sequence[_Difference]) -> bool:
    return any(each.first for each in differences) and any(each.second for each in differences)


def _distance(one: Article, other: Article) -> timedelta:
    return abs(one.date - other.date) if one.date and other.date else timedelta()


def _is_update(differences: Sequence[_Difference], one: Article, other: Article) -> bool:
    """Whether one is a later version of the other on the same site, which begins with what is new."""
    if one.site != other.site or not one.site or one.date is None or other.date is None:
        return False
    if _distance(one, other) < LATER:
        return False
    if not differences or differences[0].at:
        return False
    lead = differences[0].first if one.date > other.date else differences[0].second
    return len(lead) >= NEW_LEAD


def _is_of_one_subject(one: str, other: str) -> bool:
    return fuzz.token_set_ratio(*(" ".join(word_forms(title)) for title in (one, other))) >= BRIEF_TITLES_ALIKE


def _is_next_of_series(one: str, other: str) -> bool:
    """Whether two headlines are those of two issues, versions or days: the same but for their figures."""
    first, second = _FIGURES.findall(one), _FIGURES.findall(other)
    if not first or not second or set(first) == set(second):
        return False
    masked = (" ".join(word_forms(_FIGURES.sub(" ", title))) for title in (one, other))
    return fuzz.token_sort_ratio(*masked) >= TITLES_ALIKE
