"""From text to index terms: words are found, lower-cased, freed of Whoosh's stop words, and stemmed by Snowball.

A *form* is a word as written, lower-cased ("satellites"); a *term* is what the index stores for it ("satellit").
Different forms are few compared with words, so a form is turned into its term once and remembered.
"""

from __future__ import annotations

import re
import unicodedata
import weakref
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import ClassVar

import Stemmer
from whoosh.lang import has_stopwords, stopwords_for_language

DEFAULT_LANGUAGE = "en"
MAX_TERM_LENGTH = 64  # characters; longer "words" are encoded data, cut so that they cannot swell the dictionary

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
_MOST_FORMS = 1 << 18  # that all analyzers together remember, some 100 MB at worst: more than a large archive has
_FORMS_BETWEEN_CHECKS = 1024  # of one analyzer, so that the bound is met with that much more for each

# What each ASCII character becomes before a text is cut into words at blanks.
ASCII_WORDS = "".join(chr(i).lower() if chr(i).isalnum() or chr(i) == "'" else " " for i in range(128))
_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
_ELISIONS = {
    "fr": frozenset(["c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"]),
    "it": frozenset(["c", "d", "l", "m", "s", "t", "un", "all", "dall", "dell", "nell", "sull", "quell"]),
}

# Stems are made before accents are taken off, and a stemmer takes "ée" off but not "ee". Longer endings come first.
_ACCENTED_ENDINGS = {
    "fr": (("ieres", "ières"), ("iere", "ière"), ("ees", "ées"), ("ee", "ée"), ("es", "és"), ("e", "é")),
    "pt": (("aveis", "áveis"), ("avel", "ável"), ("coes", "ções"), ("cao", "ção"), ("oes", "ões"), ("ao", "ão")),
}


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


def strip_accents(text: str) -> str:
    """`text` without combining marks, so that "café" and "cafe" are one term."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


class _Terms(dict[str, str]):
    """Form to term in one language, filled as forms turn up; no word without end is kept.

    When the tables of all languages together have too many forms, all are emptied: texts come from strangers, who may
    send words that nobody else uses in every language there is.
    """

    _tables: ClassVar[weakref.WeakValueDictionary[int, _Terms]] = weakref.WeakValueDictionary()  # all that are in use

    def __init__(self, make: Callable[[str], str]) -> None:
        self._make = make
        self._tables[id(self)] = self

    def __missing__(self, form: str) -> str:
        term = self._make(form)
        if len(form) <= 2 * MAX_TERM_LENGTH:
            self[form] = term
            if len(self) % _FORMS_BETWEEN_CHECKS == 0:
                self._make_room()
        return term

    @classmethod
    def _make_room(cls) -> None:
        tables = [table for reference in cls._tables.valuerefs() if (table := reference()) is not None]
        if sum(map(len, tables)) >= _MOST_FORMS:
            for table in tables:
                table.clear()


class Analyzer:
    """Turns forms into terms by the rules of one language. Get one from `analyzer_for`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._stop = stopwords_for_language(language) if has_stopwords(language) else frozenset()
        # Snowball's own C stemmers: 14 times as fast as Whoosh's of the same algorithms, for twice as many languages
        self._stems = Stemmer.Stemmer(_STEMMERS[language], 0).stemWords if language in _STEMMERS else None
        self._elisions = _ELISIONS.get(language, frozenset())
        self._terms = _Terms(self._make_term)
        # the index term of a form, or the empty string for a stop word or a form without a letter or digit; a method of
        # our own would take three times as long
        self.term: Callable[[str], str] = self._terms.__getitem__

    def terms(self, text: str) -> list[str]:
        """The index terms of `text` in order, stop words left out."""
        table = self._terms
        return [term for form in word_forms(text) if (term := table[form])]

    def terms_once(self, text: str) -> list[str]:
        """`terms` of a text that is not kept: none of its forms is remembered."""
        forms = word_forms(text)
        distinct = list(dict.fromkeys(forms))
        table = dict(zip(distinct, self.terms_of(distinct), strict=True))
        return [term for form in forms if (term := table[form])]

    def _make_term(self, form: str) -> str:
        return self.terms_of([form])[0]

    def terms_of(self, forms: Sequence[str]) -> list[str]:
        """`term` of many forms at once, nearly all of them met for the first time, and not remembered here."""
        words = [form if form.isalnum() else self._bare(form) for form in forms]
        words = [word if len(word) <= MAX_TERM_LENGTH else word[:MAX_TERM_LENGTH] for word in words]
        stems = words if self._stems is None else self._stems(words)
        stop = self._stop
        return ["" if word in stop else strip_accents(stem or word) for word, stem in zip(words, stems, strict=True)]

    def _bare(self, form: str) -> str:
        """A form without apostrophes at its ends, without "'s" and without elided articles."""
        word = form.strip("'")
        if word.endswith("'s"):
            word = word[:-2].rstrip("'")
        head, apostrophe, rest = word.partition("'")
        return rest.lstrip("'") if apostrophe and head in self._elisions else word


@lru_cache(maxsize=64)
def analyzer_for(language: str) -> Analyzer:
    """The analyzer of an ISO 639-1 language code ("en", "fr", "pt-BR"); what there is no stemmer or no list
    of stop words for goes without."""
    return Analyzer(language.partition("-")[0].partition("_")[0].lower() or DEFAULT_LANGUAGE)


def query_terms(form: str, languages: tuple[str, ...]) -> list[str]:
    """The terms a query word can stand for in an archive of several languages, without repeats, first language first;
    in some languages a second one, with the accents that its ending may have been typed without."""
    terms = []
    for language in languages:
        analyzer = analyzer_for(language)
        term = analyzer.term(form)
        if term:
            terms.append(term)
            if analyzer.language in _ACCENTED_ENDINGS and (accented := _accented(analyzer.language, form)):
                terms.append(analyzer.term(accented))
    return list(dict.fromkeys(terms))


def _accented(language: str, form: str) -> str:
    """`form` with the accents that its ending may have been typed without; the empty string where there are none."""
    for plain, ending in _ACCENTED_ENDINGS[language]:
        if form.endswith(plain):
            return form.removesuffix(plain) + ending
    return ""
