"""What a corpus tells of changes: which articles are not as they were, and how near changed ones are to all others.

Whoever keeps answers for all articles of an archive finds out by it which of them a change can reach. Not every corpus
can tell: see `tracked`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import Corpus, TermVector


class ScoredCandidates(NamedTuple):
    """What `Corpus.candidates` picks, and why."""

    docs: NDArray[np.int64]  # (n,) ascending
    scores: NDArray[np.float32]  # (n,) their sums of ``weight * impact``
    lightest: float  # the weight of the least telling term that was looked at
    margin: int  # by how many docs the terms' doc_freq together may change without other terms being looked at


class WordRow(NamedTuple):
    """The words of one doc."""

    hashes: NDArray[np.uint64]  # (n_terms,)
    impacts: NDArray[np.float32]  # (n_terms,) as in `Corpus.candidates`, from 0 to 1


@runtime_checkable
class TrackedCorpus(Corpus, Protocol):
    """A corpus that tells of changes. Docs are in the order of their sequence numbers."""

    def settled(self) -> Mapping[str, str] | None:
        """Texts that stay the same for as long as what is common to all articles does: statistics, spaces, names,
        lengths; by what has happened when one is another. None where they never stay the same."""

    def digests(self) -> NDArray[np.uint64]:
        """(max_doc,) a number for each doc that changes whenever its terms, vectors or copies do, or whether it is
        offered."""

    def scored_candidates(
        self, article: TermVector, permitted: NDArray[np.bool_], count: int, max_postings: int, without: int
    ) -> ScoredCandidates:
        """As `Corpus.candidates`, with their scores."""

    def word_rows(self, docs: Sequence[int]) -> list[WordRow]:
        """The words of some docs, deleted ones perhaps."""

    def scorer(
        self, lightest: NDArray[np.float32], *, titles: bool = False
    ) -> Callable[[WordRow], NDArray[np.float32]]:
        """What gives, for the words of an article, (max_doc,) for each doc the sum of ``weight * impact`` over those of
        its terms, or of those in its title, that weigh as much as `lightest`, (max_doc,), says or more: what it finds
        the article by."""

    def doc_freq_beside(
        self, hashes: NDArray[np.uint64], more: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(n,) `Corpus.doc_freq` of terms, and what it would be if so many docs `more` had them."""

    def docs_with(self, number: int) -> NDArray[np.int64]:
        """The docs, ascending, that have the term with this hash, deleted ones among them."""

    def recent(self) -> NDArray[np.bool_]:
        """(max_doc,) docs of which nothing may be known any more soon after they are deleted."""

    def all_languages(self) -> Sequence[str]:
        """The languages that articles are in."""
