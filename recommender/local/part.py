"""One segment of the local corpus with its forward index: what it knows of terms, and how near its docs are to an
article. Docs are those of the segment here, terms go by their numbers in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.segment.impacts import SCALE
from indexer.segment.segment import Segment
from recommender.corpus.corpus import TermVector
from recommender.corpus.terms import IN_LEAD, IN_TITLE
from recommender.local.forward_index import ENTRY, ForwardIndex, ranges

Cosines = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]  # of articles, titles and leads


@dataclass(frozen=True, eq=False)
class LocalPart:
    """A segment in its place among those of a corpus."""

    segment: Segment
    forward: ForwardIndex
    first: int  # the doc of the corpus that is the segment's first
    end: int  # one past its last

    @cached_property
    def _folded(self) -> dict[str, dict[str, list[int]]]:
        """By keyword column and casefolded value the codes of the spellings of the value."""
        return {}

    def codes_of(self, field: str, value: str) -> list[int]:
        """The codes in a keyword column of all spellings of a value, given casefolded."""
        codes = self._folded.get(field)
        if codes is None:
            codes = {}
            for code, spelling in enumerate(self.segment.keywords[field].values):
                codes.setdefault(spelling.casefold(), []).append(code)
            self._folded[field] = codes
        return codes.get(value, [])

    def shared_values(
        self, field: str, folded: frozenset[str], docs: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(n,) how many values of a keyword column each doc has among those `folded`, and (n,) how many in all."""
        column = self.segment.keywords[field]
        starts = column.start[docs].astype(np.int64)
        counts = column.start[docs + 1].astype(np.int64) - starts
        codes = [code for value in folded for code in self.codes_of(field, value)]
        if not codes:
            return np.zeros(len(docs), np.int64), counts
        accepted = np.zeros(len(column.values), bool)
        accepted[codes] = True
        owners = np.repeat(np.arange(len(docs)), counts)
        matches = accepted[column.codes[ranges(starts, counts)]]
        return np.bincount(owners[matches], minlength=len(docs)), counts

    def doc_freq(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many docs have each of these terms, 0 for -1."""
        starts = self.segment.post_start
        # of -1, which stands for no term, the difference is made nothing
        freq: NDArray[np.int64] = (starts.take(numbers + 1) - starts.take(numbers, mode="clip")) * (numbers >= 0)
        return freq

    def add_impacts(
        self, numbers: NDArray[np.int64], weights: NDArray[np.float32], scores: NDArray[np.float32]
    ) -> None:
        """Adds to the scores (max_doc,) of all docs the impacts of some terms times the terms' weights; -1 is none."""
        known = numbers >= 0
        if not known.any():
            return
        numbers, weights, segment = numbers[known], weights[known], self.segment
        starts, ends = segment.post_start.take(numbers), segment.post_start.take(numbers + 1)
        # joined as bytes, which takes half the time of concatenating arrays of another type than the outcome's
        bounds = list(zip(starts.tolist(), ends.tolist(), strict=True))
        docs = np.frombuffer(b"".join([segment.docs.data[a:b] for a, b in bounds]), segment.docs.dtype)
        impacts = np.frombuffer(b"".join([segment.impacts.data[a:b] for a, b in bounds]), segment.impacts.dtype)
        gains = impacts * (weights / np.float32(SCALE)).repeat(ends - starts)
        np.add.at(scores, docs.astype(np.intp), gains)  # twice as long over indices of other types

    def add_weights(
        self,
        docs: NDArray[np.int64],
        numbers: NDArray[np.int64],
        weights: NDArray[np.float32],
        flags: NDArray[np.uint8],
    ) -> None:
        """Puts the weights and flags of some terms, -1 for none, in docs, ascending, into (n_docs, n_terms) arrays."""
        columns = np.flatnonzero(numbers >= 0)
        columns = columns[np.argsort(numbers[columns])]
        if not len(columns):
            return
        entries, counts = self.forward.rows(docs)
        ascending, terms = numbers[columns], entries["term"]
        at = ascending.searchsorted(terms)
        known = np.flatnonzero(ascending.take(at, mode="clip") == terms)
        cells = np.repeat(np.arange(len(docs)), counts)[known], columns[at[known]]
        weights[cells], flags[cells] = entries["weight"][known], entries["flags"][known]

    def cosines(self, article: TermVector, numbers: NDArray[np.int64], docs: NDArray[np.int64]) -> Cosines:
        """The cosines of docs, ascending, with an article whose terms have these numbers here, -1 for none."""
        known = np.flatnonzero(numbers >= 0)
        # where each term of the segment is among the article's, 0 for those it has not; small, so that it stays cached
        place = np.zeros(len(self.forward.hashes), np.uint16 if len(known) < 1 << 16 else np.uint32)
        place[numbers[known]] = np.arange(1, len(known) + 1)
        entries, counts = self.forward.rows(docs)
        at = place.take(entries["term"], mode="clip")
        common = (at != 0).nonzero()[0]
        terms, entries = known[at[common] - 1], entries.view(np.uint64)[common].view(ENTRY)
        owners = np.arange(len(docs)).repeat(counts)[common]
        products = article.weights[terms] * entries["weight"].astype(np.float32)
        shared = entries["flags"] & article.flags[terms]
        tfidf = np.bincount(owners, products, len(docs)).astype(np.float32)
        parts = []
        for flag, lengths in ((IN_TITLE, self.forward.title[docs]), (IN_LEAD, self.forward.lead[docs])):
            length = math.sqrt(np.square(article.weights[(article.flags & flag) != 0]).sum())
            has = (shared & flag) != 0
            dots = np.bincount(owners[has], products[has], len(docs))
            parts.append((dots / np.maximum(lengths * length, 1e-12)).astype(np.float32))
        return tfidf, parts[0], parts[1]

    def vector_rows(self, space: str, docs: NDArray[np.int64]) -> NDArray[np.float32] | None:
        """(n, dim) the vectors of docs, ascending; None if the segment has none in the space."""
        matrix = self.segment.vectors(space)
        if matrix is None or len(docs) == self.segment.max_doc:
            return matrix
        return matrix.take(docs, axis=0, mode="clip")
