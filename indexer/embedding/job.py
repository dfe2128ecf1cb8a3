"""Embedding: the vectors of a neural space made in the background, while the archive answers and is written to.

Articles are encoded in small pieces, newest first. Each piece goes into the space's `VectorCache` in one transaction,
which is what a killed process finds again. Now and then what is ready becomes part of the index: a vector file beside
each segment, and one swap of the manifest. Neither lock of the archive is held while a model is at work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from indexer.base.archive_folder import IndexFolder
from indexer.commit.commit import swap
from indexer.commit.vector_files import with_vectors_of
from indexer.embedding.space_files import empty_rows, fill, ready, write_record, write_space
from indexer.segment.manifest import Manifest, SegmentEntry, SpaceEntry
from indexer.segment.segment import Segment
from indexer.store import Store
from indexer.vectors.cache import VectorCache, text_digest
from indexer.vectors.encoder import Encoder, NotFiniteError, encode_articles
from indexer.vectors.resolution import MIN_DOCS, measure
from indexer.vectors.space import NEURAL, lacks_vectors
from indexer.vectors.spec import ModelSpec
from indexer.vectors.worth import measure_worths

PIECE = 32  # articles encoded between two transactions
LOOKED_UP = 1024  # articles read at a time, and encoded in the order of their lengths
PUBLISH_SECONDS = 30.0  # what is encoded becomes part of the index this often,
PUBLISH_SHARE = 0.05  # but no more than this share of the time goes into that
MEASURE_GROWTH = 1.5  # the resolution is measured again when the archive has grown or shrunk by this factor

Lock = Callable[[], AbstractContextManager[None]]


@dataclass(slots=True)
class EmbedReport:
    """What became of a space."""

    encoded: int = 0  # articles, by the model
    reused: int = 0  # articles whose text had been encoded before
    ready: int = 0  # live articles with a vector
    total: int = 0  # live articles
    refused: list[str] = field(default_factory=list)  # what the model could make nothing of, one line each


class Job:
    """Brings one space up to date with the articles. `open_encoder` is called when something has to be encoded.

    `maintaining` and `writing` hold the archive's locks. Progress is told how many articles are done.
    """

    def __init__(
        self,
        index: IndexFolder,
        store: Store,
        name: str,
        cache: VectorCache,
        open_encoder: Callable[[], Encoder],
        locks: tuple[Lock, Lock],
    ) -> None:
        if cache.spec is None:
            raise ValueError("the cache has no model yet")
        self._index, self._store, self._cache = index, store, cache
        self.name = name
        self._spec: ModelSpec = cache.spec
        self._open_encoder = open_encoder
        self._encoder: Encoder | None = None
        self._maintaining, self._writing = locks
        self._digests: dict[int, bytes] = {}  # by sequence number, of the articles this has looked at
        self._published, self._publishing_took = time.monotonic(), 0.0
        self.report = EmbedReport()

    def run(self, progress: Callable[[int], object] = lambda done: None) -> EmbedReport:
        """Encodes what is not encoded, articles that are added meanwhile included, and publishes it."""
        while missing := self._missing():
            for seqs in missing:
                self._look_at(seqs, progress)
            self.publish()
        self.publish()
        self._cache.drop_others()
        self.report.ready, self.report.total = ready(self._index, Manifest.load(self._index), self.name)
        return self.report

    def waiting(self) -> int:
        """How many articles have no vector in the index."""
        return sum(len(seqs) for seqs in self._missing())

    def _missing(self) -> list[list[int]]:
        """Sequence numbers of the live articles that have no vector and have not been looked at, the newest first."""
        manifest = Manifest.load(self._index)
        entry = manifest.spaces.get(self.name)
        ours = entry is not None and self._is_ours(entry)
        found: list[int] = []
        for segment_entry in lacks_vectors(manifest, self.name) if ours else manifest.segments:
            segment = Segment(self._index, segment_entry)
            rows = segment.seq[segment.live & empty_rows(segment, self.name, entry if ours else None)]
            found += [seq for seq in rows.tolist() if seq not in self._digests]
        found.reverse()
        return [found[start : start + LOOKED_UP] for start in range(0, len(found), LOOKED_UP)]

    def _look_at(self, seqs: Sequence[int], progress: Callable[[int], object]) -> None:
        texts = self._store.texts(seqs)
        self._digests |= dict.fromkeys(seqs, b"")  # those removed meanwhile are not looked for again
        self._digests |= {seq: text_digest(*text) for seq, text in texts.items()}
        known = self._cache.get(self._digests[seq] for seq in texts)
        fresh = {self._digests[seq]: text for seq, text in texts.items() if self._digests[seq] not in known}
        self.report.reused += len(texts) - len(fresh)
        progress(len(seqs) - len(fresh))
        digests = sorted(fresh, key=lambda digest: len(fresh[digest][1]))  # so that little is padded
        for start in range(0, len(digests), PIECE):
            piece = digests[start : start + PIECE]
            if self._encoder is None:
                self._encoder = self._open_encoder()
            encoded = self._encode(self._encoder, {digest: fresh[digest] for digest in piece})
            if encoded:
                self._cache.put(list(encoded), np.stack(list(encoded.values())))
            self.report.encoded += len(encoded)
            progress(len(piece))
            since = time.monotonic() - self._published
            if since > max(PUBLISH_SECONDS, self._publishing_took / PUBLISH_SHARE):
                self.publish(complete=False)

    def _encode(self, encoder: Encoder, texts: dict[bytes, tuple[str, str]]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors of texts by digest, without those that the model gives no finite numbers for, which are reported.
        Raises NotFiniteError if it has never given any."""
        with suppress(NotFiniteError):
            return dict(zip(texts, encode_articles(encoder, list(texts.values())), strict=True))
        encoded: dict[bytes, NDArray[np.float32]] = {}
        errors: list[NotFiniteError] = []
        for digest, text in texts.items():
            try:
                encoded[digest] = encode_articles(encoder, [text])[0]
            except NotFiniteError as error:
                errors.append(error)
        if errors and not encoded and not self._cache.count():
            raise errors[0]
        self.report.refused += map(str, errors)
        return encoded

    def publish(self, *, complete: bool = True) -> None:
        """Makes what is encoded part of the index. A space that replaces an older one of its name waits until it is
        `complete`."""
        started = time.monotonic()
        with self._maintaining():
            manifest = Manifest.load(self._index)
            former = manifest.spaces.get(self.name)
            if complete or former is None or self._is_ours(former):
                self._publish(manifest, complete=complete)
        self._published = time.monotonic()
        self._publishing_took = self._published - started

    def _publish(self, manifest: Manifest, *, complete: bool) -> None:
        former = manifest.spaces.get(self.name)
        ours = former if former is not None and self._is_ours(former) else None
        space = ours or write_space(self._index, self.name, self._cache)
        filled = fill(self._index, manifest, self.name, space, self._cache, self._digests)
        if complete:
            space = self._measured(space, manifest, [filled.get(e.name, e) for e in manifest.segments])
        if not filled and space == former:
            return
        with self._writing():
            current = Manifest.load(self._index)
            segments = tuple(
                with_vectors_of(entry, filled[entry.name], self.name) if entry.name in filled else entry
                for entry in current.segments
            )
            spaces = {**current.spaces, self.name: space}
            new = replace(current, generation=current.generation + 1, segments=segments, spaces=spaces)
            swap(self._index, current, new)

    def _measured(self, space: SpaceEntry, manifest: Manifest, entries: Sequence[SegmentEntry]) -> SpaceEntry:
        """`space` with its resolution and worth, measured unless that has been done of about as many articles."""
        docs = sum(entry.live_docs for entry in entries)
        is_measured = space.fitted_docs and 1 / MEASURE_GROWTH <= docs / space.fitted_docs <= MEASURE_GROWTH
        if docs < MIN_DOCS or (is_measured and self._cache.worths):
            return space
        if self._encoder is None:
            self._encoder = self._open_encoder()
        segments = [Segment(self._index, entry) for entry in entries]
        resolution = measure(self._encoder, self._store, segments, self.name)
        if resolution is None:
            return space
        worths = measure_worths(self._encoder, self._store, segments, self.name, manifest.language)
        self._cache.set_measured(resolution, docs, worths)
        return write_record(self._index, replace(space, fitted_docs=docs), self._spec, resolution, worths)

    def _is_ours(self, entry: SpaceEntry) -> bool:
        """Whether a space of the index has the vectors of this model: the fingerprint is in the name of its folder."""
        return entry.kind == NEURAL and entry.folder.endswith(f"-{self._spec.short}")
