"""What somebody may have meant by a word, and how likely each guess is.

The noisy channel of M. Kernighan, K. Church and W. Gale ("A Spelling Correction Program Based on a Noisy Channel
Model", 1990): a guess is as likely as it is common in the archive, times how likely its slips are, times how well it
goes with the other words of the query, which is in how many articles it stands beside them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rapidfuzz.distance import DamerauLevenshtein

from indexer.text.analyzer import query_terms
from search.query.parser import ParsedQuery
from search.query.tree import And, Term
from search.query.typed_words import is_common, word
from search.ranking.headline import NEAR
from search.reader.index import Index
from search.spelling.near_keys import SHORTEST, TWO_FROM, NearKey, NearKeys
from search.spelling.slip_shapes import differ_in_doubling, doubled_twice
from search.spelling.typed import TypedWord

SECOND_SLIP = math.log(0.02)  # how much less likely two slips are than one
FIRST_LETTER = math.log(0.3)  # ... and a slip in the first letter than one in another
IN_A_HEADLINE = math.log(20)  # how much likelier a word is that a headline has with its neighbour
UNFINISHED = math.log(0.5)  # a word that is not typed to its end, where it is the last of the query ...
CUT_SHORT = math.log(0.01)  # ... and where others follow
ALONE = 5.0  # articles that a guess seems to have with each other word by their numbers alone
MOST = 3  # guesses of a word
LEAST_SHARE = 0.1  # of all guesses' likelihood
_WEIGHED = 6  # guesses, the likeliest by themselves, that are looked at beside the other words
_BESIDE = 2  # other words, the rarest, that they are looked at beside
_LEAST_STEM = 5  # letters; a shorter stem is near to too many others
_STEMMED = 3  # languages in which words are compared by their stems
_OTHER_FORMS = 50  # words that are compared so, the commonest
_COMPLETIONS = 200  # forms that a word may be the beginning of


@dataclass(frozen=True, slots=True)
class Guess:
    """A word that may have been meant."""

    written: str  # in lower case, as most articles write it
    term: Term
    share: float  # of the likelihood of all guesses, from 0 to 1
    likelihood: float  # logarithm, comparable between the guesses of one word


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The words that stand right before and behind one in a query, where the archive has them."""

    before: Term | None = None
    behind: Term | None = None


NO_NEIGHBOURS = Neighbours()


def doc_freq(index: Index, term: Term) -> int:
    """In how many articles a word is, whatever its endings and its spelling."""
    return min(index.num_docs, sum(index.doc_freq(text) for text in term.texts))


def guesses(
    index: Index, keys: NearKeys, typed: TypedWord, others: Sequence[Term], neighbours: Neighbours = NO_NEIGHBOURS
) -> list[Guess]:
    """The likeliest words that somebody may have meant, the best first; `others` are the words beside it that the
    archive has, `neighbours` those right before and behind it."""
    slips: dict[str, float] = {}
    counts: dict[str, int] = {}
    for near in keys.near(typed.key):
        slips[near.key] = _of_slips(typed.key, near)
        counts[near.key] = near.count
    for key in doubled_twice(typed.key):
        if count := sum(form.count for form in index.forms.spelled(key) if form.term):
            slips[key], counts[key] = 0.0, count
    if len(typed.key) >= SHORTEST:
        for form in islice(index.forms.with_prefix(typed.key), _COMPLETIONS):
            if form.key != typed.key and form.term and not any(map(str.isdigit, form.key)):
                likelihood = UNFINISHED if typed.is_last else CUT_SHORT
                slips[form.key] = max(slips.get(form.key, likelihood), likelihood)
                counts[form.key] = max(counts.get(form.key, 0), form.count)
    if not slips:
        for near in _other_forms(index, keys, typed.key):
            slips[near.key] = _of_slips(typed.key, near)
            counts[near.key] = near.count
    likelihoods = {key: slip + math.log(max(1, counts[key])) for key, slip in slips.items()}
    best = sorted(likelihoods, key=lambda key: (-likelihoods[key], key))[:_WEIGHED]
    beside = rarest(index, others)
    found = [
        guess for key in best if (guess := _guess(index, typed, key, likelihoods[key], beside, neighbours)) is not None
    ]
    return _shared(found)


