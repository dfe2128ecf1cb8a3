"""Commits: new segments, deletions, impacts and vectors written beside the old, then one swap of the manifest.

Whoever calls these functions holds the archive's write lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from indexer.base.archive_folder import IndexFolder
from indexer.base.array_files import write_array
from indexer.base.durable_files import sync_folder
from indexer.base.errors import IndexDamagedError
from indexer.commit.cleanup import files_of, remove_leftovers, remove_superseded
from indexer.commit.vector_files import with_vectors
from indexer.segment.impacts import impacts
from indexer.segment.manifest import Manifest, SegmentEntry, SpaceEntry
from indexer.segment.segment import Segment

AVGDL_TOLERANCE = 1e-3  # impacts are recomputed when an average length has moved by more than this share

WriteLock = Callable[[], AbstractContextManager[None]]  # holds the archive's write lock


def mark_deleted(index: IndexFolder, generation: int, entry: SegmentEntry, seqs: Iterable[int]) -> SegmentEntry:
    """`entry` with the articles of these sequence numbers deleted; the same entry if it has none of them."""
    wanted = np.fromiter((seq for seq in seqs if seq <= entry.last_seq), np.int64)
    if not len(wanted):
        return entry
    segment = Segment(index, entry)
    docs = np.flatnonzero(np.isin(segment.seq, wanted))
    docs = docs[segment.live[docs]]
    if not len(docs):
        return entry
    deleted = np.union1d(segment.deleted, docs.astype(np.uint32))
    file = f"deleted-{generation:08d}.npy"
    record = write_array(segment.folder / file, deleted)
    lost = segment.dl[:, docs].sum(axis=1, dtype=np.int64)
    return replace(
        entry,
        files=entry.files_without(entry.deleted) | {file: record},
        deleted=file,
        deleted_docs=len(deleted),
        dl_sum=tuple(int(total - loss) for total, loss in zip(entry.dl_sum, lost, strict=True)),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """How far a commit takes the index through the store's history."""

    last_seq: int
    last_removal: int
    retired: Sequence[int]  # sequence numbers of the versions that were replaced or removed


def commit(index: IndexFolder, entries: Sequence[SegmentEntry], change: Change) -> Manifest:
    """Adds new segments to the index and takes retired versions out, in one step that readers see as a whole."""
    old = Manifest.load(index)
    generation = old.generation + 1
    marked = [mark_deleted(index, generation, entry, change.retired) for entry in (*old.segments, *entries)]
    new = replace(
        old,
        generation=generation,
        last_seq=change.last_seq,
        last_removal=change.last_removal,
        segments=tuple(marked),
    )
    return swap(index, old, new)


def publish(
    index: IndexFolder,
    entries: Sequence[SegmentEntry],
    change: Change,
    spaces: Mapping[str, SpaceEntry],
    settings: Manifest,
    approve: Callable[[Manifest], None] = lambda manifest: None,
) -> Manifest:
    """Replaces all segments and vector spaces by new ones, whatever state the old are in. The language is that of
    `settings`, and where the manifest is lost so are the parameters. What `approve` raises when it sees the new
    generation, complete and not yet current, keeps it from taking the old one's place."""
    try:
        old = Manifest.load(index)
    except IndexDamagedError:
        # how many generations there were is lost; the time is past any of them, so readers see that it goes on
        old = replace(settings, generation=int(time.time()))
    new = replace(
        old,
        generation=old.generation + 1,
        last_seq=change.last_seq,
        last_removal=change.last_removal,
        language=settings.language,
        avgdl=(),
        segments=tuple(entries),
        spaces=spaces,
    )
    new = swap(index, old, new, approve)
    remove_leftovers(index, new, spare_merges=False)
    return new


def swap(
    index: IndexFolder, old: Manifest, new: Manifest, approve: Callable[[Manifest], None] = lambda manifest: None
) -> Manifest:
    """Completes `new` with the impacts and vectors it lacks, makes it the current generation, and removes the files
    that only `old` used; readers that have them open keep them."""
    new = with_impacts(index, with_vectors(index, new))
    approve(new)
    _sync_names(files_of(index, new) - files_of(index, old))
    new.save(index)
    remove_superseded(index, old, new)
    return new


def _sync_names(files: Iterable[Path]) -> None:
    """Flushes the names of new files and of their folders: a file that is on the disk, but in no folder after a power
    cut, would be missing from the generation that names it."""
    folders = {path.parent for path in files}
    for folder in sorted(folders | {folder.parent for folder in folders} | {f.parent.parent for f in folders}):
        sync_folder(folder)


def with_impacts(index: IndexFolder, manifest: Manifest) -> Manifest:
    """`manifest` with impacts for every segment: those that lack them get them, and all get new ones when the
    average lengths have moved away from those that the others were computed with."""
    live = manifest.live_avgdl() if manifest.segments else ()
    declared = manifest.live_field_avgdl()
    moved = _moved(dict(enumerate(live)), dict(enumerate(manifest.avgdl))) or _moved(declared, manifest.field_avgdl)
    if moved:
        manifest = replace(manifest, avgdl=live, field_avgdl=declared)
    segments = tuple(
        _add_impacts(index, manifest, entry) if moved or not entry.impacts else entry for entry in manifest.segments
    )
    return replace(manifest, segments=segments)


def _moved(now: Mapping[Any, float], then: Mapping[Any, float]) -> bool:
    """Whether there are averages of other fields, or one has moved by more than is tolerated."""
    return now.keys() != then.keys() or any(abs(now[key] - then[key]) > AVGDL_TOLERANCE * then[key] for key in now)


def _add_impacts(index: IndexFolder, manifest: Manifest, entry: SegmentEntry) -> SegmentEntry:
    segment = Segment(index, entry)
    values = impacts(segment.docs, segment.tf, segment.dl, manifest.avgdl_of(entry), manifest.bm25_of(entry))
    file = f"impacts-{manifest.generation:08d}.npy"
    record = write_array(segment.folder / file, values)
    return replace(entry, impacts=file, files=entry.files_without(entry.impacts) | {file: record})
