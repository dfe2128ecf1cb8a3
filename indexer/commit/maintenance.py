"""What keeps an index fast and its own vector space true: merging segments and fitting LSA, beside readers and
writers.

The long part of either works on a snapshot without the write lock. The lock is held only to put the result in place
together with whatever was written meanwhile. Whoever calls these functions holds the archive's maintenance lock.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.base import durable_files
from indexer.base.blas import one_blas_thread
from indexer.base.errors import IndexDamagedError
from indexer.commit.commit import (
    MAINTENANCE_PREFIX,
    add_vectors,
    attach_vectors,
    mark_deleted,
    swap,
    with_vectors_of,
    write_new_segment,
)
from indexer.segment.manifest import Manifest, SegmentEntry, SpaceEntry
from indexer.segment.merger import merge_segments, mergeable
from indexer.segment.segment import Segment
from indexer.vectors.lsa import LsaSpace, fit
from indexer.vectors.space import AT_COMMIT, LSA, SPACES, is_current, open_space, vector_file

MERGE_AT = 8  # segments of a run that are merged in any case
MERGE_MOST = 64  # segments merged at a time; each has files open while it is
MERGE_SHARE = 0.3  # a shorter run is merged too when it holds this share of all articles
MERGE_RATIO = 2  # no segment of a run is more than this many times as large as the others together
MAX_DELETED = 0.25  # share of deleted docs above which a segment is rewritten
REFIT_GROWTH = 1.5  # the space is fitted again when the archive has grown or shrunk by this factor ...
DRIFT_SHARE = 0.1  # ... or when so many of its articles are newer than the space ...
DRIFT_FACTOR = 2.5  # ... and so many times as much of what they say is outside its vocabulary as of those before
DRIFT_LEAST = 0.1  # a smaller share outside is no drift, however little it was before
DRIFT_DOCS = 2000  # newest articles that this is measured on

WriteLock = Callable[[], AbstractContextManager[None]]


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


def merge_if_due(index: Path, writing: WriteLock) -> bool:
    """Merges one run of segments if there is one to merge. Returns whether another look is worth it."""
    manifest = Manifest.load(index)
    run = plan_merge(manifest.segments)
    if run is None:
        return False
    merge(index, manifest, manifest.segments[slice(*run)], writing)
    return True


def merge(index: Path, manifest: Manifest, entries: Sequence[SegmentEntry], writing: WriteLock) -> None:
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


def _write_merged(index: Path, manifest: Manifest, segments: Sequence[Segment]) -> list[SegmentEntry]:
    """The one segment that `segments` become, or none if nothing in them lives."""
    if not segments:
        return []
    merged = write_new_segment(index, _new_name(), merge_segments(segments))
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


def fit_lsa_if_due(index: Path, writing: WriteLock) -> bool:
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
            segments=tuple(_take_vectors(entry, encoded.get(entry.name)) for entry in current.segments),
            spaces={**current.spaces, LSA: space},
        )
        swap(index, current, new)
    return True


def _outgrown(manifest: Manifest, space: SpaceEntry) -> bool:
    return not 1 / REFIT_GROWTH <= manifest.live_docs / space.fitted_docs <= REFIT_GROWTH


def _drifted(index: Path, space: SpaceEntry, segments: Sequence[Segment]) -> bool:
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


def fit_lsa(index: Path, segments: Sequence[Segment]) -> tuple[SpaceEntry, dict[str, SegmentEntry]] | None:
    """Fits a new space on segments and encodes them into it. Returns the space and, by name, the segments' entries
    with their vectors, none of it part of the index yet; or None if there are too few articles."""
    with one_blas_thread():
        model = fit(segments)
    if model is None:
        return None
    folder = f"{_new_name()}-{LSA}"
    with durable_files.writing(index / SPACES / folder):
        files = model.save(index / SPACES / folder)
    # not how many it sampled of them: that would make a large archive look outgrown at once
    live_docs = sum(segment.entry.live_docs for segment in segments)
    last_seq = max(segment.entry.last_seq for segment in segments)
    space = SpaceEntry(LSA, folder, model.components.shape[1], live_docs, files, last_seq)
    with one_blas_thread():
        return space, {segment.entry.name: add_vectors(index, segment, LSA, space) for segment in segments}


def _open_all(index: Path) -> list[Segment]:
    """All segments of the current generation, whatever a writer does meanwhile."""
    while True:
        manifest = Manifest.load(index)
        try:
            return [Segment(index, entry) for entry in manifest.segments]
        except IndexDamagedError:
            if Manifest.load(index).generation == manifest.generation:
                raise


def _take_vectors(entry: SegmentEntry, encoded: SegmentEntry | None) -> SegmentEntry:
    """`entry` with the LSA vectors of `encoded`, an older entry of the same segment."""
    if encoded is None:
        return entry
    return with_vectors_of(entry, encoded, LSA)


def _new_name() -> str:
    return f"{MAINTENANCE_PREFIX}{uuid.uuid4().hex[:12]}"
