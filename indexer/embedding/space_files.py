"""The files of a neural space: its model's in a folder, and beside each segment the vectors that its cache has."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indexer.base.archive_folder import IndexFolder
from indexer.base.durable_files import make_folder, sync_folder, write_bytes
from indexer.commit.cleanup import maintenance_name
from indexer.commit.vector_files import attach_vectors, without_vectors
from indexer.segment.manifest import Manifest, SegmentEntry, SpaceEntry
from indexer.segment.segment import Segment
from indexer.store import Store
from indexer.vectors.cache import VectorCache, text_digest
from indexer.vectors.neural import SPEC_FILE
from indexer.vectors.space import NEURAL, is_current, lacks_vectors, vector_file
from indexer.vectors.spec import ModelSpec

LOOKED_UP = 1024  # vectors read at a time
UNMEASURED = 0.3  # the resolution assumed of a space that has too few vectors to measure it


def write_space(index: IndexFolder, name: str, cache: VectorCache) -> SpaceEntry:
    """Writes a new space of the cache's model. It is not part of the index."""
    if cache.spec is None:
        raise ValueError("the cache has no model yet")
    folder = f"{maintenance_name()}-{name}-{cache.spec.short}"
    make_folder(index.space(folder))
    records = {file: write_bytes(index.space(folder) / file, content) for file, content in cache.files().items()}
    resolution, articles = cache.measured or (UNMEASURED, 0)
    entry = SpaceEntry(NEURAL, folder, cache.spec.dim, articles, records)
    return write_record(index, entry, cache.spec, resolution, cache.worths)


def write_record(
    index: IndexFolder, space: SpaceEntry, spec: ModelSpec, resolution: float, worths: Mapping[str, float]
) -> SpaceEntry:
    """`space` with a new record in place of the one it has."""
    file = f"{SPEC_FILE}-{uuid.uuid4().hex[:8]}.json"
    content = spec.to_json(resolution=resolution, worths=worths).encode()
    record = write_bytes(index.space(space.folder) / file, content)
    sync_folder(index.space(space.folder))
    kept = {name: of for name, of in space.files.items() if not name.startswith(SPEC_FILE)}
    return replace(space, files={**kept, file: record})


def fill(
    index: IndexFolder, manifest: Manifest, name: str, space: SpaceEntry, cache: VectorCache, digests: dict[int, bytes]
) -> dict[str, SegmentEntry]:
    """The entries, by name, of the segments that get vectors they had not, with these; none of it is part of the index
    yet. `digests` are those of the articles' texts, by sequence number."""
    filled = {}
    for entry in manifest.segments:
        if is_current(entry, name, space) and name not in entry.partial:
            continue
        segment = Segment(index, entry)
        empty = empty_rows(segment, name, space)
        wanted = [
            (doc, digests.get(int(segment.seq[doc]), b"")) for doc in np.flatnonzero(segment.live & empty).tolist()
        ]
        old = segment.vectors(name) if is_current(entry, name, space) else None
        vectors = np.zeros((segment.max_doc, space.dim), np.float32) if old is None else np.array(old)
        n_found = 0
        for start in range(0, len(wanted), LOOKED_UP):  # not all at once: they are in memory already, as `vectors`
            block = wanted[start : start + LOOKED_UP]
            found = cache.get(digest for _, digest in block if digest)
            there = [(doc, found[digest]) for doc, digest in block if digest in found]
            n_found += len(there)
            for doc, vector in there:
                vectors[doc] = vector
        partial = n_found < len(wanted)
        if not n_found and (partial or entry.docs == entry.deleted_docs):
            continue  # nothing that is not there already
        file = vector_file(space, uuid.uuid4().hex[:8])
        filled[entry.name] = attach_vectors(index, entry, name, file, vectors, partial=partial)
    return filled


def empty_rows(segment: Segment, name: str, space: SpaceEntry | None) -> NDArray[np.bool_]:
    """(max_doc,) True for docs without a vector in this space."""
    current = space is not None and is_current(segment.entry, name, space)
    vectors = segment.vectors(name) if current else None
    return np.ones(segment.max_doc, bool) if vectors is None else np.logical_not(vectors.any(axis=1))


def ready(index: IndexFolder, manifest: Manifest, name: str, without: Collection[int] = frozenset()) -> tuple[int, int]:
    """How many live articles have a vector in a space, and how many there are, not counting those `without`, by
    sequence numbers, which must be live."""
    lacking = 0
    for entry in lacks_vectors(manifest, name):
        segment = Segment(index, entry).hiding(without)
        lacking += int((segment.live & empty_rows(segment, name, manifest.spaces[name])).sum())
    total = manifest.live_docs - len(without)
    return total - lacking, total


def restored(
    index: IndexFolder, store: Store, name: str, cache: VectorCache, entries: Sequence[SegmentEntry]
) -> tuple[SpaceEntry, list[SegmentEntry]]:
    """A space made again from what is kept of it, for new segments: the space and the entries with its vectors, none
    of it part of the index yet. Vectors of articles that are no longer there are let go."""
    space = write_space(index, name, cache)
    digests = {seq: text_digest(article.title, article.body) for seq, article in store.after(0)}
    cache.keep_only(digests.values())
    filled = fill(index, Manifest(segments=tuple(entries)), name, space, cache, digests)
    return space, [filled.get(entry.name, entry) for entry in entries]


def without_space(manifest: Manifest, name: str) -> Manifest:
    """`manifest` without the space called `name`."""
    spaces = {space: entry for space, entry in manifest.spaces.items() if space != name}
    segments = tuple(without_vectors(entry, name) for entry in manifest.segments)
    return replace(manifest, generation=manifest.generation + 1, spaces=spaces, segments=segments)
