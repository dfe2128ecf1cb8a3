"""Vector files: a segment's vectors in one space, written beside its other files, and which of them its entry names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indexer.base.archive_folder import IndexFolder
from indexer.base.array_files import write_array, write_arrays
from indexer.base.durable_files import FileRecord
from indexer.segment.manifest import Manifest, SegmentEntry, SpaceEntry
from indexer.segment.segment import Segment, codes_file
from indexer.vectors.codes import FROM_DOCS, sign_codes
from indexer.vectors.space import AT_COMMIT, encode_segment, is_current, vector_file


def with_vectors(index: IndexFolder, manifest: Manifest) -> Manifest:
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


def add_vectors(index: IndexFolder, segment: Segment, name: str, space: SpaceEntry) -> SegmentEntry:
    """Encodes a segment into a space and returns its entry with the new file. The segment comes opened: without the
    write lock, a commit may meanwhile have removed files of its that the next generation does without."""
    return attach_vectors(index, segment.entry, name, vector_file(space), encode_segment(index, space, segment))


def attach_vectors(
    index: IndexFolder,
    entry: SegmentEntry,
    name: str,
    file: str,
    vectors: NDArray[np.float32],
    *,
    partial: bool = False,
) -> SegmentEntry:
    """Writes vectors (max_doc, dim) and, for a large segment, their sign codes beside it and returns its entry with
    them, without older ones of that space. `partial` says that some articles have none yet; their rows are zero."""
    folder = index.segment(entry.name)
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
        files=entry.files_without(file, codes_file(file)),
        vectors={space: file for space, file in entry.vectors.items() if space != name},
        partial=tuple(space for space in entry.partial if space != name),
    )
