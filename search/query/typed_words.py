"""What the words of a query are looked for as: the nodes of a word, and of stretches of several that may be one.

A word is a `Term` with all the terms that it can have: one for each language of the archive, and those of other
spellings. "e-mail" is its parts, or "email"; "量子" is a pair of characters, a longer run a phrase of pairs; "C++" is
only itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise, permutations

from indexer.schema import ALL_TEXT
from indexer.text.analyzer import (
    accented_terms,
    analyzer_for,
    has_marks,
    in_language_of,
    other_readings,
    query_terms,
)
from indexer.text.markers import ACCENTED, COMMON, SIGNED, SPELLED
from indexer.text.scripts import is_hebrew
from indexer.text.spellings import Chunk, accented_pair, chunk_terms, chunks, split
from indexer.text.words import UNIT, plain_text, strip_accents
from search.query.tree import Node, Phrase, Term

TOGETHER_BOOST = 0.25  # of what words with signs between them are together, beside these words themselves
MARK_BOOST = 1.0  # of one whose script tells words apart by tone marks and viramas, likewise
ACCENT_BOOST = 0.2  # of a word that was typed with accents, where articles have them, too
_MOST_WORDS = 1000
_KEPT_LENGTH = 200  # characters of a text whose readings are kept
_FEW_WORDS = 4  # of a query in which numbers are looked for in their other spellings
_MOST_IN_PHRASE = 24  # letters of a run without blanks that is looked for as one word, but ...
_MOST_IDEOGRAPHS = 6  # ... of ideographs, of which longer runs are several words
_UNIT = re.compile(UNIT)
IDEOGRAPH = re.compile("[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_HIRAGANA = re.compile("[\u3041-\u309f]")
_KATAKANA = re.compile("[\u30a0-\u30ff]")
SCRIPT_CHANGE = re.compile(
    "|".join([f"(?<={a.pattern})(?={b.pattern})" for a, b in permutations((IDEOGRAPH, _KATAKANA))])
)
_ONLY_ITSELF = re.compile(r".*(?:\+\+|#|&.*)\Z|\..*")  # C++, C#, AT&T, .NET
_FIGURES = re.compile(r"\d{4,15}")
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")  # a number with its separators
_POINTED = re.compile(r"\d+\.\d+")


def words(text: str, languages: tuple[str, ...], field: str = ALL_TEXT) -> list[Node]:
    """The nodes of the words of a text in order, any of which an article may have; stop words have none."""
    if text.isascii() and text.replace(" ", "").isalnum() and not _is_special(text):
        return [node for form in text.lower().split() for node in word(form, languages, field)]
    written, between = split(plain_text(text))
    found: list[tuple[int, Sequence[Node]]] = []
    covered: set[int] = set()
    for first, last in _unit_runs(written, between):
        covered.update(range(first, last))
        found.append((first, _unit_nodes(written[first:last], languages, field)))
    for chunk in chunks(written, between):
        if chunk.first not in covered:
            found.append((chunk.first, _chunk_nodes(chunk, languages, field)))
            if (stop := _alone_until(chunk)) is not None:
                covered.update(range(chunk.first, stop))
    for place, form in enumerate(written):
        if place not in covered:
            found.append((place, word(form.lower(), languages, field)))
            found.append((place, _of_figures(form, field)))
    nodes = [node for _, nodes in sorted(found, key=lambda of: of[0]) for node in nodes]
    if len(written) > _FEW_WORDS:  # which says enough; phrases would take it the quick way to the best articles
        return [node for node in nodes if not (isinstance(node, Phrase) and all(map(str.isdigit, node.words)))]
    return nodes


def in_order(text: str, languages: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """The words of a text in order, in lower case, each with what it may be looked for as: its terms, in every
    language; of letters without blanks their pairs, with blanks between them; of "C++" only that; nothing of a stop
    word."""
    written, between = split(plain_text(text))
    found: dict[int, list[tuple[str, tuple[str, ...]]]] = {}
    covered: set[int] = set()
    for first, last in _unit_runs(written, between):
        covered.update(range(first, last))
        pieces = [piece for piece in _pieces(written[first:last]) if len(piece) > 1] or [written[first:last]]
        found[first] = [("".join(piece), (" ".join(pairs_of(piece)) or strip_accents(piece[0]),)) for piece in pieces]
    for chunk in chunks(written, between):
        if chunk.first not in covered and (stop := _alone_until(chunk)) is not None:
            covered.update(range(chunk.first, stop))
            terms = [node.text for node in _chunk_nodes(chunk, languages, ALL_TEXT) if isinstance(node, Term)]
            found[chunk.first] = [(chunk.written.lower(), tuple(terms))]
    for place, form in enumerate(written):
        if place not in covered:
            found[place] = [(form.lower(), tuple(query_terms(form.lower(), languages)))]
    return [word for place in sorted(found) for word in found[place]]


def _is_special(text: str) -> bool:
    """Whether a text of letters, figures and blanks has words that are more than words."""
    return any(form.isdigit() or not (form.islower() or form.istitle() or form.isupper()) for form in text.split())


@lru_cache(maxsize=1 << 14)
def word(form: str, languages: tuple[str, ...], field: str = ALL_TEXT) -> tuple[Term, ...]:
    """The nodes of a word in lower case: itself, and where it has accents a lift for articles that have them."""
    terms = query_terms(form, languages)
    if not terms:
        return ()
    node = _term(terms, field)
    accents = () if form.isascii() else accented_terms(form, languages)
    return (node, *(Term(field, term, boost=MARK_BOOST if has_marks(term) else ACCENT_BOOST) for term in accents))


def _term(terms: Sequence[str], field: str) -> Term:
    return Term(field, terms[0], tuple(terms[1:]))


def common(form: str, languages: tuple[str, ...], field: str = ALL_TEXT) -> Term:
    """The node of a stop word that is meant: where it is in the index as one, and as the word that it is in others of
    the languages."""
    return _term([COMMON + form, *other_readings(form, languages)], field)


def is_stop_word(form: str, languages: tuple[str, ...]) -> bool:
    """Whether a word is a stop word: in the first language, or in every one."""
    return not query_terms(form, languages)


def is_common(form: str, languages: tuple[str, ...]) -> bool:
    """Whether a word is a stop word in any language of the archive: then it is right, whatever it is in the others."""
    return not all(query_terms(form, (language,)) for language in languages)


def common_forms(text: str, languages: tuple[str, ...]) -> list[tuple[str, str]]:
    """The stop words of a text in order, as written and as they are looked for: those of the first language, and
    words that have no term in any."""
    found = []
    for written in split(plain_text(text))[0]:
        form = analyzer_for(languages[0]).words_of([written.lower()])[0]
        if form and is_stop_word(form, languages):
            found.append((written, form))
    return found


def condition(text: str, languages: tuple[str, ...], field: str = ALL_TEXT) -> list[Node]:
    """The nodes of a text without blanks that is one condition, any of which an article may match: of several words a
    phrase of these."""
    written, between = split(plain_text(text))
    if is_run(text):
        return list(_unit_nodes(written, languages, field))
    if len(written) < 2 and not any(between):
        return words(text, languages, field)
    found = [node for chunk in chunks(written, between) for node in _chunk_nodes(chunk, languages, field, beside=False)]
    if any(_alone_until(chunk) is not None for chunk in chunks(written, between)):
        return found
    whole = [node for node in found if isinstance(node, Term)][:1]  # joined whole, before pairs
    return [*phrases(text, languages, field), *whole]


def phrases(text: str, languages: tuple[str, ...], field: str = ALL_TEXT) -> list[Node]:
    """The nodes of the words of a text next to each other, one for each language in which their terms are others."""
    return [_term(terms, field) if len(terms) == 1 else Phrase(field, terms) for terms in readings(text, languages)]


def readings(text: str, languages: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The terms of a text in order, without stop words, in every language in which they are others: as typed, and with
    the accents that may have been left out. Those of stop words where the language that the text is in, or that of most
    articles, has no others. Several parts of a search ask for those of its query."""
    return _kept_readings(text, languages) if len(text) <= _KEPT_LENGTH else _readings(text, languages)


