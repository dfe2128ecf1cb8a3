"""Words that are written with signs or capitals inside or around them, and what else they are looked for as.

"e-mail" is two words, "e" and "mail", and also the one that others write "email"; "sendRawTransaction" is one, and also
those that it is made of. `chunks` finds such stretches in a text, `chunk_terms` says which terms they have beside those
of their words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from indexer.text.analyzer import Analyzer
from indexer.text.markers import ACCENTED, COMMON, SIGNED, SPELLED
from indexer.text.words import UNIT, WORD, strip_accents

JOINERS = frozenset("-./_&*,")  # between two words without a blank they make a chunk of them; a comma between figures
BEFORE = frozenset(".#@$")  # signs that belong to the word behind them
AFTER = ("++", "#")  # signs that belong to the word before them
MARK = "\1"  # a blank, which no text needs
MOST_PARTS = 6
LONGEST = 48  # characters of a chunk whose words become one
_ASCII_SPLIT = re.compile(r"([A-Za-z0-9']+)")
_SPLIT = re.compile(f"({WORD.pattern})")
_UNIT = re.compile(UNIT)
_PAIR = re.compile(UNIT * 2)
_HUMP = re.compile(r"[A-Z]?[a-z']+|[A-Z]+(?![a-z])|[^\W_A-Za-z]+")
# two words that are written as most are, with a sign between them
SIMPLE = re.compile(r"([a-z0-9]+|[A-Z][a-z0-9]*|[A-Z0-9]+)[-/._*]([a-z0-9]+|[A-Z][a-z0-9]*|[A-Z0-9]+)")
_HUMPED = re.compile(r"[a-z][A-Z]")
_PIECE = re.compile(rf"({WORD.pattern})([{re.escape(''.join(JOINERS))}]?)")
_EMOJI = re.compile("[\U0001f1e6-\U0001f1ff]{2}|[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
# what stands between most words, and makes no chunk of them
_PLAIN = frozenset(
    [" ", ", ", ". ", "\n", "\n\n", ".\n\n", ".\n", "; ", ": ", "? ", "! ", '" ', ' "', " - ", " (", ") "]
)


class Chunk(NamedTuple):
    """A stretch of a text whose words belong together."""

    first: int  # the number of its first word among those of the text
    written: str


def split(text: str) -> tuple[list[str], list[str]]:
    """The words of a text, as `indexer.text.words.plain_text` gives it, as they are written, and what is before each
    and behind the last."""
    parts = (_ASCII_SPLIT if text.isascii() else _SPLIT).split(text.replace(MARK, " "))
    return parts[1::2], parts[0::2]


def chunks(words: Sequence[str], between: Sequence[str]) -> Iterator[Chunk]:
    """The chunks of a text as `split` gives it, in the order of their first words."""
    special = {place: signs for place, signs in enumerate(between) if signs not in _PLAIN}
    joined = {place for place, signs in special.items() if signs in JOINERS and _joined(words, place, signs)}
    starts = {place - 1 for place in joined if place - 1 not in joined}
    starts |= {place for place, signs in special.items() if place not in joined and _sign_before(words, place, signs)}
    starts |= {_start(place - 1, joined) for place, signs in special.items() if place and _sign_after(signs)}
    starts |= {_start(place, joined) for place, word in enumerate(words) if is_humped(word)}
    found = [_chunk(words, between, first, joined) for first in starts]
    for place, signs in special.items():
        if signs:
            found += [Chunk(max(0, min(place, len(words) - 1)), emoji) for emoji in _EMOJI.findall(signs)]
        elif 0 < place < len(words) and _UNIT.match(words[place - 1]) and _UNIT.match(words[place]):
            found.append(Chunk(place - 1, words[place - 1] + words[place]))
    yield from sorted(found)


def is_humped(word: str) -> bool:
    """Whether a word is written with capitals inside."""
    return not word.islower() and _HUMPED.search(word) is not None


def named(words: Sequence[str], between: Sequence[str]) -> list[int]:
    """The places of words that are written like names: in capitals, or with one within a sentence."""
    return [
        place
        for place, word in enumerate(words)
        if word[0].isupper()
        and (
            (len(word) > 1 and word[1].isupper() and word[-1].isupper())
            or (word != "I" and place and between[place] == " " and words[place - 1][-1].isalnum())
        )
    ]


def _joined(words: Sequence[str], place: int, signs: str) -> bool:
    """Whether the word at a place and the one before it belong together, which have one sign between them."""
    if not 0 < place < len(words):
        return False
    return signs != "," or (words[place - 1][-1].isdigit() and words[place][0].isdigit())


def _sign_before(words: Sequence[str], place: int, signs: str) -> bool:
    """Whether a word has a sign before it that belongs to it."""
    if place == len(words) or not signs or signs[-1] not in BEFORE or not words[place][0].isalpha():
        return False
    if len(signs) == 1:
        return place == 0 or words[place - 1][-1] == "'"  # a quotation mark, which `split` takes for part of a word
    return signs[-2].isspace() or signs[-2] in "([{\"'"


def _sign_after(signs: str) -> str:
    """The signs that belong to the word before them, with which what is behind it begins."""
    return next((after for after in AFTER if signs.startswith(after)), "")


def _start(place: int, joined: Collection[int]) -> int:
    """The first word of the chunk that a word is in."""
    while place in joined:
        place -= 1
    return place


def _chunk(words: Sequence[str], between: Sequence[str], first: int, joined: Collection[int]) -> Chunk:
    last = first
    while last + 1 in joined:
        last += 1
    before = between[first][-1] if _sign_before(words, first, between[first]) else ""
    pieces = [word + sign for word, sign in zip(words[first:last], between[first + 1 : last + 1], strict=True)]
    return Chunk(first, before + "".join(pieces) + words[last] + _sign_after(between[last + 1]))


def is_pair(term: str) -> bool:
    """Whether a term is that of two letters each of which is a word."""
    return not term.isascii() and _PAIR.fullmatch(term) is not None


def accented_pair(pair: str) -> tuple[str, ...]:
    """A pair as it is written, where its term has lost tone marks or signs below its letters; none for another."""
    return () if strip_accents(pair) == pair else (pair,)


def letters(pair: str) -> tuple[str, ...]:
    """The two words that are a pair."""
    return tuple(_UNIT.findall(pair))


class Spelling(NamedTuple):
    """A word that a chunk is, or is made of, in another spelling than its own."""

    marker: str  # see `indexer.text.markers`
    word: str  # folded
    place: int  # the number of the chunk's word that it stands at


def chunk_terms(written: str, analyzer: Analyzer) -> list[tuple[str, int]]:
    """The terms of a chunk beside those of its words, and the number of the chunk's word that each stands at."""
    spelled = spellings(written)
    terms = spelled_terms(spelled, analyzer)
    return [(term, spelling.place) for term, spelling in zip(terms, spelled, strict=True)]


