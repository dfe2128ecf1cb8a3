"""Which of the names in a text are whole proper names of something an article can be about.

One text cannot tell: it capitalises the first words of sentences and of headings too. So a name is held against what
the whole archive capitalises (`vocabulary`), its company's suffix is taken off, and one made of nothing but places,
dates and offices is none (`commonplace`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from indexer.text.analyzer import analyzer_for
from indexer.text.beside_names import is_company_suffix
from recommender.names.commonplace import is_commonplace, is_office
from recommender.names.extraction import Name, is_adjective
from recommender.names.vocabulary import fold, terms_key

_AGENCY = "news agency"
_LOOK = 30  # characters beside a name that say what it is
LEAST_INSIDE = 2  # times that a sentence has a name whose words the archive writes small elsewhere
_WHERE = frozenset("in near outside inside around à en dans près aus nahe en cerca ad presso em perto bij".split())
_english = analyzer_for("en").term


class NameWords:
    """The words that are names in an archive, to ask whether one is among them."""

    def __init__(self, names: Sequence[str]) -> None:
        """`names` are folded and ascending, as `Corpus.names`."""
        self._names = names

    def __contains__(self, word: object) -> bool:
        key = terms_key(fold(str(word)))
        place = bisect_left(self._names, key)
        return place < len(self._names) and self._names[place] == key


def whole_names(names: Iterable[Name], known: NameWords, language: str) -> list[Name]:
    """The names that may join articles, in their order, without what does not belong to them; none twice. Those of
    which that `is_unsure` are there both with and without it."""
    found: dict[tuple[str, ...], Name] = {}
    for name in names:
        whole = _whole(name, known, language)
        if is_unsure(name, known) and _names_something(name.text.split(), name, known, language):
            found.setdefault(name.terms, name)
        if whole is not None and (whole.terms not in found or whole.count > found[whole.terms].count):
            found[whole.terms] = whole
    return list(found.values())


def _whole(name: Name, known: NameWords, language: str) -> Name | None:
    words = name.text.split()
    while words and not name.inside and words[0] not in known:
        words.pop(0)  # it began sentences only: "Several Opec ministers"
    while len(words) > 1 and (is_company_suffix(words[-1], len(words) - 1) or words[-1].islower()):
        words.pop()
    if len(words) == 1 and len(words[0]) < len(name.text) and not is_company_suffix(name.text.split()[-1]):
        return None  # one word that is left is a part of a name as often as a name: "Force"
    if not words or not _names_something(words, name, known, language):
        return None
    text = " ".join(words)
    if text == name.text:
        return name
    terms = tuple(analyzer_for(language).terms(text))
    return replace(name, text=text, terms=terms) if terms else None


def is_unsure(name: Name, known: NameWords) -> bool:
    """Whether a name of several words only ever begins sentences here, with a word that is none by itself: "Space Force
    officers ..." as well as "Several Opec ministers ...". Another text has to say which it is."""
    first, *others = name.text.split()
    return bool(others) and not name.inside and first not in known


def is_short_for(name: str, other: str) -> bool:
    """Whether one of two names is the initials of the other: "FEC" of "Federal Election Commission"."""
    short, long = sorted((name, other), key=lambda text: len(text.split()))
    initials = [word[0] for word in long.split() if word[0].isupper()]
    return len(initials) > 1 and short.rstrip("s") == "".join(initials)


def is_place(name: str, text: str) -> bool:
    """Whether a text has a name only behind a preposition that says where: it is where something happened, and a text
    that is about a place says more of it than that."""
    words = [_without_article(text[max(0, at - _LOOK) : at].split()) for at in _places_of(name, text)]
    return bool(words) and all(word in _WHERE for word in words)


def _without_article(words: Sequence[str]) -> str:
    """The last of some words in small letters, or the one before it where that is "the"; empty where there is none."""
    kept = [word for word in words if word != "the"]
    return kept[-1].lower() if kept else ""


def _places_of(name: str, text: str) -> Iterator[int]:
    """Where a text has a name as a whole."""
    at = text.find(name)
    while at >= 0:
        if not text[at + len(name) : at + len(name) + 1].isalnum() and not text[max(0, at - 1) : at].isalnum():
            yield at
        at = text.find(name, at + 1)


def is_agency(name: str, text: str) -> bool:
    """Whether a text says of a name that it is that of the news agency which reports it."""
    if _AGENCY not in text:
        return False
    return any(
        text[max(0, at - _LOOK) : at].rstrip(", ").endswith(_AGENCY)
        or _AGENCY in text[at + len(name) : at + len(name) + _LOOK].partition(".")[0]
        for at in _places_of(name, text)
    )


def is_weak(name: Name) -> bool:
    """Whether a name is that of an office, or of someone who holds one: they have to do with many things that have
    nothing to do with each other."""
    words = name.text.split()
    return name.ranked or any(is_office(word) for word in words)


def _is_of_heading(word: str) -> bool:
    """Whether a word within a name is one that only headings capitalise: "18F Checks In With Emily Read"."""
    return word[0].isupper() and word not in ("The", "Of", "De", "La") and not _english(word.lower())


def _names_something(words: Sequence[str], name: Name, known: NameWords, language: str) -> bool:
    """Whether there is a word in it that this archive always capitalises and that is no place, date or office; or
    else, in a name of several words, whether a sentence has it with its capitals."""
    if any(_is_of_heading(word) for word in words[1:-1]):
        return False
    telling = [word for word in words if not (is_commonplace(word, language) or is_adjective(word))]
    if not telling:
        return False
    if any(word in known for word in telling):
        return True
    return len(words) > 1 and name.inside >= LEAST_INSIDE
