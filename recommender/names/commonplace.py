"""Names that say where, when or for whom, and so join no two articles by themselves: countries and what comes from
them, the cities that clocks are set by, months, company suffixes, departments.

Places, languages and months are those of the Unicode Common Locale Data Repository, in the language of the text and in
English; the capitals that it has no time zone for, the states of federations that news leave out the country of, and
the words for offices are written down here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

from indexer.text.beside_names import COMPANY_SUFFIXES, fold_word

_OFFICES = frozenset(
    """department ministry minister committee commission association administration agency board council congress senate
    house parliament government office offices service services treasury bureau authority exchange federation institute
    court union society organisation organization division unit branch bank reserve police university college
    economic development trade national international federal state central general public
    currency ecu ecus president prime secretary director chief executive manager team staff editor editors
    press royal counsel inquiry tribunal""".split()
)
_AUTHORITIES = frozenset(
    """department departments ministry bureau commission committee agency board council congress senate house parliament
    government administration office treasury authority""".split()
)
_PRESS = frozenset(
    "reuters reuter associated afp upi bloomberg tass xinhua kyodo newswire newsroom dpa efe ansa".split()
)
_CAPITALS = """washington ottawa canberra brasilia ankara beijing peking bern berne delhi wellington rabat pretoria
    abuja islamabad jerusalem hanoi quito rio frankfurt geneva barcelona milan hamburg munich bombay
    calcutta osaka boston houston san francisco philadelphia dallas atlanta seattle miami"""
_STATES = """alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii
    idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan
    minnesota mississippi missouri montana nebraska nevada hampshire jersey mexico york carolina dakota
    ohio oklahoma oregon pennsylvania rhode tennessee texas utah vermont virginia wisconsin wyoming
    ontario quebec alberta columbia manitoba saskatchewan scotia brunswick bavaria saxony hesse
    queensland victoria wales england scotland britain american america european europe africa asia
    african asian turkey burma holland soviet ussr uk us usa eu ec u.s u.k british usgs north south east
    west northern southern eastern western island islands new republic united kingdom states saint st mr
    mrs ms dr d.c dc ill calif mass conn penn fla"""
_PEOPLE_OF = re.compile(r"(?:\w{2,}(?:ese|ians?|ish))\Z")
_CAPITAL_MONTHS = ("en", "de")  # languages that write months with a capital, where "may" in small letters is none
LEAST_STEM = 5  # letters of a country's name that tell what comes from there from other words
_WORD = re.compile(r"[^\W\d_](?:[\w.&'’-]*\w)?")


def is_office(word: str) -> bool:
    """Whether a name with this word at its beginning or end is that of an authority: "Finance Ministry"."""
    return fold_word(word) in _AUTHORITIES


def is_of_institution(word: str) -> bool:
    """Whether a word within a name says that it is that of an institution: "Board", "Institute"."""
    return fold_word(word) in _OFFICES


@lru_cache(maxsize=1 << 15)
def is_commonplace(word: str, language: str = "en") -> bool:
    """Whether a word of a name names nothing that an article is about: it says where or when something happens, which
    office or company says so, or is a number."""
    folded = fold_word(word)
    return (
        not _WORD.match(folded)
        or folded in _written_down()
        or folded in _places_and_times(language.partition("-")[0].lower())
        or folded in _places_and_times("en")
        or _PEOPLE_OF.match(folded) is not None
        or _comes_from_country(folded)
    )


def months_named(text: str, language: str) -> frozenset[int]:
    """The months, 1 to 12, that a text in a language names with a capital, or in small letters where its language
    writes them so."""
    months = _months(language.partition("-")[0].lower())
    small = language.partition("-")[0].lower() not in _CAPITAL_MONTHS
    words = (word for word in _WORD.findall(text) if small or word[0].isupper())
    return frozenset(month for word in words if (month := months.get(fold_word(word).rstrip("."))) is not None)


@lru_cache(maxsize=32)
def _months(language: str) -> dict[str, int]:
    """The names of the months in a language, in full and shortened, folded; without a locale none."""
    try:
        contexts = Locale.parse(language).months
    except (UnknownLocaleError, ValueError):
        return {}
    return {
        fold_word(name).rstrip("."): month
        for widths in contexts.values()
        for width, names in widths.items()
        if width != "narrow"
        for month, name in names.items()
    }


@lru_cache(maxsize=1)
def _written_down() -> frozenset[str]:
    return frozenset((*COMPANY_SUFFIXES, *_OFFICES, *_PRESS, *_CAPITALS.split(), *_STATES.split()))


@lru_cache(maxsize=32)
def _places_and_times(language: str) -> frozenset[str]:
    """The words of all countries, continents, languages, currencies, months, days and cities of time zones."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return frozenset()
    names = (
        *locale.territories.values(),
        *(name for code, name in locale.languages.items() if code in _official_languages()),
        *(name for part in (locale.months, locale.days) for widths in part.values() for name in _texts(widths)),
        *(zone["city"] for zone in locale.time_zones.values() if "city" in zone),
        *(zone.rpartition("/")[2].replace("_", " ") for zone in available_timezones()),
    )
    return frozenset(word for name in names for word in _words(str(name)))


def _comes_from_country(word: str) -> bool:
    """Whether a folded word is made of a country's name: "argentine", "kuwaiti", "mexican"."""
    return any(word[:end] in _country_stems() for end in range(max(LEAST_STEM, len(word) - 3), len(word) + 1))


@lru_cache(maxsize=1)
def _country_stems() -> frozenset[str]:
    """The names of one word of countries in English, folded, without their last vowels."""
    names = (fold_word(name) for code, name in Locale.parse("en").territories.items() if len(code) == 2)
    stems = (name.rstrip("aeiouy") for name in names if _WORD.fullmatch(name))
    return frozenset(stem for stem in stems if len(stem) >= LEAST_STEM)


@lru_cache(maxsize=1)
def _official_languages() -> frozenset[str]:
    """The codes of the languages that are official in some country: of others nobody is."""
    codes = Locale.parse("en").territories
    return frozenset(language for code in codes for language in get_official_languages(str(code), regional=True))


def _texts(widths: object) -> Iterator[str]:
    for names in widths.values():  # type: ignore[attr-defined]
        yield from names.values()


def _words(name: str) -> Iterable[str]:
    return (fold_word(word) for word in _WORD.findall(name) if len(word) > 2)