def _of_slips(key: str, near: NearKey) -> float:
    """The logarithm of how likely the slips are that lead from a word to what was typed."""
    edits = 1 if differ_in_doubling(key, near.key) else near.edits
    return (edits - 1) * SECOND_SLIP + (0.0 if near.key[0] == key[0] else FIRST_LETTER)


def _other_forms(index: Index, keys: NearKeys, key: str) -> Iterator[NearKey]:
    """The words whose stem the stem of what was typed is a slip of: where articles have "herons" alone, "herron" is two
    slips from it, and one from its stem."""
    stems = {stem for language in index.languages()[:_STEMMED] for stem in query_terms(key, (language,))} - {key}
    found = keys.near_with_endings(key)[:_OTHER_FORMS]
    for stem in sorted(stems):
        if len(stem) >= _LEAST_STEM:
            found += keys.near(stem)[:_OTHER_FORMS]
    for near in found:
        if near.key[0] == key[0]:  # two doubts at once are one too many
            for language in {form.language for form in index.forms.spelled(near.key)}:
                edits = _edits_of_stems(key, near.key, language)
                if edits == 1 or (edits == 2 and len(key) >= TWO_FROM):
                    yield NearKey(near.key, edits, near.count)
                    break


def _edits_of_stems(one: str, other: str, language: str) -> int:
    """How many slips the stem of a word is from that of another, 0 where one of them is too short to tell."""
    stems = [stem for word in (one, other) for stem in query_terms(word, (language,))[:1] if len(stem) >= _LEAST_STEM]
    return int(DamerauLevenshtein.distance(*stems)) if len(stems) == 2 else 0


def _guess(
    index: Index, typed: TypedWord, key: str, likelihood: float, beside: Sequence[Term], neighbours: Neighbours
) -> Guess | None:
    """The guess that a key is; None where no article has it any more, or it is the same word."""
    forms = index.forms.spelled(key)
    if not forms:
        return None
    commonest = max(forms, key=lambda form: form.count)
    written = commonest.written
    nodes = word(written, index.languages(), typed.field)
    if not nodes or is_common(written, index.languages()) or not doc_freq(index, nodes[0]):
        return None
    if commonest.term in query_terms(typed.form, (commonest.language,)):
        return None
    in_order = in_a_headline(index, nodes[0], neighbours)
    return Guess(written, nodes[0], 0.0, likelihood + fits(index, nodes[0], beside) + in_order)


def rarest(index: Index, others: Sequence[Term]) -> list[Term]:
    """The words that say most of what stands beside them."""
    return sorted(others, key=lambda term: doc_freq(index, term))[:_BESIDE]


def fits(index: Index, term: Term, beside: Iterable[Term]) -> float:
    """The logarithm of how likely a word has some others beside it in an article."""
    of_term = doc_freq(index, term)
    total = 0.0
    for other in beside:
        expected = doc_freq(index, other) / max(1, index.num_docs)
        together = len(index.match(ParsedQuery("", And((term, other)), False, (), index.schema), None, []))
        total += math.log((together + ALONE * expected) / (of_term + ALONE))
    return total


def in_a_headline(index: Index, term: Term, neighbours: Neighbours) -> float:
    """How much likelier a word is for being in a headline with the word before it, or the one behind it, in order."""
    pairs = [(neighbours.before, term), (term, neighbours.behind)]
    for one, other in pairs:
        if one and other and len(index.titles_with([(a, b) for a in one.texts for b in other.texts], NEAR)[0]):
            return IN_A_HEADLINE
    return 0.0


def _shared(found: Sequence[Guess]) -> list[Guess]:
    """Of guesses that are one word in several forms the likeliest, each with its share, those with the highest."""
    by_term: dict[str, list[Guess]] = {}
    for guess in found:
        by_term.setdefault(guess.term.text, []).append(guess)
    if not by_term:
        return []
    top = max(guess.likelihood for guess in found)
    weights = {text: sum(math.exp(guess.likelihood - top) for guess in same) for text, same in by_term.items()}
    total = sum(weights.values())
    best = [
        Guess(likeliest.written, likeliest.term, weights[text] / total, likeliest.likelihood)
        for text, same in by_term.items()
        for likeliest in [max(same, key=lambda guess: guess.likelihood)]
    ]
    kept = sorted(best, key=lambda guess: (-guess.share, guess.written))
    return [guess for guess in kept if guess.share >= LEAST_SHARE][:MOST] or kept[:1]
