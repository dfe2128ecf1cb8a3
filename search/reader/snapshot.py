"""A snapshot: one generation of the index, opened for reading, with the statistics of its live articles."""

from __future__ import annotations

import copy
import math
from bisect import bisect_right
from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from indexer.article.publicity import Calendar
from indexer.base.archive_folder import IndexFolder
from indexer.base.errors import IndexDamagedError
from indexer.schema import BASE, Schema
from indexer.segment.manifest import Manifest, SegmentEntry
from indexer.segment.segment import Segment
from indexer.vectors.space import is_current, open_space
from search.reader.postings import ArrayCache, look_up, weigh

SAMPLE = 1000  # docs whose vectors stand for all where all would take too long
_OPEN_ATTEMPTS = 20


class Snapshot:
    """Immutable and safe to share between threads. A doc has a number from 0 on over all segments; numbers mean
    something only within one snapshot."""

    def __init__(
        self,
        index: IndexFolder,
        manifest: Manifest,
        known: dict[str, Segment],
        *,
        wait: bool = True,
        schema: Schema = BASE,
        calendar: Calendar | None = None,
    ) -> None:
        self.manifest = manifest
        # articles whose time has not come: they are like deleted ones until it has, and then this is another snapshot
        self.waiting = manifest.waiting(calendar or Calendar())
        self.until = min(self.waiting.values(), default=math.inf)
        self.schema = schema  # the fields that queries know, with which not all segments need have been built
        self.opened = [_opened(index, entry, known.get(entry.name)) for entry in manifest.segments]
        self.segments = [
            segment.hiding(seq for seq, _ in segment.entry.waiting if seq in self.waiting)
            if self.waiting and segment.entry.waiting
            else segment
            for segment in self.opened
        ]
        self.spaces = {name: open_space(index, entry, wait=wait) for name, entry in manifest.spaces.items()}
        self.first_docs = np.cumsum([0, *(segment.max_doc for segment in self.segments)])
        self._firsts: list[int] = self.first_docs[:-1].tolist()
        self._count()

    def without(self, seqs: Collection[int]) -> Snapshot:
        """This snapshot with the articles of these sequence numbers as if they were deleted, too. It shares all files
        and spaces."""
        other = copy.copy(self)
        other.segments = [segment.hiding(seqs) for segment in self.segments]
        other._count()
        return other

    def _count(self) -> None:
        """Takes the live articles for those of the segments."""
        manifest = self.manifest
        self.num_docs = manifest.live_docs - sum(len(segment.hidden) for segment in self.segments)
        # caches of functions that do not hold the snapshot itself: it must go, and let go of its files, as soon as
        # nobody uses it any more
        self.sample_vectors = lru_cache(maxsize=64)(partial(_sample_vectors, manifest, self.segments))
        self.word = lru_cache(maxsize=1 << 14)(
            partial(look_up, self.segments, self._text_rows(), self.num_docs, ArrayCache())
        )
        self.words = lru_cache(maxsize=1 << 14)(partial(weigh, self.word, self.num_docs))
        self.lacking = lru_cache(maxsize=64)(partial(_lacking, manifest, self.segments))

    @classmethod
    def open(
        cls,
        index: IndexFolder,
        previous: Snapshot | None = None,
        *,
        wait: bool = True,
        schema: Schema = BASE,
        calendar: Calendar | None = None,
    ) -> Snapshot:
        """The current generation. Segments that `previous` has open already are not opened again; `previous` itself
        comes back if nothing was committed since and the time of no article has come. `wait` says whether a query
        waits for a neural model to be loaded or is answered without it until it is. The `calendar` says which articles
        are not public yet.

        Raises IndexDamagedError if the index cannot be read.
        """
        calendar = calendar or Calendar()
        known = {segment.entry.name: segment for segment in previous.opened} if previous else {}
        manifest = Manifest.load(index)
        for _ in range(_OPEN_ATTEMPTS):
            if previous is not None and manifest == previous.manifest and calendar.now() < previous.until:
                return previous
            try:
                return cls(index, manifest, known, wait=wait, schema=schema, calendar=calendar)
            except IndexDamagedError:
                # a writer may have swapped the manifest and removed files between our reading the one and the other
                newer = Manifest.load(index)
                if newer.generation == manifest.generation:
                    raise
                manifest = newer
        return cls(index, manifest, known, wait=wait, schema=schema, calendar=calendar)

    def _text_rows(self) -> dict[str, list[int | None]]:
        """By the name of a text field its row in each segment, -1 for a segment that was built without it; under the
        empty name, which means any field, None."""
        rows: dict[str, list[int | None]] = {"": [None] * len(self.segments)}
        for name in self.schema.text:
            rows[name] = [segment.text_row(self.schema.fields[name]) for segment in self.segments]
        return rows

    @property
    def max_doc(self) -> int:
        """One past the highest doc number, deleted docs included."""
        return int(self.first_docs[-1])

    def idf(self, term: bytes, field: str = "") -> float:
        """The idf of `term` over the live articles; 0 where no article has it."""
        return self.word(term, field).idf

    def doc_freq(self, term: bytes, field: str = "") -> int:
        """How many live articles have `term`, in any text field or in the one named."""
        return self.word(term, field).doc_freq

    def locate(self, doc: int) -> tuple[Segment, int]:
        """The segment a doc is in, and its number there."""
        number = bisect_right(self._firsts, doc) - 1
        return self.segments[number], doc - self._firsts[number]

    def article_id(self, doc: int) -> str:
        """The id of the article that is doc `doc`."""
        segment, local = self.locate(doc)
        return segment.article_id(local)

    def seq_of(self, doc: int) -> int:
        """The store sequence number of the article version that is doc `doc`."""
        segment, local = self.locate(doc)
        return int(segment.seq[local])

    def seqs(self) -> NDArray[np.int64]:
        """(max_doc,) the store sequence numbers of all docs, ascending."""
        return _joined([segment.seq for segment in self.segments])

    def doc_of(self, seq: int) -> int:
        """The doc of the article version with this store sequence number, or -1 if this generation has it not."""
        for segment, first in zip(self.segments, self.first_docs.tolist(), strict=False):
            if seq <= segment.entry.last_seq:
                local = segment.doc_of(seq)
                return first + local if local >= 0 and segment.live[local] else -1
        return -1

    def live(self) -> NDArray[np.bool_]:
        """(max_doc,) False for deleted docs."""
        return np.concatenate([segment.live for segment in self.segments]) if self.segments else np.zeros(0, bool)

    def dates(self) -> NDArray[np.int64]:
        """(max_doc,) seconds since 1970, or columns.NO_DATE."""
        return _joined([segment.date for segment in self.segments])

    def languages(self) -> tuple[str, ...]:
        """The languages of the archive, that of articles which do not name theirs first."""
        return self._languages

    @cached_property
    def _languages(self) -> tuple[str, ...]:
        named = {v for segment in self.segments for v in segment.keywords["language"].values}
        return (self.manifest.language, *sorted(named - {self.manifest.language}))


