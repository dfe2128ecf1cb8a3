"""What somebody has typed so far: its words, of which the last may go on, and where headlines have them."""

from __future__ import annotations

import re
from functools import cached_property

from indexer.text.words import APOSTROPHES, MARKS, WORD, folded, normalize, plain_text, word_forms
from search.results import Excerpt
from search.spelling.typed import as_typed

_BEFORE_AN_S = re.compile(rf"[^\W_][{MARKS}]*['{APOSTROPHES}]\Z")
_MARKS = re.compile(rf"[{MARKS}]*")


class TypedText:
    """What has been typed: words, of which the last may go on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = [folded(form) for form in word_forms(text)]
        self.goes_on = bool(self.words) and _ends_in_a_word(text)
        if _BEFORE_AN_S.search(text):  # "china'" goes on as "china's", "o'" as "o'neill"
            self.goes_on, self.words[-1] = True, self.words[-1].rstrip("'") + "'"
        self.key = " ".join(self.words) + ("" if self.goes_on else " ")

    @property
    def whole(self) -> list[str]:
        """The words that are typed to their end."""
        return self.words[:-1] if self.goes_on else self.words

    def with_last_word(self, written: str) -> str:
        """What is typed, with another last word."""
        before, typed = self._last
        return before + as_typed(typed, written)

    @cached_property
    def _last(self) -> tuple[str, str]:
        """What is typed before the last word, and that."""
        text = normalize(self.text)
        last = list(WORD.finditer(text))[-1]
        return text[: last.start()], last[0]

    def marked_in(self, headline: str) -> Excerpt:
        """A headline in which what is typed is marked: whole words, and how others begin."""
        whole, last = set(self.whole), self.words[-1].rstrip("'") if self.goes_on else None
        marks = []
        for match in WORD.finditer(headline):
            form = folded(match[0])
            if form in whole or form == last:
                marks.append(match.span())
            elif last and form.startswith(last):
                marks.append((match.start(), match.start() + _letters_of(match[0], last)))
        return Excerpt(headline, tuple(marks))


def _ends_in_a_word(text: str) -> bool:
    text = plain_text(text)
    return max((word.end() for word in WORD.finditer(text)), default=-1) == len(text)


def _letters_of(word: str, key: str) -> int:
    """How many characters of a word have the letters of a key that it begins with, with the marks behind them."""
    stop = next(stop for stop in range(1, len(word) + 1) if folded(word[:stop]).startswith(key))
    marks = _MARKS.match(word, stop)
    return marks.end() if marks else stop
