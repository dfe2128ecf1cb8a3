"""Keeping the archive's own vector space true: LSA is fitted again when the archive has outgrown it or moved on.

The long part works on a snapshot without the write lock, which is held only to put the result in place. Whoever calls
these functions holds the archive's maintenance lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from indexer.base import durable_files
from indexer.base.archive_folder import IndexFolder
from indexer.base.blas import one_blas_thread
from indexer.base.errors import IndexDamagedError
from indexer.commit.cleanup import maintenance_name
from indexer.commit.commit import WriteLock, swap
from indexer.commit.vector_files import add_vectors, with_vectors_of
from indexer.segment.manifest import Manifest, SegmentEntry, SpaceEntry
from indexer.segment.segment import Segment
from indexer.vectors.lsa import LsaSpace, fit
from indexer.vectors.space import LSA, open_space

REFIT_GROWTH = 1.5  # the space is fitted again when the archive has grown or shrunk by this factor ...
DRIFT_SHARE = 0.1  # ... or when so many of its articles are newer than the space ...
DRIFT_FACTOR = 2.5  # ... and so many times as much of what they say is outside its vocabulary as of those before
DRIFT_LEAST = 0.1  # a smaller share outside is no drift, however little it was before
DRIFT_DOCS = 2000  # newest articles that this is measured on


def fit_lsa_if_due(index: IndexFolder, writing: WriteLock) -> bool:
    """Fits the archive's own space if it has none yet or has outgrown it. Returns whether it did."""
    manifest = Manifest.load(index)
    space = manifest.spaces.get(LSA)
    segments = _open_all(index)
    if space is not None and not _outgrown(manifest, space) and not _drifted(index, space, segments):
        return False
    fitted = fit_lsa(index, segments)
    if fitted is None:
        return False
    space, encoded = fitted
    with writing():
        current = Manifest.load(index)
        new = replace(
            current,
            generation=current.generation + 1,
            segments=tuple(
                with_vectors_of(entry, encoded[entry.name], LSA) if entry.name in encoded else entry
                for entry in current.segments
            ),
            spaces={**current.spaces, LSA: space},
        )
        swap(index, current, new)
    return True


def _outgrown(manifest: Manifest, space: SpaceEntry) -> bool:
    return not 1 / REFIT_GROWTH <= manifest.live_docs / space.fitted_docs <= REFIT_GROWTH


def _drifted(index: IndexFolder, space: SpaceEntry, segments: Sequence[Segment]) -> bool:
    """Whether the articles that came since the space was fitted speak of other things than those it was fitted on."""
    firsts = [int(np.searchsorted(segment.seq, space.last_seq, side="right")) for segment in segments]
    newer = sum(int(segment.live[first:].sum()) for segment, first in zip(segments, firsts, strict=True))
    opened = open_space(index, space)
    if not space.last_seq or newer < DRIFT_SHARE * space.fitted_docs or not isinstance(opened, LsaSpace):
        return False
    shares: list[float] = []
    for segment, first in zip(reversed(segments), reversed(firsts), strict=True):
        if len(shares) < DRIFT_DOCS:
            shares += opened.share_outside(segment, max(first, segment.max_doc - DRIFT_DOCS)).tolist()
    return bool(shares) and float(np.mean(shares)) > max(DRIFT_LEAST, DRIFT_FACTOR * opened.outside)


def fit_lsa(index: IndexFolder, segments: Sequence[Segment]) -> tuple[SpaceEntry, dict[str, SegmentEntry]] | None:
    """Fits a new space on segments and encodes them into it. Returns the space and, by name, the segments' entries
    with their vectors, none of it part of the index yet; or None if there are too few articles."""
    with one_blas_thread():
        model = fit(segments)
    if model is None:
        return None
    folder = f"{maintenance_name()}-{LSA}"
    with durable_files.writing(index.space(folder)):
        files = model.save(index.space(folder))
    # not how many it sampled of them: that would make a large archive look outgrown at once
    live_docs = sum(segment.entry.live_docs for segment in segments)
    last_seq = max(segment.entry.last_seq for segment in segments)
    space = SpaceEntry(LSA, folder, model.components.shape[1], live_docs, files, last_seq)
    with one_blas_thread():
        return space, {segment.entry.name: add_vectors(index, segment, LSA, space) for segment in segments}


def _open_all(index: IndexFolder) -> list[Segment]:
    """All segments of the current generation, whatever a writer does meanwhile."""
    while True:
        manifest = Manifest.load(index)
        try:
            return [Segment(index, entry) for entry in manifest.segments]
        except IndexDamagedError:
            if Manifest.load(index).generation == manifest.generation:
                raise
