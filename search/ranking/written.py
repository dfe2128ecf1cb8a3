"""Words as they are written, in an archive of several languages: an article that has a word of the query comes before
one that has its stem from a word of another language.

"luna" is the name of a probe, and Spanish for the moon; by French rules it has the stem of "lune". Which languages
write a word so, the dictionary of forms says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.text.analyzer import query_terms
from indexer.text.words import word_forms
from search.query.parser import ParsedQuery
from search.query.typed_words import is_stop_word
from search.ranking.adjustments import summed
from search.ranking.candidates import Legs
from search.ranking.writing_languages import languages_of, writing
from search.reader.index import Docs, Index, Mask, Scores, word_idf_of

WRITTEN = "written"  # what is taken off a score appears under
_PENALTY = 0.7  # share of what the words give that an article loses in whose language none of them is written so
_TOLD = 0.5  # share of all that an article loses for its language where "das" says that one in German is looked for
_MOST_WORDS = 40  # of a query that are looked at


@dataclass(frozen=True, slots=True)
class AsWritten:
    """Which articles have the words of a query only by their stems in other languages."""

    index: Index
    lost: NDArray[np.float32]  # (n_languages,) the share of the query's weight that each language does not write so
    others: frozenset[str]  # terms of the query that no language makes of a word that is written so
    told: Mask | None = None  # (n_languages,) which a stop word of the query says is looked for; None where none does

    @classmethod
    def of(cls, index: Index, query: ParsedQuery, terms: Mapping[str, float]) -> AsWritten | None:
        """For a query and the terms that its tree looks for; None where there is nothing to tell apart."""
        languages = index.languages()
        if len(languages) == 1 or not terms or not index.forms.complete:
            return None
        lost, total, others = np.zeros(len(languages), np.float32), 0.0, set[str]()
        told: Mask | None = None
        for form in list(dict.fromkeys(word_forms(query.text)))[:_MOST_WORDS]:
            of_form = [term for term in query_terms(form, languages) if term in terms]
            weight = word_idf_of(index, of_form)
            total += weight
            if not weight and is_stop_word(form, languages[:1]):
                continue
            of = writing(index, form)
            if weight and any(of.terms.values()):
                lost[[code not in of.terms for code in languages]] += weight
                others.update(set(of_form).difference(*of.terms.values()))
            elif of.stop:  # and no word that is looked for
                said = np.array([code in of.stop for code in languages])
                told = said if told is None or not (told & said).any() else told & said
                others.update(of_form)
        if not lost.any() and told is None:
            return None
        return cls(index, lost / np.float32(total or 1), frozenset(others), told)

    def terms(self, terms: Mapping[str, float]) -> Mapping[str, float]:
        """Terms of the query without those of other words: what vectors encode."""
        return {term: boost for term, boost in terms.items() if term not in self.others}

    def elsewhere(self, docs: Docs) -> Mask:
        """(n,) whether docs are in a language that does not write all words of the query so."""
        of_docs = languages_of(self.index)[docs]
        mask: Mask = self.lost[of_docs] > 0
        return mask if self.told is None else mask | ~self.told[of_docs]

    def add_to(self, parts: Legs, docs: Docs) -> None:
        """Makes what docs are given too much one leg more: by their words, and where some docs with a word are in a
        language that is looked for, by all legs."""
        of_docs = languages_of(self.index)[docs]
        taken: Scores = parts["bm25"] * (self.lost[of_docs] * np.float32(-_PENALTY))
        if self.told is not None:
            meant = self.told[of_docs] & (parts["bm25"] > 0)
            if meant.any():
                taken -= np.where(meant, 0, (summed(parts) + taken) * np.float32(_TOLD)).astype(np.float32)
        parts[WRITTEN] = taken
