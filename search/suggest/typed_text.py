"""What somebody has typed so far: its words, of which the last may go on, and where headlines have them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import pairwise

from indexer.text.spellings import split
from indexer.text.words import APOSTROPHES, MARKS, WORD, folded, normalize, plain_text, strip_accents
from search.results import Excerpt
from search.spelling.typed import as_typed
from search.suggest.letter_runs import PAIR, as_compared, is_letter, letter_runs, places_of

_BEFORE_AN_S = re.compile(rf"[^\W_][{MARKS}]*['{APOSTROPHES}]\Z")
_MARKS = re.compile(rf"[{MARKS}]*")
_DOTTED = "i\u0307"  # what a capital I with a dot becomes in lower case
# Persian words have a mark inside that is not seen, and that words as they are compared have not.
_JOINED = re.compile(rf"[\w{MARKS}]+(?:[\u200c\u200d]+[\w{MARKS}]+)+")

_Words = Sequence[tuple[str, re.Match[str]]]  # of a headline, as they are compared and as they stand in it


class TypedText:
    """What has been typed: words, of which the last may go on."""

    def __init__(self, text: str) -> None:
        self.text = text
        written, between = split(plain_text(text))
        self.words = [as_compared(form.lower()) for form in written]
        self.goes_on = bool(self.words) and not between[-1]
        if _BEFORE_AN_S.search(text):  # "china'" goes on as "china's", "o'" as "o'neill"
            self.goes_on, self.words[-1] = True, self.words[-1].rstrip("'") + "'"
        self.key = " ".join(self.words) + ("" if self.goes_on else " ")
        self._runs = letter_runs(self.words, between)
        self._between = between

    @property
    def ends_in_a_letter(self) -> bool:
        """Whether the last word is a letter of a script without blanks."""
        return is_letter(self.words[-1])

    @property
    def has_letters(self) -> bool:
        """Whether any word is one."""
        return bool(self._runs)

    @cached_property
    def rows(self) -> list[list[str]]:
        """The words that are typed with a sign and no blank between them, as in 2.7.1."""
        rows: list[list[str]] = []
        for place in range(1, len(self.words)):
            signs = self._between[place]
            if signs and not any(map(str.isspace, signs)):
                if place > 1 and rows and self._between[place - 1] and rows[-1][-1] is self.words[place - 1]:
                    rows[-1].append(self.words[place])
                else:
                    rows.append(self.words[place - 1 : place + 1])
        return rows

    @property
    def last_row(self) -> list[str]:
        """The one that the last word is in, or none."""
        return self.rows[-1] if self.rows and self.rows[-1][-1] is self.words[-1] else []

    def has_rows(self, key: str) -> bool:
        """Whether a headline has these next to each other."""
        return all(is_in(row, key, self.goes_on and row is self.last_row) for row in self.rows)

    @cached_property
    def looked_for(self) -> list[str]:
        """The words by which headlines are found, the last one that may go on at the end: in place of letters in a run
        every two of them."""
        starts = {run.start for run in self._runs if len(run) > 1}
        inside = {place for run in self._runs for place in run[1:]}
        found = []
        for place, word in enumerate(self.words):
            if place in inside:
                found.append(PAIR + self.words[place - 1] + word)
            elif place not in starts:
                found.append(word)
        return found

    @property
    def whole(self) -> list[str]:
        """Of those the ones that are typed to their end."""
        return self.looked_for[:-1] if self.goes_on else self.looked_for

    def may_be_in(self, key: str) -> bool:
        """Whether a headline that has every two letters has each run, too."""
        runs = [" ".join(self.words[run.start : run.stop]) for run in self._runs if len(run) > 2]
        return not runs or all(f" {strip_accents(run)}" in f" {strip_accents(key)}" for run in runs)

    @property
    def last_run(self) -> str:
        """The letters without blanks at the end."""
        run = self._runs[-1]
        return "".join(self.words[run.start : run.stop])

    def with_last_run(self, written: str) -> str:
        """What is typed, with other letters for the last run."""
        return self._before(len(self._runs[-1])) + written

    def with_last_word(self, written: str) -> str:
        """What is typed, with another last word."""
        before, typed = self._last_word
        return before + unicodedata.normalize("NFC", as_typed(typed, written).replace(_DOTTED, "i"))

    @cached_property
    def _last_word(self) -> tuple[str, str]:
        """What is typed before the last word, and that."""
        return self._before(1), WORD.findall(normalize(self.text))[-1]

    def _before(self, n_words: int) -> str:
        """What is typed before the last words, as it is typed: words are compared in another form of Unicode, and
        without what is not seen in them."""
        text = normalize(self.text)
        before = text[: list(WORD.finditer(text))[-n_words].start()]
        typed = (self.text[:stop] for stop in range(len(self.text), -1, -1))
        return next((start for start in typed if normalize(start) == before), before)

    def marked_in(self, headline: str) -> Excerpt:
        """A headline in which what is typed is marked: whole words, how others begin, and runs of letters."""
        words = [(folded(match[0]), match) for match in WORD.finditer(headline)]
        otherwise = [] if self._are_all_in(words) else [*self._otherwise_in(words)]
        places = {place for _, of in otherwise for place in of}  # of words that are marked so
        marks = [*self._words_in(words, places), *(span for span, _ in otherwise)]
        for run in self._runs:
            marks += [found[:2] for found in places_of("".join(self.words[run.start : run.stop]), headline)]
        return Excerpt(headline, tuple(sorted(set(marks))))

    def _are_all_in(self, words: _Words) -> bool:
        """Whether a headline has each word as it is typed."""
        forms = {form for form, _ in words}
        whole = self.words[:-1] if self.goes_on else self.words
        goes_on = not self.goes_on or any(form.startswith(self.words[-1].rstrip("'")) for form in forms)
        return goes_on and all(word in forms for word in whole if not is_letter(word))

    def _words_in(self, words: _Words, but: Set[int]) -> Iterator[tuple[int, int]]:
        """Where a headline has the words that are typed but for those at some places."""
        typed = [(place, word) for place, word in enumerate(self.words) if place not in but and not is_letter(word)]
        last = next((word.rstrip("'") for place, word in typed if self.goes_on and place == len(self.words) - 1), None)
        whole = {word for place, word in typed if not self.goes_on or place < len(self.words) - 1}
        for form, match in words:
            if form in whole or form == last:
                yield match.span()
            elif last and form.startswith(last):
                yield match.start(), match.start() + _letters_of(match[0], last)

    def _otherwise_in(self, words: _Words) -> Iterator[tuple[tuple[int, int], Sequence[int]]]:
        """Where a headline has words in one that are typed apart, or apart, and the places of those typed."""
        for place, (one, other) in enumerate(pairwise(self.words)):
            for form, match in words:
                if self._is(one + other, form, place + 1):
                    yield (match.start(), match.start() + _letters_of(match[0], one + other)), (place, place + 1)
        for place, word in enumerate(self.words):
            for (first, at), (second, behind) in pairwise(words):
                if len(word) > len(first) and self._is(word, first + second, place):
                    yield (at.start(), behind.start() + _letters_of(behind[0], word[len(first) :])), (place,)

    def _is(self, word: str, form: str, place: int) -> bool:
        """Whether a headline's word is one that ends at a place of those typed, or how it may go on."""
        return form == word or (self.goes_on and place == len(self.words) - 1 and form.startswith(word))


def is_in(row: Sequence[str], key: str, goes_on: bool) -> bool:
    """Whether a headline has words next to each other, of which the last may go on."""
    end = "" if goes_on else " "
    return f" {' '.join(row)}{end}" in f" {key} "


def written_in(headlines: list[str]) -> Mapping[str, str]:
    """The words of headlines that are written with something in them that is not seen, by how they are without."""
    joined = [word for headline in headlines for word in _JOINED.findall(headline)]
    return {normalize(word).lower(): word for word in joined}


def _letters_of(word: str, key: str) -> int:
    """How many characters of a word have the letters of a key that it begins with, with the marks behind them."""
    stop = next(stop for stop in range(1, len(word) + 1) if folded(word[:stop]).startswith(key))
    marks = _MARKS.match(word, stop)
    return marks.end() if marks else stop
