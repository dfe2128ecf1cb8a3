"""The archive as the recommender sees it: a snapshot of the index with the forward index of each of its segments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.columns import NO_DATE
from indexer.segment import Segment
from recommender import forward
from recommender.forward import Forward, hash_terms
from search.snapshot import Snapshot


class View:
    """One generation of the archive. Immutable and safe to share between threads.

    `previous` is the view of an earlier generation: segments that are still there are not opened again.
    """

    def __init__(self, snapshot: Snapshot, data: Path, previous: View | None = None) -> None:
        self.snapshot = snapshot
        root = data / forward.FOLDER
        n_docs = max(1, snapshot.n_docs)
        self.forwards: dict[str, Forward] = {}
        self.stats_docs = n_docs  # the archive's size when the oldest of the weights in use were computed
        if previous is not None and abs(n_docs - previous.stats_docs) <= forward.DRIFT * previous.stats_docs:
            kept = {segment.entry.name for segment in snapshot.segments} & set(previous.forwards)
            self.forwards = {name: previous.forwards[name] for name in kept}
            self.stats_docs = previous.stats_docs
        for segment in snapshot.segments:
            if segment.entry.name not in self.forwards:
                found = forward.load(root, segment, n_docs)
                if found is not None:
                    self.forwards[segment.entry.name] = found
        missing = [segment for segment in snapshot.segments if segment.entry.name not in self.forwards]
        if missing:
            self._build(missing, root, n_docs)
        self.parts: list[tuple[Segment, Forward, int]] = [
            (segment, self.forwards[segment.entry.name], int(first))
            for segment, first in zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False)
        ]

        self.dates = snapshot.dates()  # (last_doc,) seconds since 1970, or columns.NO_DATE
        self.newest = int(self.dates[snapshot.live()].max(initial=NO_DATE))

    def _build(self, missing: Sequence[Segment], root: Path, n_docs: int) -> None:
        hashed = []
        for segment in self.snapshot.segments:
            known = self.forwards.get(segment.entry.name)
            terms = [segment.term(number) for number in range(segment.n_terms)] if known is None else []
            hashed.append((segment, known.hashes if known is not None else hash_terms(terms)))
        frequencies = forward.document_frequencies(hashed)
        for (segment, hashes), df in zip(hashed, frequencies, strict=True):
            if segment in missing:
                built = forward.build(segment, hashes, df, n_docs)
                self.forwards[segment.entry.name] = built
                forward.save(root, segment, built, n_docs)
        forward.sweep(root, {segment.entry.name for segment in self.snapshot.segments})

    def locate(self, doc: int) -> tuple[Segment, Forward, int]:
        """The segment and forward index a doc is in, and its number there."""
        segment, local = self.snapshot.locate(doc)
        return segment, self.forwards[segment.entry.name], local

    def df(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """How many articles have each of the terms with these hashes."""
        total = np.zeros(len(hashes), np.int64)
        for segment, fwd, _ in self.parts:
            numbers = fwd.numbers(hashes)
            known = numbers >= 0
            total[known] += segment.post_start[numbers[known] + 1] - segment.post_start[numbers[known]]
        return total

    def idf(self, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
        """The idf of each of these terms."""
        return forward.idf(max(1, self.snapshot.n_docs), np.minimum(self.df(hashes), self.snapshot.n_docs))

    def values(self, field: str, doc: int) -> list[str]:
        """The values that an article has in a keyword column (section, site, author, tag, language, place)."""
        segment, local = self.snapshot.locate(doc)
        return segment.keywords[field].of(local)
