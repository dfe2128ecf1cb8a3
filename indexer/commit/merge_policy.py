"""Decides which neighbouring segments are merged, so that there are few, and carries it out beside writers.

The long part works on a snapshot without the write lock, which is held only to put the result in place together with
what was deleted meanwhile. Whoever calls these functions holds the archive's maintenance lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indexer.base.archive_folder import IndexFolder
from indexer.base.blas import one_blas_thread
from indexer.base.errors import IndexDamagedError
from indexer.commit.builder import write_new_segment
from indexer.commit.cleanup import maintenance_name
from indexer.commit.commit import WriteLock, mark_deleted, swap
from indexer.commit.vector_files import attach_vectors
from indexer.segment.manifest import Manifest, SegmentEntry, SpaceEntry
from indexer.segment.merger import merge_segments, mergeable
from indexer.segment.segment import Segment
from indexer.vectors.space import AT_COMMIT, is_current, vector_file

MERGE_AT = 8  # segments of a run that are merged in any case
MERGE_MOST = 64  # segments merged at a time; each has files open while it is
MERGE_SHARE = 0.3  # a shorter run is merged too when it holds this share of all articles
MERGE_RATIO = 2  # no segment of a run is more than this many times as large as the others together
MAX_DELETED = 0.25  # share of deleted docs above which a segment is rewritten


def plan_merge(entries: Sequence[SegmentEntry]) -> tuple[int, int] | None:
    """The range of neighbouring segments to merge next, or None.

    Neighbours only: the docs of an index stay in the order in which the store accepted them. A run goes up to the
    newest segment and has none that is much larger than the others together, so sizes fall geometrically, an article
    is rewritten some log(N) times, and a query visits some log(N) segments. Of a very long run the first part is
    merged first. Segments built when a field was declared in different ways stay apart.
    """
    for number, entry in enumerate(entries):
        if entry.deleted_docs > MAX_DELETED * entry.docs:
            return number, number + 1
    sizes = [entry.live_docs for entry in entries]
    for start in range(len(sizes) - 1):
        run = sizes[start:]
        if max(run) <= MERGE_RATIO * (sum(run) - max(run)) and mergeable(entries[start:]):
            enough = len(run) >= MERGE_AT or sum(run) >= MERGE_SHARE * sum(sizes)
            return (start, min(len(sizes), start + MERGE_MOST)) if enough else None
    return None


def merge_if_due(index: IndexFolder, writing: WriteLock) -> bool:
    """Merges one run of segments if there is one to merge. Returns whether another look is worth it."""
    manifest = Manifest.load(index)
    run = plan_merge(manifest.segments)
    if run is None:
        return False
    merge(index, manifest, manifest.segments[slice(*run)], writing)
    return True


def merge(index: IndexFolder, manifest: Manifest, entries: Sequence[SegmentEntry], writing: WriteLock) -> None:
    """Merges neighbouring segments of `manifest` and puts the result in their place; does nothing if they have been
    changed so much meanwhile that it cannot.

    Raises IndexDamagedError if a file of theirs is not what was written.
    """
    try:
        segments = [Segment(index, entry) for entry in entries]
        for segment in segments:
            segment.verify()  # or damage would be copied and get a checksum that says it is sound
    except IndexDamagedError:
        if Manifest.load(index).generation == manifest.generation:
            raise
        return  # a writer has replaced the file that is missing
    merged = _write_merged(index, manifest, [segment for segment in segments if segment.entry.live_docs])
    with writing():
        current = Manifest.load(index)
        names = [entry.name for entry in current.segments]
        try:
            start = names.index(entries[0].name)
        except ValueError:
            return  # the whole index was rebuilt meanwhile; what this wrote is swept up as a leftover
        if names[start : start + len(entries)] != [entry.name for entry in entries]:
            return
        generation = current.generation + 1
        for segment, entry in zip(segments, current.segments[start:], strict=False):
            since = np.setdiff1d(Segment(index, entry).deleted, segment.deleted)
            merged = [mark_deleted(index, generation, m, segment.seq[since].tolist()) for m in merged]
        after = (*current.segments[:start], *merged, *current.segments[start + len(entries) :])
        swap(index, current, replace(current, generation=generation, segments=after))


def _write_merged(index: IndexFolder, manifest: Manifest, segments: Sequence[Segment]) -> list[SegmentEntry]:
    """The one segment that `segments` become, or none if nothing in them lives."""
    if not segments:
        return []
    merged = write_new_segment(index, maintenance_name(), merge_segments(segments))
    for name, space in manifest.spaces.items():
        encoded = [is_current(segment.entry, name, space) for segment in segments]
        if all(encoded) or (any(encoded) and space.kind not in AT_COMMIT):
            rows = np.concatenate([_live_vectors(s, name, space) for s in segments])
            partial = not all(encoded) or any(name in segment.entry.partial for segment in segments)
            with one_blas_thread():
                merged = attach_vectors(index, merged, name, vector_file(space), rows, partial=partial)
    return [merged]


def _live_vectors(segment: Segment, name: str, space: SpaceEntry) -> NDArray[np.float32]:
    """(n_live, dim) the vectors of a segment's live articles, zeros where it has none in this space."""
    vectors = segment.vectors(name) if is_current(segment.entry, name, space) else None
    return np.zeros((segment.entry.live_docs, space.dim), np.float32) if vectors is None else vectors[segment.live]
