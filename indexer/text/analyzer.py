"""From words to index terms, by the rules of a language: Whoosh's stop words are left out, Snowball stems the others.

A *form* is a word as written, lower-cased ("satellites"); a *term* is what the index stores for it ("satellit").
Different forms are few compared with words, so a form is turned into its term once and remembered.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import ClassVar

import Stemmer
from whoosh.lang import has_stopwords, stopwords_for_language

from indexer.text.markers import ACCENTED, SPELLED
from indexer.text.scripts import (
    ARABIC_SCRIPT,
    arabic_stem,
    hebrew_rest,
    is_arabic,
    is_hangul,
    korean_noun,
    other_spelling,
)
from indexer.text.words import strip_accents, word_forms

DEFAULT_LANGUAGE = "en"
MAX_TERM_LENGTH = 64  # characters; longer "words" are encoded data, cut so that they cannot swell the dictionary
_MOST_FORMS = 1 << 18  # that all analyzers together remember, some 100 MB at worst: more than a large archive has
_FORMS_BETWEEN_CHECKS = 1024  # of one analyzer, so that the bound is met with that much more for each
_MOST_TELLING = 40  # words of a query from which its language is told
_STOP_WORDS_MORE = 2  # that a language must have than that of most articles
_LAST_ACCENTED = "\u0530"  # Latin, Greek and Cyrillic letters come before; what others lose is no accent, but for ...
# ... the viramas and the dots of the scripts of India, which tell words apart and which some leave out
_OF_INDIA = frozenset("\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u093c\u09bc\u0a3c\u0abc\u0b3c")
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


# letters that are written as two where a keyboard has not the one
_DIGRAPHS = {"đ": "dj"}
_DIGRAPHS_OF = {
    "de": {"ä": "ae", "ö": "oe", "ü": "ue"},
    "da": {"ø": "oe", "å": "aa"},
    "no": {"ø": "oe", "å": "aa"},
    "sv": {"ä": "ae", "ö": "oe", "å": "aa"},
    "fi": {"ä": "ae", "ö": "oe"},
}


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
        return self.terms_of_words(self.words_of(forms))

    def words_of(self, forms: Sequence[str]) -> list[str]:
        """The words in forms: without apostrophes at their ends, "'s" and elided articles, and none too long."""
        words = [form if form.isalnum() else self._bare(form) for form in forms]
        return [word if len(word) <= MAX_TERM_LENGTH else word[:MAX_TERM_LENGTH] for word in words]

    def terms_of_words(self, words: list[str]) -> list[str]:
        """The terms of what `words_of` gives."""
        stems = words if self._stems is None else self._stems(words)
        stop = self._stop
        return [
            "" if word in stop else (stem or word) if word.isascii() else strip_accents(self._other_stem(word, stem))
            for word, stem in zip(words, stems, strict=True)
        ]

    def _other_stem(self, word: str, stem: str) -> str:
        """The stem of a word that is not ASCII, with its accents, given that of the language."""
        if is_hangul(word[-1:]):  # 서울에서, 2024년에는, KBS에서
            return korean_noun(word)
        if is_arabic(word) and self.language not in ARABIC_SCRIPT:
            return arabic_stem(word)
        return stem or word

    @property
    def stop_words(self) -> Collection[str]:
        """The words that have no term, in lower case and with their accents."""
        return self._stop

    def is_stop_word(self, word: str) -> bool:
        """Whether `terms_of_words` leaves a word out."""
        return word in self._stop

    def other_terms(self, word: str) -> list[str]:
        """The terms of a word beside its own, see `indexer.text.markers`: itself with its accents, and what it is taken
        for by who types it without them, or without what Hebrew writes onto its beginning."""
        if word.isascii() or word in self._stop or not word:
            return []
        stem = self._other_stem(word, word if self._stems is None else self._stems([word])[0])
        plain, others = strip_accents(word), []
        letters = _DIGRAPHS | _DIGRAPHS_OF.get(self.language, {})
        if any(letter in word for letter in letters):
            together = self.terms_of_words([strip_accents("".join(letters.get(c, c) for c in word))])[0]
            if together and together != strip_accents(stem):
                others.append(SPELLED + together)
        if any((c < _LAST_ACCENTED or c in _OF_INDIA) and strip_accents(c) != c for c in stem):
            others.append(ACCENTED + stem)
        if plain != word and (typed := self.terms_of_words([plain])[0]) and typed != strip_accents(stem):
            others.append(SPELLED + typed)
        rest = hebrew_rest(word)
        alike = [rest, *(other_spelling(of, self.language) for of in (word, rest) if of)]
        others += [SPELLED + term for term in self.terms_of_words([other for other in alike if other]) if term]
        return list(dict.fromkeys(others))  # two ways to type a word may have one stem

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


def has_marks(text: str) -> bool:
    """Whether a text has viramas or dots of the scripts of India, which its terms lose."""
    return not _OF_INDIA.isdisjoint(text)


def accented_terms(form: str, languages: tuple[str, ...]) -> list[str]:
    """The terms of a query word that was typed with accents in articles that have them, see `markers.ACCENTED`."""
    found = [term for language in languages for term in analyzer_for(language).other_terms(form)]
    return [term for term in dict.fromkeys(found) if term[0] == ACCENTED]


def query_terms(form: str, languages: tuple[str, ...]) -> list[str]:
    """The terms a query word can stand for in an archive of several languages, without repeats, first language first;
    in some languages a second one, with the accents that its ending may have been typed without. A stop word of the
    first language has none, whatever it is in the others: few articles that have "the" as a word would make it a rare
    one."""
    return other_readings(form, languages) if analyzer_for(languages[0]).term(form) else []


def other_readings(form: str, languages: tuple[str, ...]) -> list[str]:
    """The same, of a stop word of the first language those that it has in the others."""
    return list(_readings(form, languages))


@lru_cache(maxsize=1 << 14)  # a query asks a dozen times for the terms of each of its words
def _readings(form: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    terms = []
    for language in languages:
        analyzer = analyzer_for(language)
        term = analyzer.term(form)
        if term:
            terms.append(term)
            if analyzer.language in _ACCENTED_ENDINGS and (accented := _accented(analyzer.language, form)):
                terms.append(analyzer.term(accented))
            if not form.isascii() and (other := other_spelling(form, analyzer.language)):
                terms.append(analyzer.term(other))
    return tuple(dict.fromkeys(terms))


def in_language_of(words: Iterable[str], languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages of an archive, with the one first that words in lower case are in, as far as their stop words tell:
    another than the first has two of them or more, and as many more than the first."""
    if len(languages) == 1:
        return languages
    distinct = dict.fromkeys(islice(words, _MOST_TELLING))
    counts = [sum(map(analyzer_for(language).is_stop_word, distinct)) for language in languages]
    most = max(counts)
    if most < counts[0] + _STOP_WORDS_MORE:
        return languages
    first = languages[counts.index(most)]
    return (first, *(language for language in languages if language != first))


def _accented(language: str, form: str) -> str:
    """`form` with the accents that its ending may have been typed without; the empty string where there are none."""
    for plain, ending in _ACCENTED_ENDINGS[language]:
        if form.endswith(plain):
            return form.removesuffix(plain) + ending
    return ""