def _readings(text: str, languages: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    found: dict[tuple[str, ...], None] = {}
    forms = [form.lower() for form in split(plain_text(text))[0]][:_MOST_WORDS]
    languages = in_language_of(forms, languages)
    for language in languages:
        terms = [terms for form in forms if (terms := query_terms(form, (language,)))]
        for which in (0, -1):
            found[tuple([of_form[which] for of_form in terms])] = None
    kept = [terms for terms in found if terms]
    # "in Tel Aviv" is written in one with its first word
    kept += [(SPELLED + terms[0], *terms[1:]) for terms in kept if len(terms) > 1 and is_hebrew(terms[0])]
    stops = [COMMON + form for _, form in common_forms(text, languages)]
    if stops and (not kept or not any(query_terms(form, languages) for form in forms)):
        kept.append(tuple(stops))
    return tuple(kept)


_kept_readings = lru_cache(maxsize=1024)(_readings)


def is_run(text: str) -> bool:
    """Whether a text is one run of letters that are words, without a blank between them."""
    written, between = split(plain_text(text))
    return list(_unit_runs(written, between)) == [(0, len(written))]


# -- letters without blanks -----------------------------------------------------------------------------------------


def runs_of_letters(text: str) -> list[list[str]]:
    """The runs of two letters or more that are words, without a blank between them, of a text, as written."""
    written, between = split(plain_text(text))
    return [written[first:last] for first, last in _unit_runs(written, between) if last - first > 1]


def _unit_runs(written: Sequence[str], between: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The runs of letters that are words without a blank between them: the first, and one past the last of each."""
    first = 0
    while first < len(written):
        last = first + 1
        if _UNIT.fullmatch(written[first]):
            while last < len(written) and not between[last] and _UNIT.fullmatch(written[last]):
                last += 1
            yield first, last
        first = last


def _unit_nodes(units: Sequence[str], languages: tuple[str, ...], field: str) -> list[Node]:
    """The nodes of a run of letters: one for each of the words that it seems to be made of."""
    pieces = _pieces(units)
    whole = [piece for piece in pieces if len(piece) > 1]
    return [node for piece in whole or pieces for node in _piece_nodes(piece, languages, field)]


def _pieces(units: Sequence[str]) -> list[Sequence[str]]:
    """The words in a run of letters. A long one in Japanese changes its script between most words, and what is in
    Hiragana are endings."""
    if len(units) <= 4 or not any(map(_HIRAGANA.match, units)):
        return [units]
    pieces: list[list[str]] = [[]]
    for before, unit in pairwise(["", *units]):
        if before and _script(before) != _script(unit):
            pieces.append([])
        pieces[-1].append(unit)
    kept = [piece for piece in pieces if not _HIRAGANA.match(piece[0])]
    return list(kept or pieces)


def _script(unit: str) -> str:
    return "kanji" if IDEOGRAPH.match(unit) else "katakana" if _KATAKANA.match(unit) else "hiragana"


def _piece_nodes(units: Sequence[str], languages: tuple[str, ...], field: str) -> list[Node]:
    if len(units) == 1:
        return list(word(units[0].lower(), languages, field))
    most = _MOST_IDEOGRAPHS if IDEOGRAPH.match(units[0]) else _MOST_IN_PHRASE
    if len(units) <= most:
        return [run_node(units, field), *_as_accented(units, field)]
    return [Term(field, pair) for pair in dict.fromkeys(pairs_of(units))]


def run_node(units: Sequence[str], field: str = ALL_TEXT) -> Term | Phrase:
    """The node of two letters or more that are words, next to each other."""
    pairs = pairs_of(units)
    return Term(field, pairs[0]) if len(pairs) == 1 else Phrase(field, pairs)


def _as_accented(units: Sequence[str], field: str) -> list[Node]:
    """What lifts the articles that have a run with its tone marks, and with the signs below its letters."""
    pairs = [a + b for a, b in pairwise(units)]
    terms = tuple([ACCENTED + pair if accented_pair(pair) else pair for pair in pairs])
    if not any(map(accented_pair, pairs)):
        return []
    return [Phrase(field, terms, boost=MARK_BOOST) if len(terms) > 1 else Term(field, terms[0], boost=MARK_BOOST)]


def pairs_of(units: Sequence[str]) -> tuple[str, ...]:
    """The terms of every two letters next to each other."""
    return tuple([strip_accents(a + b) for a, b in pairwise(units)])


# -- words with signs -----------------------------------------------------------------------------------------------


def _alone_until(chunk: Chunk) -> int | None:
    """One past the last word of a chunk that is a word of its own, and not its parts as well; None for another."""
    if not _ONLY_ITSELF.match(chunk.written) or _UNIT.match(chunk.written):
        return None
    return chunk.first + len(split(chunk.written)[0])


def _chunk_nodes(chunk: Chunk, languages: tuple[str, ...], field: str, *, beside: bool = True) -> list[Node]:
    """The nodes of a chunk. Beside those of its words these are few, and weigh less: an article with "e-mail" has both
    words, and one with "email" is found where there is one (`search.rewriting.spelled`)."""
    several = len(split(chunk.written)[0]) > 1
    found: dict[int, list[str]] = {}  # by spelling its terms in all languages
    for language in languages:
        for place, (term, _) in enumerate(chunk_terms(chunk.written, analyzer_for(language))):
            found.setdefault(place, []).append(term)
    nodes: list[Node] = []
    for terms in found.values():
        spelled = list(dict.fromkeys(term for term in terms if term[0] == SPELLED))
        if spelled:
            node = _term([term.removeprefix(SPELLED) for term in spelled], field)
            if not beside or (several and any(map(str.isdigit, node.text))):  # capitals make no difference
                nodes.append(replace(node, boost=TOGETHER_BOOST) if beside else node)
        kept = (SIGNED, COMMON) if several else (SIGNED,)
        nodes += [Term(field, term) for term in dict.fromkeys(terms) if term[0] in kept]
    if _alone_until(chunk) is not None:
        own = [node for node in nodes if isinstance(node, Term) and node.text[0] == SIGNED]
        return list(own)
    return [*nodes, *_pointed(chunk.written, field)]


def _pointed(written: str, field: str) -> list[Node]:
    """The nodes of a number with one point, or with commas between its thousands."""
    if _POINTED.fullmatch(written):
        return [Phrase(field, tuple(written.split(".")), boost=TOGETHER_BOOST)]
    if GROUPED.fullmatch(written):
        figures = written.replace(",", "")
        return [Phrase(field, tuple(written.split(",")), boost=TOGETHER_BOOST), Term(field, figures)]
    return []


def _of_figures(form: str, field: str) -> list[Node]:
    """The node of a number that may be written with signs between its thousands."""
    if not _FIGURES.fullmatch(form) or (len(form) == 4 and form[:2] in ("19", "20")) or form[0] == "0":
        return []
    head = len(form) % 3
    groups = [form[:head]] if head else []
    groups += [form[place : place + 3] for place in range(head, len(form), 3)]
    return [Phrase(field, tuple(groups))]
