"""What the corpus over segments tells of changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.tracked import WordRow
from recommender.local import statistics
from recommender.local.articles import NO_DOCS
from recommender.local.corpus import LocalCorpus
from recommender.local.row_scores import RowScores, impacts_of, mixed, row_digests, vector_digests
from recommender.local.statistics import stepped

RECENT = 0.1  # share of all docs below which a segment is soon merged with others


class TrackedLocalCorpus(LocalCorpus):
    """One generation of the archive, see `TrackedCorpus`."""

    def settled(self) -> dict[str, str] | None:
        """See `TrackedCorpus`."""
        if self.num_docs < statistics.LEAST_DOCS:
            return None
        manifest, counted = self.snapshot.manifest, self.statistics
        spaces = {name: (entry.folder, entry.kind, entry.dim) for name, entry in sorted(manifest.spaces.items())}
        lengths = (manifest.avgdl, sorted(manifest.field_avgdl.items()), manifest.settings())
        digest = hashlib.blake2b(
            repr((self.name_words.words, counted.num_docs, sorted(counted.scales.items()))).encode()
        )
        for array in (counted.hashes, counted.doc_freq, counted.centroid):
            digest.update(np.ascontiguousarray(array).view(np.uint8).data)
        return {
            "words are weighed by another average length of the articles": repr(lengths),
            "the vector spaces are others": repr(spaces),
            "the archive has articles in other languages than before": repr(self.snapshot.languages()),
            "it was counted anew how common words and names are": digest.hexdigest(),
        }

    def digests(self) -> NDArray[np.uint64]:
        """See `TrackedCorpus`."""
        digests = np.concatenate([np.zeros(0, np.uint64), *(row_digests(part.forward) for part in self._parts)])
        for name in self.snapshot.manifest.spaces:
            for part in self._parts:
                matrix = part.segment.vectors(name)
                if matrix is not None:
                    digests[part.first : part.end] += vector_digests(matrix)
        for docs in self._copied.values():
            live = docs[self.live()[docs]]
            digests[live] += mixed(mixed(self.seqs[live].astype(np.uint64)).sum(dtype=np.uint64)[None])
        return digests + self.offered().astype(np.uint64)

    def word_rows(self, docs: Sequence[int]) -> list[WordRow]:
        """See `TrackedCorpus`."""
        rows = []
        for doc in docs:
            segment, local = self.snapshot.locate(doc)
            forward = self.forward_indexes[segment.entry.name]
            numbers = forward.row(local)["term"].astype(np.int64)
            rows.append(WordRow(forward.hashes[numbers], impacts_of(segment, local, numbers)))
        return rows

    def scorer(
        self, lightest: NDArray[np.float32], *, titles: bool = False
    ) -> Callable[[WordRow], NDArray[np.float32]]:
        """See `TrackedCorpus`."""
        parts = [RowScores(part.forward, lightest[part.first : part.end], titles=titles) for part in self._parts]
        empty = np.zeros(0, np.float32)
        return lambda row: np.concatenate([empty, *(part.of(row.hashes, row.impacts) for part in parts)])

    def doc_freq_beside(
        self, hashes: NDArray[np.uint64], more: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """See `TrackedCorpus`."""
        counted, now = self.statistics.counted(hashes), self._doc_freq_now(self._numbers(hashes), len(hashes))
        return stepped(counted, now), stepped(counted, now + more)

    def docs_with(self, number: int) -> NDArray[np.int64]:
        """See `TrackedCorpus`."""
        found = [NO_DOCS]
        for part in self._parts:
            term = int(part.forward.numbers(np.array([number], np.uint64))[0])
            if term >= 0:
                found.append(part.segment.docs[part.segment.postings(term)].astype(np.int64) + part.first)
        return np.concatenate(found)

    def recent(self) -> NDArray[np.bool_]:
        """See `TrackedCorpus`."""
        small = [part.segment.max_doc < RECENT * self.max_doc for part in self._parts]
        return np.repeat(np.array(small, bool), [part.segment.max_doc for part in self._parts])

    def all_languages(self) -> Sequence[str]:
        """See `TrackedCorpus`."""
        return self.snapshot.languages()
