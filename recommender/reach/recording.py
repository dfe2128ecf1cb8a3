"""A corpus that remembers what was asked of it while one answer was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import Corpora, Corpus, Similarities, TermVector
from recommender.corpus.tracked import ScoredCandidates, TrackedCorpus


@dataclass(slots=True)
class Asked:
    """What was asked of a corpus since the last answer was begun."""

    candidates: list[tuple[int, ScoredCandidates]] = field(default_factory=list)  # how many were wanted, and found
    compared: list[tuple[NDArray[np.int64], Similarities]] = field(default_factory=list)
    doc_freq: list[NDArray[np.uint64]] = field(default_factory=list)  # hashes of terms


class RecordingCorpus:
    """A corpus, and what was asked of it. For one thread."""

    def __init__(self, corpus: TrackedCorpus) -> None:
        self.corpus = corpus
        self.asked = Asked()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.corpus, name)

    def candidates(
        self, article: TermVector, permitted: NDArray[np.bool_], count: int, max_postings: int, without: int
    ) -> NDArray[np.int64]:
        """See `CorpusTerms`."""
        found = self.corpus.scored_candidates(article, permitted, count, max_postings, without)
        self.asked.candidates.append((count, found))
        return found.docs

    def similarities(
        self, article: TermVector, vectors: Mapping[str, NDArray[np.float32]], docs: NDArray[np.int64]
    ) -> Similarities:
        """See `CorpusTerms`."""
        similar = self.corpus.similarities(article, vectors, docs)
        self.asked.compared.append((docs, similar))
        return similar

    def doc_freq(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """See `CorpusTerms`."""
        self.asked.doc_freq.append(hashes)
        return self.corpus.doc_freq(hashes)


class RecordingCorpora:
    """The corpora of an archive, the current one recording."""

    def __init__(self, corpora: Corpora) -> None:
        self._corpora = corpora
        self._recording: RecordingCorpus | None = None

    def current(self) -> Corpus:
        """See `Corpora`. A corpus that does not tell of changes is as it is."""
        corpus = self._corpora.current()
        if not isinstance(corpus, TrackedCorpus):
            return corpus
        if self._recording is None or self._recording.corpus is not corpus:
            self._recording = RecordingCorpus(corpus)
        return cast(Corpus, self._recording)

    def prepare(self) -> bool:
        """See `Corpora`."""
        return self._corpora.prepare()

    def is_prepared(self) -> bool:
        """See `Corpora`."""
        return self._corpora.is_prepared()


Watch = Callable[[Corpora], Corpora]
