"""The corpus of an archive's folder, as the archive changes."""

from __future__ import annotations

import threading

from recommender.local import derived
from recommender.local.tracking import TrackedLocalCorpus
from search.engine import Engine
from search.reader.index import Index
from search.reader.snapshot import Snapshot


class LocalCorpora:
    """The corpora of the archive that an engine has open, see `corpus.Corpora`. Safe to share between threads.

    Raises TypeError for an archive that is in no folder.
    """

    def __init__(self, engine: Engine) -> None:
        if engine.folder is None:
            raise TypeError("this archive is in no folder")
        self._engine = engine
        self._folder = engine.folder
        self._lock = threading.Lock()
        self._corpus: TrackedLocalCorpus | None = None

    def current(self) -> TrackedLocalCorpus:
        """See `corpus.Corpora.current`."""
        snapshot, corpus = _snapshot(self._engine.index()), self._corpus
        if corpus is None or corpus.snapshot is not snapshot:
            with self._lock:
                corpus = self._corpus
                if corpus is None or corpus.snapshot is not snapshot:
                    corpus = TrackedLocalCorpus.open(self._engine, self._folder, snapshot, corpus)
                    self._corpus = corpus
        return corpus

    def prepare(self) -> bool:
        """See `corpus.Corpora.prepare`. Where the archive cannot be written to, nothing is kept."""
        return derived.save(self._folder, self.current())

    def is_prepared(self) -> bool:
        """See `corpus.Corpora.is_prepared`."""
        return derived.is_kept(self._folder, _snapshot(self._engine.index()))


def _snapshot(index: Index) -> Snapshot:
    """The segments of a generation. Raises TypeError for an index that is not made of segments."""
    snapshot = getattr(index, "snapshot", None)
    if not isinstance(snapshot, Snapshot):
        raise TypeError("this index is not made of segments")
    return snapshot
