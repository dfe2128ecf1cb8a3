"""The corpus of an archive's folder, as the archive changes."""

from __future__ import annotations

import threading

from recommender.corpus import derived
from recommender.corpus.local_corpus import LocalCorpus
from search.engine import Engine


class LocalCorpora:
    """The corpora of the archive that an engine has open, see `corpus.Corpora`. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._corpus: LocalCorpus | None = None

    def current(self) -> LocalCorpus:
        """See `corpus.Corpora.current`."""
        snapshot, corpus = self._engine.snapshot(), self._corpus
        if corpus is None or corpus.snapshot is not snapshot:
            with self._lock:
                corpus = self._corpus
                if corpus is None or corpus.snapshot is not snapshot:
                    self._corpus = corpus = LocalCorpus.open(self._engine, snapshot, corpus)
        return corpus

    def prepare(self) -> None:
        """See `corpus.Corpora.prepare`. Where the archive cannot be written to, nothing is kept."""
        corpus = self.current()
        derived.keep(self._engine, corpus, corpus.openings.complete(self._engine, corpus.snapshot))
