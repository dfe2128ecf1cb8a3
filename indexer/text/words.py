"""What a word is, in any language: text is put into one form of Unicode, and words are found in it and lower-cased."""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache

# Ideographs and kana are written without blanks: each is a word of its own, as are the letters of the scripts of
# South-East Asia that have none either. Pairs of neighbours are found as words are (`indexer.text.pairs`).
_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THAI_LAO = "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6\u0edc-\u0edf"
_KHMER_BURMESE = (
    "\u1780-\u17b3\u17d7\u17dc\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070"
    "\u1075-\u1081\u108e"
)
# Vowel signs and other marks that Python's \w leaves out, though they stand inside words.
MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0903\u093a-\u094f\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a70\u0a71\u0a81-\u0a83\u0abc-\u0acd"
    "\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d57"
    "\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u07a6-\u07b0\u0f71-\u0f84\u102b-\u103e\u1056-\u1059"
    "\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u17b4-\u17d3"
)
UNIT = rf"(?:[{_CJK}]|[{_THAI_LAO}{_KHMER_BURMESE}][{MARKS}]*+)"  # a letter that is a word
_LETTER = rf"[^\W_{_CJK}{_THAI_LAO}{_KHMER_BURMESE}]"
# Possessive: what is matched is never given back, so a word of a million letters takes no memory to find.
_PART = rf"{_LETTER}++(?:[{MARKS}]++{_LETTER}*+)*+"
WORD = re.compile(rf"{UNIT}|{_PART}(?:'++{_PART})*+")
APOSTROPHES = "\u2019\u2018\u02bc\uff07\u2032\u00b4\u02b9\ua78c"  # all read as '
HYPHENS = "\u2010\u2011\u2012\u2013\u2212\ufe58\ufe63\uff0d"  # all read as -
# What may stand inside a word and is not seen: soft hyphens, joiners, marks of direction and byte order.
INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_BETWEEN_WORDS = re.compile(
    "[\u00a1-\u00a9\u00ab-\u00b1\u00b6-\u00b8\u00bb\u00bf\u2010-\u2038\u2041-\u2053\u20a0-\u20bf]+"
)
# Hebrew abbreviations have a mark before their last letter, which many leave out.
_IN_HEBREW = re.compile("(?<=[\u05d0-\u05ea])[\"'\u05f3\u05f4\u201d](?=[\u05d0-\u05ea])")
_HEBREW = re.compile("[\u05d0-\u05ea]")

# Unicode's canonical order sorts the marks behind a letter, in quadratic time; no script stacks more than a few.
_MARK_RUN = re.compile(r"[^\w\x00-\x7f]{31,}")
_MOST_MARKS = 30

_BY_RUNS = "readmore.plain-text"  # what to do with characters that are not ASCII, by the name that the codec knows
_SHORT_RUN = 16  # of so many characters that are not ASCII in a row, what becomes of them is remembered

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
    # Few characters are not ASCII, and the codec finds them some ten times as fast as an expression does.
    try:
        return text.encode("ascii", _BY_RUNS).decode("utf-8", "surrogatepass")
    except UnicodeEncodeError:
        return _plain_text(text)


def _plain_text(text: str) -> str:
    return _BETWEEN_WORDS.sub(" ", normalize(text))


def _plain_run(error: UnicodeError) -> tuple[bytes, int]:
    """What the codec puts for characters that are not ASCII. Raises the error where what is beside them has a say."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    run = error.object[error.start : error.end]
    plain = _plain_short_run(run) if len(run) <= _SHORT_RUN else _plain_if_apart(run)
    if plain is None:
        try:
            raise error
        finally:
            del error  # or it keeps this frame, and all that called it, until the collector of cycles runs
    return plain, error.end


def _plain_if_apart(run: str) -> bytes | None:
    """`_plain_text` of characters that are not ASCII, in UTF-8, if it is the same whatever stands around them: a mark
    becomes one with the letter before it, and signs stand between letters of Hebrew."""
    first = unicodedata.normalize("NFKD", without_invisible(run)[:1])[:1]  # of a long run of marks it takes for ever
    if _HEBREW.search(run) or (first and unicodedata.combining(first)):
        return None
    return _plain_text(run).encode("utf-8", "surrogatepass")


_plain_short_run = lru_cache(maxsize=1 << 14)(_plain_if_apart)
codecs.register_error(_BY_RUNS, _plain_run)


def normalize(text: str) -> str:
    """`text` in Unicode's NFKC form with every kind of apostrophe as ``'`` and of hyphen as ``-``, without what is not
    seen in it. Of the marks stacked on one letter, the first `_MOST_MARKS` stay."""
    text = with_plain_apostrophes(text)
    if text.isascii():
        return text
    for hyphen in HYPHENS:
        text = text.replace(hyphen, "-")
    text = without_invisible(text)
    if _HEBREW.search(text):
        text = _IN_HEBREW.sub("", text)
    return unicodedata.normalize("NFKC", _MARK_RUN.sub(_few_marks, text))


def with_plain_apostrophes(text: str) -> str:
    """`text` with every kind of apostrophe as ``'``."""
    for apostrophe in APOSTROPHES:  # str.translate with a dictionary takes a hundred times as long
        text = text.replace(apostrophe, "'")
    return text


def without_invisible(text: str) -> str:
    """`text` without the characters of `INVISIBLE`."""
    for character in INVISIBLE:
        text = text.replace(character, "")
    return text


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
    """`text` with its letters as they are compared: without combining marks and in one spelling, so that "café" and
    "cafe" are one term, and "łódź" and "lodz", "كتاب" and "کتاب" are."""
    if text.isascii():
        return text
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return "".join(map(_FOLDED.__getitem__, text))


class _FoldedLetters(dict[str, str]):
    """By character what it is compared as, filled as characters turn up."""

    def __missing__(self, character: str) -> str:
        self[character] = as_compared = _folded_letter(character)
        return as_compared


# letters that Unicode does not take apart, and those that are others in another spelling of the same script
_LETTERS = dict(
    zip(
        "łŁøØđĐðÐħĦŋŊŧŦıĸſƒɓɗɖƙƴǥƶɨʉȷɛɔґҐأإآٱىیئکےةۀہھۃۂ",
        "lLoOdDdDhHnNtTiksfbddkygziujeoгГاااايييكيهههههه",
        strict=True,
    )
) | {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS", "þ": "th", "Þ": "Th", "ŉ": "n", "ـ": ""}
_WHOLE = frozenset("йЙ")  # letters of their own, whatever Unicode takes them apart to


def _folded_letter(character: str) -> str:
    if character in _LETTERS:
        return _LETTERS[character]
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character in _WHOLE or "\u3040" <= character <= "\u30ff" or "\uac00" <= character <= "\ud7a3":
        return character
    decomposed = unicodedata.normalize("NFKD", character)
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(_LETTERS.get(c, c) for c in kept))


_FOLDED = _FoldedLetters()