def _opened(index: IndexFolder, entry: SegmentEntry, known: Segment | None) -> Segment:
    """A segment, which is the one known where nothing has changed."""
    return known if known is not None and known.entry == entry else Segment(index, entry, known)


def _joined(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Arrays one after the other; one alone as it is, without a copy."""
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, np.int64), *parts])


def _lacking(manifest: Manifest, segments: Sequence[Segment], space: str) -> NDArray[np.bool_] | None:
    """(max_doc,) True for docs that have no vector yet in a space; None where all have one, or say nothing to it."""
    entry = manifest.spaces[space]
    parts: list[NDArray[np.bool_]] = []
    for segment in segments:
        vectors = segment.vectors(space) if is_current(segment.entry, space, entry) else None
        if vectors is None:
            parts.append(np.ones(segment.max_doc, bool))
        elif space in segment.entry.partial:
            parts.append(np.logical_not(vectors.any(axis=1)))
        else:
            parts.append(np.zeros(segment.max_doc, bool))
    lacking = np.concatenate(parts) if parts else np.zeros(0, bool)
    return lacking if lacking.any() else None


def _sample_vectors(manifest: Manifest, segments: Sequence[Segment], space: str) -> NDArray[np.float32]:
    """(n, dim) the vectors of docs spread evenly over the archive, about `SAMPLE` of them or all."""
    stride = max(1, sum(segment.max_doc for segment in segments) // SAMPLE)
    none = np.zeros((0, manifest.spaces[space].dim), np.float32)
    return np.concatenate(
        [none, *(vectors[::stride] for segment in segments if (vectors := segment.vectors(space)) is not None)]
    )
