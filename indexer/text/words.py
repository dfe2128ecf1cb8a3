"""What a word is, in any language: text is put into one form of Unicode, and words are found in it and lower-cased."""

from __future__ import annotations

import re
import unicodedata

# Ideographs and kana are written without spaces: each is a word of its own, and a phrase query joins them again.
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Vowel signs and other marks that Python's \w leaves out, though they stand inside words.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0903\u093a-\u094f\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a70\u0a71\u0a81-\u0a83\u0abc-\u0acd"
    "\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d57"
    "\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u07a6-\u07b0\u0f71-\u0f84\u102b-\u103e\u17b4-\u17d3\u200c\u200d"
)
_LETTER = rf"[^\W_{_CJK}]"
# Possessive: what is matched is never given back, so a word of a million letters takes no memory to find.
_PART = rf"{_LETTER}++(?:[{_MARKS}]++{_LETTER}*+)*+"
WORD = re.compile(rf"[{_CJK}]|{_PART}(?:'++{_PART})*+")
APOSTROPHES = "\u2019\u2018\u02bc\uff07\u2032\u00b4"  # all read as '
_BETWEEN_WORDS = re.compile(
    "[\u00a1-\u00a9\u00ab-\u00b1\u00b6-\u00b8\u00bb\u00bf\u2010-\u2038\u2041-\u2053\u20a0-\u20bf]+"
)

# Unicode's canonical order sorts the marks behind a letter, in quadratic time; no script stacks more than a few.
_MARK_RUN = re.compile(r"[^\w\x00-\x7f]{31,}")
_MOST_MARKS = 30

# What each ASCII character becomes before a text is cut into words at blanks.
ASCII_WORDS = "".join(chr(i).lower() if chr(i).isalnum() or chr(i) == "'" else " " for i in range(128))


def word_forms(text: str) -> list[str]:
    """The words of `text` in order, lower-cased. Apostrophes stay inside words and may stand at their ends;
    `Analyzer.term` takes those off.

    Plain ASCII, the bulk of an English archive, goes through two C-speed string methods instead of a regular
    expression, at more than twice its speed and with the same words as the outcome.
    """
    if not text.isascii():
        text = plain_text(text)
        if not text.isascii():
            return WORD.findall(text.lower())
    return text.translate(ASCII_WORDS).split()


def plain_text(text: str) -> str:
    """`text` as `normalize` gives it, with blanks for dashes, typographic quotes and the like: the same words, and for
    most English text nothing left but ASCII."""
    return _BETWEEN_WORDS.sub(" ", normalize(text))


def normalize(text: str) -> str:
    """`text` in Unicode's NFKC form with every kind of apostrophe as ``'``. Of the marks stacked on one letter,
    the first `_MOST_MARKS` stay."""
    for apostrophe in APOSTROPHES:  # str.translate with a dictionary takes a hundred times as long
        text = text.replace(apostrophe, "'")
    return unicodedata.normalize("NFKC", text if text.isascii() else _MARK_RUN.sub(_few_marks, text))


def _few_marks(run: re.Match[str]) -> str:
    kept = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def folded(text: str) -> str:
    """`text` as words are compared whatever their spelling: in lower case, without accents."""
    return strip_accents(text.lower())


def strip_accents(text: str) -> str:
    """`text` without combining marks, so that "café" and "cafe" are one term."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))
