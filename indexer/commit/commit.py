"""Commits: new segments, deletions, impacts and vectors written beside the old, then one swap of the manifest.

Whoever calls these functions holds the archive's write lock.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from indexer.base.durable_files import TEMPORARY, FileRecord, sync_folder, write_array, write_arrays
from indexer.base.errors import IndexDamagedError
from indexer.schema import TEXT_FIELDS, Field, Kind
from indexer.segment.columns import Columns, declared_values
from indexer.segment.impacts import impacts
from indexer.segment.inverter import Inverter
from indexer.segment.manifest import Manifest, SegmentEntry, SpaceEntry
from indexer.segment.segment import SEGMENTS, Segment, SegmentData, codes_file, write_segment
from indexer.store import StoredRecord
from indexer.vectors.codes import FROM_DOCS, sign_codes
from indexer.vectors.space import AT_COMMIT, SPACES, encode_segment, is_current, vector_file

MAINTENANCE_PREFIX = "m-"  # of folders written outside the write lock
MAX_FORMS = 2_000_000  # word forms an inverter may remember, some 300 MB, before it starts afresh
AVGDL_TOLERANCE = 1e-3  # impacts are recomputed when an average length has moved by more than this share

_inverters: dict[str, Inverter] = {}


@dataclass(frozen=True, slots=True)
class Batch:
    """Stored articles on their way into a segment; cheap to hand to another process, for it is one run of bytes."""

    seqs: Sequence[int]  # ascending
    json: bytes  # their records, as one JSON array

    @classmethod
    def of(cls, records: Sequence[StoredRecord]) -> Batch:
        """The batch of these records."""
        return cls([record.seq for record in records], b"[%b]" % b",".join([record.json for record in records]))


def build_segment(index: Path, name: str, batch: Batch, language: str, fields: tuple[Field, ...] = ()) -> SegmentEntry:
    """Inverts a batch into a new segment called `name`, with the declared `fields`, ascending by name. Its entry has no
    impacts yet. Runs in any process."""
    records = orjson.loads(batch.json)
    columns = [[record.get(field, "") for record in records] for field in TEXT_FIELDS]
    columns += [[text or "" for text in declared_values(records, field)] for field in fields if field.kind == Kind.TEXT]
    texts = [(article, record.get("language", "")) for *article, record in zip(*columns, records, strict=True)]
    postings = _inverter(language).invert(texts)
    data = SegmentData(postings, Columns.from_records(batch.seqs, records, fields), fields)
    return write_new_segment(index, name, data)


def _inverter(language: str) -> Inverter:
    """This process's inverter: the forms it has met in one batch need no analysis in the next."""
    inverter = _inverters.get(language)
    if inverter is None or inverter.n_forms > MAX_FORMS:
        inverter = _inverters[language] = Inverter(language)
    return inverter


def write_new_segment(index: Path, name: str, data: SegmentData) -> SegmentEntry:
    """Writes `data` as the segment called `name`, over whatever a crash may have left there."""
    folder = index / SEGMENTS / name
    if folder.exists():
        shutil.rmtree(folder)
    files = write_segment(folder, data)
    columns = data.columns
    dl_sum = tuple(int(total) for total in data.postings.dl.sum(axis=1, dtype=np.int64))
    last_seq = int(columns.seq[-1]) if len(columns.seq) else 0
    return SegmentEntry(name, len(columns.ids), last_seq, files, impacts="", dl_sum=dl_sum, fields=data.fields)


def mark_deleted(index: Path, generation: int, entry: SegmentEntry, seqs: Iterable[int]) -> SegmentEntry:
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
        files=_without(entry.files, entry.deleted) | {file: record},
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


def commit(index: Path, entries: Sequence[SegmentEntry], change: Change) -> Manifest:
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
    index: Path,
    entries: Sequence[SegmentEntry],
    change: Change,
    spaces: Mapping[str, SpaceEntry],
    settings: Manifest,
    approve: Callable[[Manifest], None] = lambda manifest: None,
) -> Manifest:
    """Replaces all segments and vector spaces by new ones, whatever state the old are in. Where the manifest is lost,
    the language and the parameters are those of `settings`. What `approve` raises when it sees the new generation,
    complete and not yet current, keeps it from taking the old one's place."""
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
        avgdl=(),
        segments=tuple(entries),
        spaces=spaces,
    )
    new = swap(index, old, new, approve)
    remove_leftovers(index, new, spare_merges=False)
    return new


def swap(
    index: Path, old: Manifest, new: Manifest, approve: Callable[[Manifest], None] = lambda manifest: None
) -> Manifest:
    """Completes `new` with the impacts and vectors it lacks, makes it the current generation, and removes the files
    that only `old` used; readers that have them open keep them."""
    new = with_impacts(index, with_vectors(index, new))
    approve(new)
    current, former = _files(index, new), _files(index, old)
    _sync_names(current - former)
    new.save(index)
    for path in former - current:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in former} - {path.parent for path in current}:
        shutil.rmtree(folder, ignore_errors=True)
    return new


def _sync_names(files: Iterable[Path]) -> None:
    """Flushes the names of new files and of their folders: a file that is on the disk, but in no folder after a power
    cut, would be missing from the generation that names it."""
    folders = {path.parent for path in files}
    for folder in sorted(folders | {folder.parent for folder in folders} | {f.parent.parent for f in folders}):
        sync_folder(folder)


