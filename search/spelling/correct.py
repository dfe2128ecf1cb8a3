"""Queries with slips: what they are searched as, and what is said of it.

A word that no article has, in its text or among the names of its authors, tags and places, is a slip where a word
that articles have is near. A query of plain words is then searched with the likeliest in its place, and others that
it may be beside it. One with operators is searched as it is written, unless it finds nothing so. A word that few
articles have, near one that hundreds of times as many have, is searched as typed, what it may be beside it, and the
answer asks whether that was meant. It only asks where a word is spelt as people misspell one that is many times as
common, or no article writes it so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import DamerauLevenshtein

from indexer.text.words import folded
from search.query.parser import ParsedQuery, parse
from search.query.tree import Node, Or, Term, with_boost
from search.reader.index import Index
from search.results import Correction
from search.rewriting.named_values import columns_with
from search.rewriting.spelled import in_a_row, is_known_otherwise
from search.spelling.guesses import Guess, Neighbours, doc_freq, fits, guesses, in_a_headline, rarest
from search.spelling.joined_guesses import joined_guesses
from search.spelling.name_guesses import name_guesses
from search.spelling.near_keys import NearKeysOfIndex, edits_forgiven
from search.spelling.slip_shapes import LEAST_ASKED, SHORTEST_ASKED, asked_from
from search.spelling.standing import NO_SLIP, standing
from search.spelling.stop_word_slips import stop_word_meant
from search.spelling.typed import TypedWord, others_than, replaced, typed_words

CORRECTED_BOOST = 0.9  # of a word that stands for one that no article has
SURE = 0.9  # share of all guesses' likelihood from which on a word counts as if it were typed right
BESIDE_BOOST = 0.5  # of what a word may be, too, beside the likeliest or itself
RARE = 10  # articles; of a word that fewer have it is looked at whether it is a slip, whatever is near it
IN_A_ROW = math.log(10)  # how much likelier a word is the two that articles write it as than one certain slip
# how many times as common as the forms of a word that nobody writes another is that is asked for, and one that is
# misspelt so
UNWRITTEN, UNWRITTEN_TYPICAL = 5.0, 2.0
_LONG = 6  # letters of a word that is doubted though articles are found by it; a shorter one is near to too many
_LONGER = 8  # ... and of one to which few are near
_MOST_SLIPS = 4  # words of a query that are corrected


@dataclass(frozen=True, slots=True)
class _Slip:
    """A word of a query and what may have been meant."""

    typed: TypedWord
    guesses: Sequence[Guess]  # the best first; empty where it is a stop word
    stop_word: str = ""

    @property
    def best(self) -> Guess:
        return self.guesses[0]

    @property
    def written(self) -> str:
        """What takes its place in the query."""
        return self.stop_word or self.best.written


def corrected(
    index: Index, near_keys: NearKeysOfIndex, near_names: NearKeysOfIndex, query: ParsedQuery
) -> tuple[ParsedQuery, Correction | None]:
    """What a query is searched as, and its correction if there is one. A query whose words are right comes back as it
    is."""
    words = typed_words(query, index.languages())
    doc_freqs = {typed.key: doc_freq(index, typed.node) for typed in words}
    unwritten, misspelt = _doubted(index, near_keys, words, doc_freqs)
    for typed in unwritten:
        if _guessed(index, near_keys, words, typed, doc_freqs)[1] > 0:
            doc_freqs[typed.key] = 0  # articles are found by it, and none has it
    doubtful = [typed for typed in words if doc_freqs[typed.key] <= RARE or typed in unwritten or typed in misspelt]
    doubtful = [typed for typed in doubtful if edits_forgiven(typed.key)]
    if not doubtful:
        return query, None
    unknown = [typed for typed in doubtful if not doc_freqs[typed.key]]
    unknown = [typed for typed in unknown if not columns_with(index, typed.key)][:_MOST_SLIPS]
    slips = _slips(index, near_keys, near_names, query, words, unknown, doc_freqs)
    if not slips and query.is_plain:
        rare = [typed for typed in doubtful if doc_freqs[typed.key] and not columns_with(index, typed.key)]
        return _with_what_may_be_meant(index, near_keys, query, words, rare[:_MOST_SLIPS], doc_freqs)
    if not slips:
        return query, None
    text = replaced(query.text, [(slip.typed, slip.written) for slip in slips])
    other = parse(text, index.languages(), index.schema)
    pairs = tuple((slip.typed.typed, slip.written) for slip in slips)
    found, found_otherwise = (len(index.match(of, None, [])) for of in (query, other))
    if query.is_plain and other.is_plain and found_otherwise >= found:
        tree = _weighed(other.tree, slips)
        one_word = _as_one(slips)
        return replace(other, tree=tree, notes=query.notes, one_word=one_word), Correction(text, pairs, is_shown=True)
    if not found_otherwise or found_otherwise < found:
        return query, None
    if found:
        return query, Correction(text, pairs, is_shown=False)
    return other, Correction(text, pairs, is_shown=True)


def _doubted(
    index: Index, near_keys: NearKeysOfIndex, words: Sequence[TypedWord], doc_freqs: Mapping[str, int]
) -> tuple[list[TypedWord], list[TypedWord]]:
    """Of the words that articles are found by those that no article writes, but for words that have their terms by
    chance; and those of more than `RARE` articles that no article writes so, or that may be slips of words that are
    many times as common. A word that one article of the square root of all has, or more, is right."""
    unwritten, misspelt = [], []
    most = math.isqrt(index.num_docs)
    for typed in words:
        of_word, length = doc_freqs[typed.key], len(typed.key)
        common = []
        if length >= SHORTEST_ASKED and RARE < of_word <= most:
            common = near_keys.of(index).common(typed.key, of_word * int(LEAST_ASKED / 2))  # most write it so
        if not of_word or not (length >= _LONG or common):
            continue
        known = standing(index, typed)
        if length >= _LONG and known.certainty < NO_SLIP:
            unwritten.append(typed)
        elif (length >= _LONG and not known.written) or any(
            near.count >= LEAST_ASKED * known.written for near in common
        ):
            misspelt.append(typed)
    return unwritten, misspelt


def _slips(
    index: Index,
    near_keys: NearKeysOfIndex,
    near_names: NearKeysOfIndex,
    query: ParsedQuery,
    words: Sequence[TypedWord],
    unknown: Sequence[TypedWord],
    doc_freqs: dict[str, int],
) -> list[_Slip]:
    """The words that no article has for which there are guesses; what was guessed for one helps to guess the next."""
    known = [typed.node for typed in words if doc_freqs[typed.key]]
    slips = []
    for typed in sorted(unknown, key=lambda typed: -len(typed.key)):  # a long word is near to few others
        others = list(dict.fromkeys(known))
        found = guesses(index, near_keys.of(index), typed, others, _neighbours(words, typed, doc_freqs))
        stop_word = stop_word_meant(index, typed, found, others) if query.is_plain and query.text.split()[1:] else ""
        if stop_word and not is_known_otherwise(index, query, typed.key):
            slips.append(_Slip(typed, (), stop_word))
            continue
        found = name_guesses(index, near_names.of(index), typed, found) or joined_guesses(index, typed)
        if found and not _is_written_otherwise(index, query, typed, found[0]):
            slips.append(_Slip(typed, found))
            known += [found[0].term] if doc_freq(index, found[0].term) else []  # a name may be in no text
    return slips


def _is_written_otherwise(index: Index, query: ParsedQuery, typed: TypedWord, guess: Guess) -> bool:
    """Whether articles write a word as two or in one with another, and it is likelier than the best guess that this is
    meant: parts may stand in a row by chance, "fed" and "back" where "fedback" is "feedback"."""
    if not is_known_otherwise(index, query, typed.key):
        return False
    if not query.is_plain or DamerauLevenshtein.distance(typed.key, folded(guess.written)) > 1:
        return True
    rows, anywhere = in_a_row(index, query, typed.key)
    return guess.likelihood < (IN_A_ROW + math.log(rows) if rows else math.log(max(1, anywhere)))


def _weighed(tree: Node, slips: Sequence[_Slip]) -> Node:
    """The tree of a corrected query in which the corrected words count less than those that are as typed, unless there
    is hardly another that may have been meant, with the others that may."""
    doubted = {slip.best.term.text for slip in slips if slip.guesses and slip.best.share < SURE}
    parts = list(tree.parts) if isinstance(tree, Or) and tree.boost == 1 else [tree]
    for place, part in enumerate(parts):
        if isinstance(part, Term) and part.text in doubted:
            parts[place] = with_boost(part, part.boost * CORRECTED_BOOST)
    there = {part.text for part in parts if isinstance(part, Term)}
    for slip in slips:
        for guess in slip.guesses[1:]:
            if guess.term.text not in there:
                there.add(guess.term.text)
                parts.append(replace(guess.term, boost=BESIDE_BOOST * math.sqrt(guess.share)))
    return Or(tuple(parts)) if len(parts) > 1 else parts[0]


def _as_one(slips: Sequence[_Slip]) -> tuple[tuple[str, ...], ...]:
    """For each slip the terms of what may have been meant."""
    return tuple(tuple(text for guess in slip.guesses for text in guess.term.texts) for slip in slips if slip.guesses)


def _with_what_may_be_meant(
    index: Index,
    near_keys: NearKeysOfIndex,
    query: ParsedQuery,
    words: Sequence[TypedWord],
    rare: Sequence[TypedWord],
    doc_freqs: Mapping[str, int],
) -> tuple[ParsedQuery, Correction | None]:
    """A query of plain words that few articles have, with what these are probably slips of; what they only may be is
    offered, and not searched for."""
    slips, probable = [], []
    for typed in rare:
        found, likelier = _guessed(index, near_keys, words, typed, doc_freqs)
        if likelier > 0:
            probable.append(_Slip(typed, found))
        if likelier > 0 or (found and likelier > _asked_from(index, typed, found[0]) - NO_SLIP):
            slips.append(_Slip(typed, found))
    if not slips:
        return query, None
    text = replaced(query.text, [(slip.typed, slip.written) for slip in slips])
    other = parse(text, index.languages(), index.schema)
    if len(index.match(other, None, [])) < len(index.match(query, None, [])):
        return query, None
    pairs = tuple((slip.typed.typed, slip.written) for slip in slips)
    return _beside(query, probable), Correction(text, pairs, is_shown=False)


def _asked_from(index: Index, typed: TypedWord, guess: Guess) -> float:
    """The logarithm of how much likelier a guess must be than a word that articles are found by, to ask for it;
    infinite for a name."""
    if columns_with(index, typed.key):
        return math.inf
    least = asked_from(typed.key, folded(guess.written))
    if least < math.inf and not standing(index, typed).written:
        least = UNWRITTEN_TYPICAL if least == LEAST_ASKED else UNWRITTEN if len(typed.key) >= _LONGER else least
    return math.log(least)


def _beside(query: ParsedQuery, slips: Sequence[_Slip]) -> ParsedQuery:
    """A query of plain words with what was probably meant beside them."""
    if not slips:
        return query
    tree = query.tree
    parts = tree.parts if isinstance(tree, Or) and tree.boost == 1 else (tree,)
    more = [replace(slip.best.term, boost=BESIDE_BOOST) for slip in slips]
    one_word = tuple((*slip.typed.node.texts, *of) for slip, of in zip(slips, _as_one(slips), strict=True))
    return replace(query, tree=Or((*parts, *more)), one_word=one_word)


def _guessed(
    index: Index,
    near_keys: NearKeysOfIndex,
    words: Sequence[TypedWord],
    typed: TypedWord,
    doc_freqs: Mapping[str, int],
) -> tuple[Sequence[Guess], float]:
    """What may have been meant by a word that articles are found by, and the logarithm of how much likelier the best of
    it is than that the word is right as it was typed."""
    others = [other.node for other in others_than(words, typed) if doc_freqs[other.key]]
    neighbours = _neighbours(words, typed, doc_freqs)
    found = guesses(index, near_keys.of(index), typed, others, neighbours)
    if not found:
        return found, -math.inf
    in_order = in_a_headline(index, typed.node, neighbours)
    as_typed = standing(index, typed).certainty + fits(index, typed.node, rarest(index, others)) + in_order
    return found, found[0].likelihood - as_typed


def _neighbours(words: Sequence[TypedWord], typed: TypedWord, doc_freqs: Mapping[str, int]) -> Neighbours:
    """The words of a query beside one of them, where the archive has them."""
    place = words.index(typed)
    beside = [words[n] if 0 <= n < len(words) else None for n in (place - 1, place + 1)]
    return Neighbours(*[of.node if of is not None and doc_freqs[of.key] else None for of in beside])