def spelled_terms(spelled: Sequence[Spelling], analyzer: Analyzer) -> list[str]:
    """The terms of spellings, of many at once. A word that is spelled like a stop word is looked for as that."""
    words = analyzer.words_of([spelling.word if spelling.marker == SPELLED else "" for spelling in spelled])
    stems = analyzer.terms_of_words(words)
    return [
        SPELLED + stem if stem else (COMMON if marker == SPELLED else marker) + word
        for (marker, word, _), stem in zip(spelled, stems, strict=True)
    ]


def spellings(written: str) -> list[Spelling]:
    """The other spellings of a chunk, none of them twice."""
    if simple := SIMPLE.fullmatch(written):
        first, second = simple[1].lower(), simple[2].lower()
        figures = _is_figure(first) and _is_figure(second)
        return [] if figures or len(written) > LONGEST else [Spelling(SPELLED, first + second, 1)]
    if written.isalnum() and written.isascii():
        return _once([Spelling(SPELLED, hump, 0) for hump in _humps(written)] if _HUMPED.search(written) else [])
    if _PAIR.fullmatch(written):
        return [Spelling("", strip_accents(written), 0), *(Spelling(ACCENTED, of, 0) for of in accented_pair(written))]
    if _EMOJI.match(written):
        return [Spelling(SIGNED, written, 0)]
    before = written[0] if written[0] in BEFORE else ""
    after = next((signs for signs in AFTER if written.endswith(signs)), "")
    pieces = [(piece[1], piece[2]) for piece in _PIECE.finditer(written[len(before) : len(written) - len(after)])]
    words = [strip_accents(word.lower()) for word, _ in pieces]
    if not words:  # apostrophes with a sign behind them, as in '#'
        return []
    joiners = [joiner for _, joiner in pieces[:-1]]
    last = len(words) - 1
    found = []
    if before:
        found.append(Spelling(SIGNED, before + words[0], 0))
        if "_" in joiners[:1]:
            found.append(Spelling(SIGNED, before + "_".join(words), last))
    if after:
        found.append(Spelling(SIGNED, words[-1] + after, last))
    for begin, end in _runs(joiners):
        joined = _joined_spelling(words[begin : end + 1], joiners[begin:end])
        found += [Spelling(*joined, end)] if joined else []
    for number, (word, _) in enumerate(pieces):
        if _HUMPED.search(word):
            found += [Spelling(SPELLED, hump, number) for hump in _humps(word)]
    return _once(found)


def _once(found: Sequence[Spelling]) -> list[Spelling]:
    return list({(of.marker, of.word): of for of in reversed(found)}.values())[::-1]


def _runs(joiners: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The runs of words, the first and the last of each, that are joined to one: all, and of three the pairs."""
    n = len(joiners) + 1
    if 2 <= n <= MOST_PARTS:
        yield 0, n - 1
    if n == 3:
        yield 0, 1
        yield 1, 2


def _joined_spelling(words: Sequence[str], joiners: Sequence[str]) -> tuple[str, str] | None:
    """What words with signs between them are together: marker and word, None for no more than they are apart."""
    signs = set(joiners)
    joined = "".join(words)
    if signs == {"&"}:
        return SIGNED, "&".join(words)
    if signs == {"."} and words[0].removeprefix("v").isdigit() and all(map(str.isdigit, words[1:])):
        # "2.7" is found by its parts
        return (SPELLED, ".".join([words[0].removeprefix("v"), *words[1:]])) if len(words) > 2 else None
    if all(map(_is_figure, words)) and (signs != {"-"} or len(words) == 2):
        return None  # dates and ISBNs are one, fractions are not
    if "," in signs or "&" in signs or len(joined) + len(joiners) > LONGEST:
        return None
    return SPELLED, joined


def _is_figure(word: str) -> bool:
    """Whether a word is a number, or looks like one at both its ends."""
    return word[0].isdigit() and word[-1].isdigit()


def _humps(word: str) -> Iterator[str]:
    """The words in one that is written with capitals inside, and neighbours of these together."""
    humps = [strip_accents(hump.lower()) for hump in _HUMP.findall(word)][:MOST_PARTS]
    for first in range(len(humps)):
        for last in range(first + 1, len(humps) + 1):
            if last - first < len(humps) and (last - first > 1 or len(humps[first]) > 1):
                yield "".join(humps[first:last])
