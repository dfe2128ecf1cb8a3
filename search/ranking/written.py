"""Words as they are written, in an archive of several languages: an article that has a word of the query comes before
one that has its stem from a word of another language.

"luna" is the name of a probe, and Spanish for the moon; by French rules it has the stem of "lune". Which languages
write a word so, the dictionary of forms says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from indexer.text.analyzer import query_terms
from indexer.text.words import word_forms
from search.query.parser import ParsedQuery
from search.query.typed_words import is_stop_word
from search.ranking.candidates import Legs
from search.reader.index import Docs, Index, Mask, word_idf_of

WRITTEN = "written"  # what is taken off a score appears under
_PENALTY = 0.7  # share of what the words give that an article loses in whose language none of them is written so
_TOLD = 0.5  # weight of a stop word beside all others: "das" says that an article in German is looked for
_HARDLY = 0.05  # share of a stem's words in a language; one that is less of them is a name or a quotation there
_MOST_KNOWN = 1 << 14  # words that are remembered with the languages that write them, some 5 MB
_MOST_WORDS = 40  # of a query that are looked at


@dataclass(frozen=True, slots=True)
class AsWritten:
    """Which articles have the words of a query only by their stems in other languages."""

    index: Index
    lost: NDArray[np.float32]  # (n_languages,) the share of the query's weight that each language does not write so
    others: frozenset[str]  # terms of the query that no language makes of a word that is written so

    @classmethod
    def of(cls, index: Index, query: ParsedQuery, terms: Mapping[str, float]) -> AsWritten | None:
        """For a query and the terms that its tree looks for; None where there is nothing to tell apart."""
        languages = index.languages()
        if len(languages) == 1 or not terms or not index.forms.complete:
            return None
        lost, total, others = np.zeros(len(languages), np.float32), 0.0, set[str]()
        told = []
        for form in list(dict.fromkeys(word_forms(query.text)))[:_MOST_WORDS]:
            of_form = [term for term in query_terms(form, languages) if term in terms]
            weight = word_idf_of(index, of_form)
            total += weight
            written = _written_in(index, form) if weight or not is_stop_word(form, languages[:1]) else {}
            if written and any(written.values()) and weight:
                lost[[code not in written for code in languages]] += weight
                others.update(set(of_form).difference(*written.values()))
            elif written and not any(written.values()):  # a stop word wherever it is written
                told.append([code not in written for code in languages])
                others.update(of_form)
        if told and total:
            lost += np.float32(_TOLD * total) * np.mean(told, axis=0, dtype=np.float32)
            total *= 1 + _TOLD
        if not lost.any():
            return None
        return cls(index, lost / np.float32(total), frozenset(others))

    def terms(self, terms: Mapping[str, float]) -> Mapping[str, float]:
        """Terms of the query without those of other words: what vectors encode."""
        return {term: boost for term, boost in terms.items() if term not in self.others}

    def elsewhere(self, docs: Docs) -> Mask:
        """(n,) whether docs are in a language that does not write all words of the query so."""
        mask: Mask = self._shares(docs) > 0
        return mask

    def add_to(self, parts: Legs, docs: Docs) -> None:
        """Makes what the words give docs too much one leg more."""
        parts[WRITTEN] = parts["bm25"] * (self._shares(docs) * np.float32(-_PENALTY))

    def _shares(self, docs: Docs) -> NDArray[np.float32]:
        shares: NDArray[np.float32] = self.lost[_languages_of(self.index)[docs]]
        return shares


_known: WeakKeyDictionary[Index, dict[str, Mapping[str, set[str]]]] = WeakKeyDictionary()


def _written_in(index: Index, form: str) -> Mapping[str, set[str]]:
    """The languages that write a word so, accents apart, and the terms that it has in them, none where it is a stop
    word; not those that hardly do where others do. What was looked up in a generation is kept."""
    known = _known.setdefault(index, {})
    written = known.get(form)
    if written is None:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        written = known[form] = _looked_up(index, form)
    return written


def _looked_up(index: Index, form: str) -> Mapping[str, set[str]]:
    counts: Counter[str] = Counter()
    terms: dict[str, set[str]] = {}
    for found in index.forms.spelled(form):
        counts[found.language] += found.count
        terms.setdefault(found.language, set()).update({found.term} - {""})
    if len(terms) < 2:
        return terms
    often = {code: of for code, of in terms.items() if not (of and _hardly(index, code, of, counts[code]))}
    return often or terms


def _hardly(index: Index, language: str, terms: set[str], count: int) -> bool:
    """Whether a word is hardly ever meant where a language has its terms."""
    if count >= _HARDLY * max(map(index.doc_freq, terms)):
        return False
    forms = [form for term in terms for form in index.forms.of_term(term) if form.language == language]
    return count < _HARDLY * sum(form.count for form in forms)


_codes: WeakKeyDictionary[Index, NDArray[np.int16]] = WeakKeyDictionary()


def _languages_of(index: Index) -> NDArray[np.int16]:
    """(max_doc,) the places of the docs' languages among those of the index; made once for a generation."""
    codes = _codes.get(index)
    if codes is None:
        languages = index.languages()
        codes = np.full(index.max_doc, languages.index(index.language), np.int16)
        for place, code in enumerate(languages):
            if code != index.language:
                codes[index.filter({"language": [code]})] = place
        _codes[index] = codes
    return codes