def remove_leftovers(index: Path, manifest: Manifest, *, spare_merges: bool) -> None:
    """Removes what a process that died left behind. `spare_merges` leaves alone what may be a merge or a fit at
    work in another process."""
    for path in index.glob(f".*{TEMPORARY}"):
        path.unlink(missing_ok=True)
    files = _files(index, manifest)
    used = {path.parent for path in files}
    for path in (path for folder in used if folder.is_dir() and not spare_merges for path in folder.iterdir()):
        if path not in files:
            path.unlink()
    for parent in (index / SEGMENTS, index / SPACES):
        for folder in parent.iterdir() if parent.is_dir() else ():
            if folder not in used and not (spare_merges and folder.name.startswith(MAINTENANCE_PREFIX)):
                shutil.rmtree(folder, ignore_errors=True)


def _files(index: Path, manifest: Manifest) -> set[Path]:
    return {index / SEGMENTS / entry.name / file for entry in manifest.segments for file in entry.files} | {
        index / SPACES / space.folder / file for space in manifest.spaces.values() for file in space.files
    }


def with_vectors(index: Path, manifest: Manifest) -> Manifest:
    """`manifest` with a vector file for every segment and every space that encodes at once. Of the other spaces, what
    is not encoded yet stays away, and what is of an older space of the same name is let go."""
    for name, space in manifest.spaces.items():
        missing = [entry for entry in manifest.segments if not is_current(entry, name, space)]
        if space.kind in AT_COMMIT:
            done = {entry.name: add_vectors(index, Segment(index, entry), name, space) for entry in missing}
        else:
            done = {entry.name: without_vectors(entry, name) for entry in missing}
        segments = tuple(done.get(entry.name, entry) for entry in manifest.segments)
        manifest = replace(manifest, segments=segments)
    return manifest


def add_vectors(index: Path, segment: Segment, name: str, space: SpaceEntry) -> SegmentEntry:
    """Encodes a segment into a space and returns its entry with the new file. The segment comes opened: without the
    write lock, a commit may meanwhile have removed files of its that the next generation does without."""
    return attach_vectors(index, segment.entry, name, vector_file(space), encode_segment(index, space, segment))


def attach_vectors(
    index: Path, entry: SegmentEntry, name: str, file: str, vectors: NDArray[np.float32], *, partial: bool = False
) -> SegmentEntry:
    """Writes vectors (max_doc, dim) and, for a large segment, their sign codes beside it and returns its entry with
    them, without older ones of that space. `partial` says that some articles have none yet; their rows are zero."""
    folder = index / SEGMENTS / entry.name
    records = {file: write_array(folder / file, vectors)}
    if len(vectors) >= FROM_DOCS:
        records[codes_file(file)] = write_arrays(folder / codes_file(file), sign_codes(vectors))
    return _with_vector_files(entry, name, file, records, partial=partial)


def with_vectors_of(entry: SegmentEntry, encoded: SegmentEntry, name: str) -> SegmentEntry:
    """`entry` with the vectors that `encoded`, an older entry of the same segment, has in the space called `name`."""
    file = encoded.vectors[name]
    written = {part: encoded.files[part] for part in (file, codes_file(file)) if part in encoded.files}
    return _with_vector_files(entry, name, file, written, partial=name in encoded.partial)


def _with_vector_files(
    entry: SegmentEntry, name: str, file: str, records: Mapping[str, FileRecord], *, partial: bool
) -> SegmentEntry:
    """`entry` with a vector file, and perhaps the codes beside it, that are written already."""
    bare = without_vectors(entry, name)
    return replace(
        bare,
        files={**bare.files, **records},
        vectors={**bare.vectors, name: file},
        partial=(*bare.partial, name) if partial else bare.partial,
    )


def without_vectors(entry: SegmentEntry, name: str) -> SegmentEntry:
    """`entry` without its vectors in the space called `name`, and their codes."""
    file = entry.vectors.get(name, "")
    return replace(
        entry,
        files=_without(_without(entry.files, file), codes_file(file)),
        vectors={space: file for space, file in entry.vectors.items() if space != name},
        partial=tuple(space for space in entry.partial if space != name),
    )


def with_impacts(index: Path, manifest: Manifest) -> Manifest:
    """`manifest` with impacts for every segment: those that lack them get them, and all get new ones when the
    average lengths have moved away from those that the others were computed with."""
    live = manifest.live_avgdl() if manifest.segments else ()
    live_of_fields = manifest.live_field_avgdl()
    moved = (
        len(live) != len(manifest.avgdl)
        or live_of_fields.keys() != manifest.field_avgdl.keys()
        or any(
            abs(now - then) > AVGDL_TOLERANCE * then
            for now, then in zip(
                (*live, *live_of_fields.values()),
                (*manifest.avgdl, *(manifest.field_avgdl[name] for name in live_of_fields)),
                strict=True,
            )
        )
    )
    if moved:
        manifest = replace(manifest, avgdl=live, field_avgdl=live_of_fields)
    segments = tuple(
        _add_impacts(index, manifest, entry) if moved or not entry.impacts else entry for entry in manifest.segments
    )
    return replace(manifest, segments=segments)


def _add_impacts(index: Path, manifest: Manifest, entry: SegmentEntry) -> SegmentEntry:
    segment = Segment(index, entry)
    values = impacts(segment.docs, segment.tf, segment.dl, manifest.avgdl_of(entry), manifest.bm25_of(entry))
    file = f"impacts-{manifest.generation:08d}.npy"
    record = write_array(segment.folder / file, values)
    return replace(entry, impacts=file, files=_without(entry.files, entry.impacts) | {file: record})


def _without(files: Mapping[str, FileRecord], name: str) -> dict[str, FileRecord]:
    return {key: value for key, value in files.items() if key != name}
