"""Names as one more field of an article: its section, its tags, its place and its authors are found by plain words, as
the words of its text are.

It counts little, the less the more articles have the name, so that articles that write of something come before those
that only have it as their tag: all of a name more than a part of it. A person's name in two words or more can hardly
mean anything else, and counts as much as words do; so does one with signs that no text has so (C++), and more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from weakref import WeakKeyDictionary

import numpy as np

from indexer.text.markers import SIGNED
from indexer.text.words import normalize
from search.query.parser import ParsedQuery
from search.query.tree import Phrase, Term
from search.query.typed_names import MOST_WORDS, name_words
from search.query.typed_words import is_common, words
from search.query.whole_names import PERSON, SIGNS, name_key, signed_words
from search.ranking.candidates import union
from search.ranking.cutoff import SLACK
from search.reader.bm25 import idf
from search.reader.index import Docs, Index, Scores

NAMED = "names"  # what they add to a score appears under
FIELDS = ("section", "tag", "place", PERSON)
_WHOLE = 0.1  # what a name of one word that is all of a query adds, as a share of the highest score, if one doc has it
_ROW = 0.35  # ... of several words
_PART = 0.04  # ... some words of a name
_PART_OF_PERSON = 0.2  # ... of a person's
_PERSON = 1.0  # ... all of a person's name, in several words, however many docs have it
_SIGNED = 1.5  # ... a name with signs that no text has, likewise: texts are found without these
_LONGEST = 6  # words of a name
_MOST = 100  # articles that are candidates for their names
_MOST_KNOWN = 1 << 21  # docs with names that are remembered of one index, 16 MB; then all are forgotten

_Found = Sequence[tuple[str, Docs]]  # fields, and the docs that have a name there


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Words of a query that are a name, or a part of one."""

    first: int  # of the words
    stop: int
    field: str
    text: str  # as typed
    docs: Docs  # those that have it, ascending
    factor: float  # what it counts


class Named:
    """The docs whose names have words of a query, ascending, with what share of its weight these have and what they
    add to a score, from 0 to 1."""

    def __init__(self, docs: Docs, covered: Scores, gains: Scores) -> None:
        self._docs, self._covered, self._gains = docs, covered, gains

    @classmethod
    def of(cls, index: Index, query: ParsedQuery) -> Named:
        """For a query of plain words."""
        typed = _typed(query.text)
        matches = list(_matches(index, typed))
        if not matches:
            return NO_NAMES
        weights = np.array(_weights(index, typed, matches), np.float32)
        weights /= weights.sum() or 1
        if len(matches) == 1:
            match, weight = matches[0], weights[matches[0].first : matches[0].stop].sum()
            ones = np.ones(len(match.docs), np.float32)
            return cls(match.docs, ones * weight, ones * (weight * np.float32(match.factor)))
        docs = union([match.docs for match in matches])
        covered, gains = np.zeros((2, len(docs)), np.float32)
        where = [np.searchsorted(docs, match.docs) for match in matches]
        for place in np.flatnonzero(weights).tolist():
            factors = np.zeros(len(docs), np.float32)
            for match, at in zip(matches, where, strict=True):
                if match.first <= place < match.stop:
                    factors[at] = np.maximum(factors[at], np.float32(match.factor))
            covered[factors > 0] += weights[place]
            gains += factors * weights[place]
        return cls(docs, covered, gains)

    def __len__(self) -> int:
        return len(self._docs)

    def found(self, least: float) -> Docs:
        """The docs, ascending, whose names have so large a share of the query's weight."""
        docs: Docs = self._docs[self._covered >= least * SLACK]
        return docs

    def best(self, least: float) -> Docs:
        """Of those the ones that have most of it, ascending; of very many the last."""
        keep = np.flatnonzero(self._covered >= least * SLACK)
        best: Docs = self._docs[np.sort(keep[np.argsort(self._gains[keep], kind="stable")[-_MOST:]])]
        return best

    def scores(self, docs: Docs) -> Scores:
        """(n,) what names add to the scores of docs, in any order, as a share of the highest."""
        scores = np.zeros(len(docs), np.float32)
        where = np.minimum(np.searchsorted(self._docs, docs), len(self._docs) - 1)
        there = self._docs[where] == docs
        scores[there] = self._gains[where[there]]
        return scores


NO_NAMES = Named(np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.float32))


def names_of_doc(index: Index, query: ParsedQuery, doc: int) -> list[str]:
    """What is said of a doc that has names of a query: the longest in each field."""
    having = [match for match in _matches(index, _typed(query.text)) if doc in match.docs]
    having.sort(key=lambda match: (FIELDS.index(match.field), match.first - match.stop))
    return [f"its {field} has '{next(same).text}'" for field, same in groupby(having, lambda match: match.field)]


def _typed(text: str) -> list[str]:
    """The words of a query, in lower case; those that signs are a part of with these."""
    if text.isascii() and text.replace(" ", "").isalnum():
        typed = text.lower().split()
        return typed if len(typed) <= MOST_WORDS else []
    text = normalize(text)
    words_there = [(each.start, each.form) for each in name_words(text)]
    for first, last, signed in signed_words(text) if words_there else ():
        words_there = sorted([*[of for of in words_there if not first <= of[0] < last], (first, signed)])
    return [form for _, form in words_there]


