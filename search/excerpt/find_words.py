"""Where in a text the wanted words are.

Whoosh's highlighter runs every word of an article through its analyzer, and costs more than the search. Here most
words are never looked at: an English stem shares all its letters but the last two with every form it stands for, so
`str.find` goes from one word that begins like a wanted one to the next, and only those words are stemmed. In other
languages every different word is stemmed once per query.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from indexer.text.analyzer import Analyzer
from indexer.text.markers import COMMON, SPELLED
from indexer.text.spellings import is_pair, letters
from indexer.text.words import WORD, folded, strip_accents
from search.excerpt.folding import fold, latin
from search.query.fitting import literal_start, of_terms, term_test, word_test
from search.query.tree import MultiTerm

_LATIN = [chr(i).lower() for i in range(256)]
_LATIN_WORDS = "".join(c if c.isalnum() or c == "'" else " " for c in _LATIN).encode("latin-1")
_LATIN_LETTERS = "".join(strip_accents(c)[0] if c.isalnum() else " " for c in _LATIN).encode("latin-1", "replace")
# letters that are compared as two ("æ" as "ae"), so that places in what is compared are not those in the text
_LONG = [bytes([i]) for i in range(256) if chr(i).isalnum() and len(strip_accents(chr(i).lower())) > 1]


class Match(NamedTuple):
    """A stretch of text, and which wanted term, pattern or phrase it is."""

    start: int
    end: int
    key: str


class Keys(dict[str, str]):
    """Form to the wanted term or pattern it matches, or to the empty string, in one language; filled as forms turn
    up. `runs` are what is wanted of letters that are words of their own, folded, each with its key."""

    def __init__(
        self,
        analyzer: Analyzer,
        wanted: Collection[str],
        patterns: Sequence[MultiTerm],
        runs: Mapping[tuple[str, ...], str] | None = None,
    ) -> None:
        self.analyzer = analyzer
        pairs = {letters(term): term for term in wanted if is_pair(term)}
        self._runs: dict[str, list[tuple[tuple[str, ...], str]]] = {}  # by their first letter, the longest first
        for run in sorted({**pairs, **(runs or {})}.items(), key=lambda of: -len(of[0])):
            self._runs.setdefault(run[0][0], []).append(run)
        self._units: dict[str, str] = {}  # letters as written, folded
        self._is_spelled = any(term.startswith(SPELLED) for term in wanted)
        starts = [literal_start(of) for pattern in patterns for of in (pattern, of_terms(pattern))]
        self.beginnings = (
            _beginnings([*(word.removeprefix(COMMON) for word in wanted), *starts])
            if analyzer.language == "en" and all(starts)
            else None
        )
        self._starts = None if self.beginnings is None else tuple(self.beginnings)
        self._wanted = wanted
        self._tests = [(word_test(pattern), term_test(pattern), pattern_key(pattern)) for pattern in patterns]

    def __missing__(self, form: str) -> str:
        word = form.strip("'")
        key = ""
        # A form that does not begin right is spared the making of its stem, the dearest thing here.
        if self._starts is None or not word.isascii() or word.startswith(self._starts):
            term = self.analyzer.term(word)
            if (meant := term or COMMON + word) in self._wanted:
                key = meant
            elif self._tests and term:
                written = folded(self.analyzer.words_of([word])[0])
                key = next((key for fits, fits_term, key in self._tests if fits(written) or fits_term(term)), "")
            if not key and self._is_spelled and not word.isascii():
                others = (other for other in self.analyzer.other_terms(word) if other.startswith(SPELLED))
                key = next((other.removeprefix(SPELLED) for other in others if other in self._wanted), "")
        self[form] = key
        return key

    def units(self, words: Sequence[re.Match[str]]) -> list[str]:
        """Words folded, where any of them may begin a wanted run; else none."""
        if not self._runs:
            return []
        known = self._units
        for word in words:
            if (form := word[0]) not in known:
                known[form] = strip_accents(form)
        return [known[word[0]] for word in words]

    def run(self, words: Sequence[re.Match[str]], units: Sequence[str], place: int) -> tuple[int, str]:
        """How many words, from a place on, are the longest wanted run without a blank, and its key; 0 where none
        begins. `units` are the words folded."""
        for run, key in self._runs.get(units[place], ()):
            last = place + len(run) - 1
            if tuple(units[place : last + 1]) == run and words[last].end() - words[place].start() == sum(
                len(word[0]) for word in words[place : last + 1]
            ):
                return len(run), key
        return 0, ""


def find_words(text: str, keys: Keys) -> list[Match]:
    """The words of `text` that have a key, in its order."""
    encoded = latin(text)
    if encoded is None or (
        keys.beginnings is not None and not encoded.isascii() and any(letter in encoded for letter in _LONG)
    ):
        return _find_in_any_script(text, keys)
    return _find_in_latin(encoded, keys)


def _find_in_latin(encoded: bytes, keys: Keys) -> list[Match]:
    """The words that have a key in a text as `latin` encodes it."""
    words = f" {encoded.translate(_LATIN_WORDS).decode('latin-1')} "
    if keys.beginnings is None:
        searched = words
        sought = [f" {form} " for form in set(words.split()) if keys[form]]
    else:
        searched = f" {encoded.translate(_LATIN_LETTERS).decode('latin-1')} "  # a word may follow an apostrophe
        sought = [" " + beginning for beginning in keys.beginnings]
    found: dict[int, Match] = {}
    for beginning in sought:
        at = searched.find(beginning)
        while at >= 0:
            start = at + 1 if words[at] == " " else words.rfind(" ", 0, at) + 1
            end = words.find(" ", at + 1)
            form = words[start:end]
            if key := keys[form]:
                if form[0] == "'" or form[-1] == "'":
                    quotes = len(form) - len(form.lstrip("'"))
                    found[start] = Match(start - 1 + quotes, start - 1 + len(form.rstrip("'")), key)
                else:
                    found[start] = Match(start - 1, end - 1, key)
            at = searched.find(beginning, end)
    return list(found.values()) if len(sought) == 1 else [found[start] for start in sorted(found)]


def _find_in_any_script(text: str, keys: Keys) -> list[Match]:
    """The words that have a key in any text. The analyzer's own pattern says where a word begins and ends."""
    folded = fold(text)
    words = list(WORD.finditer(folded.text))
    units, found = keys.units(words), []
    for place, word in enumerate(words):
        length, key = keys.run(words, units, place) if units else (0, "")
        if length:
            found.append(_with_marks(text, Match(*folded.original(word.start(), words[place + length - 1].end()), key)))
            continue
        key = keys[word.group()]
        if key:
            found.append(_with_marks(text, Match(*folded.original(*word.span()), key)))
    return found


def _with_marks(text: str, match: Match) -> Match:
    """A match with the combining marks on its last letter, which is one with them to the reader."""
    end = match.end
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1
    return match if end == match.end else match._replace(end=end)


def _beginnings(words: Collection[str]) -> list[str]:
    """What the forms of English terms, and of words that begin so, begin with when their accents are off and
    they end at an apostrophe; none begins with another.

    Snowball's stem of a form is the form's beginning with one letter added or changed at its end, if any (hope,
    hoping; fli, flies), but for "-ying" with one letter before it, where it is two (die, dying).
    """
    beginnings = {(word[:-2] or word[:1]).partition("'")[0] for word in map(strip_accents, words)} - {""}
    kept: list[str] = []
    for beginning in sorted(beginnings):
        if not kept or not beginning.startswith(kept[-1]):
            kept.append(beginning)
    return kept


def pattern_key(pattern: MultiTerm) -> str:
    return f"*{pattern}"  # which no term contains