def _is_signed(form: str) -> bool:
    return not SIGNS.isdisjoint(form)


def _matches(index: Index, typed: Sequence[str]) -> Iterator[NameMatch]:
    """The names of articles, and parts of them, among the words of a query."""
    parts = [() if _is_signed(form) else _with_word(index, form) for form in typed]
    if not any(parts) and not any(map(_is_signed, typed)):
        return
    wholes = list(_whole_names(index, typed, [bool(found) for found in parts]))
    yield from wholes
    single = {(match.first, match.field): len(match.docs) for match in wholes if match.stop - match.first == 1}
    for place, found in enumerate(parts):
        if found and not is_common(typed[place], index.languages()):
            for field, docs in found:
                if single.get((place, field)) != len(docs):  # others have it as a part of theirs
                    factor = (_PART_OF_PERSON if field == PERSON else _PART) * _rarity(index, len(docs))
                    yield NameMatch(place, place + 1, field, typed[place], docs, factor)


def _whole_names(index: Index, typed: Sequence[str], is_part: Sequence[bool]) -> Iterator[NameMatch]:
    """The stretches of a query that are a name; `is_part` says which of its words any name has."""
    for first in range(len(typed)):
        for stop in range(first + 1, min(len(typed), first + _LONGEST) + 1):
            if not is_part[stop - 1] and not _is_signed(typed[stop - 1]):
                break
            named = typed[first:stop]
            if len(typed) > len(named) == 1 and is_common(named[0], index.languages()):
                continue
            for field, docs in _with_all(index, named):
                factor = _factor(index, named, field, len(docs))
                yield NameMatch(first, stop, field, " ".join(named), docs, factor)


def _factor(index: Index, named: Sequence[str], field: str, n_docs: int) -> float:
    """What a name counts that so many docs have in a field."""
    if any(_is_signed(form) and not index.doc_freq(SIGNED + form) for form in named):
        return _SIGNED
    if field == PERSON:
        return _PERSON if len(named) > 1 else _PART_OF_PERSON * _rarity(index, n_docs)
    return (_ROW if len(named) > 1 else _WHOLE) * _rarity(index, n_docs)


def _rarity(index: Index, n_docs: int) -> float:
    """How rare a name is that so many docs have, 1 for one of a single doc."""
    return idf(index.num_docs, n_docs) / idf(index.num_docs, 1)


def _weights(index: Index, typed: Sequence[str], matches: Sequence[NameMatch]) -> list[float]:
    """What each word of a query counts, by how many docs have it in their texts or their names; common words count
    nothing but for names that have no others."""
    languages = index.languages()
    weights = []
    for place, form in enumerate(typed):
        if is_common(form, languages):
            weights.append(0.0)
            continue
        doc_freq = max([len(match.docs) for match in matches if match.first <= place < match.stop], default=0)
        doc_freq = max(doc_freq, _doc_freq(index, form))
        weights.append(idf(index.num_docs, doc_freq) if doc_freq else 0.0)
    for match in matches:
        if not any(weights[match.first : match.stop]):
            n_words = match.stop - match.first
            weights[match.first : match.stop] = [idf(index.num_docs, len(match.docs)) / n_words] * n_words
    return weights


def _doc_freq(index: Index, form: str) -> int:
    """How many docs have a word in their texts, at most."""
    if _is_signed(form):
        return index.doc_freq(SIGNED + form)
    leaves = [leaf for leaf in words(form, index.languages()) if isinstance(leaf, (Term, Phrase))]
    freqs = [
        min(map(index.doc_freq, leaf.words)) if isinstance(leaf, Phrase) else sum(map(index.doc_freq, leaf.texts))
        for leaf in leaves[:1]
    ]
    return min(index.num_docs, *freqs) if freqs else 0


def _with_word(index: Index, form: str) -> _Found:
    return _named(index, name_key(form)) or (_named(index, name_key(form[:-2])) if form.endswith("'s") else ())


def _with_all(index: Index, named: Sequence[str]) -> _Found:
    key = "".join(map(name_key, named))
    found = _named(index, key, whole=True)
    return found or (_named(index, key[:-1], whole=True) if named[-1].endswith("'s") else ())


# by what was asked for the docs that are known
_known: WeakKeyDictionary[Index, dict[tuple[str, bool], _Found]] = WeakKeyDictionary()


def _named(index: Index, key: str, *, whole: bool = False) -> _Found:
    """The fields in which live docs have a name, or a word in one, and these docs."""
    known = _known.get(index)
    found = None if known is None else known.get((key, whole))
    if found is None:
        found = index.named(key, FIELDS, whole=whole)
        if found:
            known = _known.setdefault(index, {})
            if sum(len(docs) for kept in known.values() for _, docs in kept) > _MOST_KNOWN:
                known.clear()
            known[key, whole] = found
    return found
