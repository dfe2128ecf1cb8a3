"""The vector spaces that an archive's folder holds: made again for a new index, described, verified."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from typing import Any

from indexer.base.archive_folder import ArchiveFolder, IndexFolder
from indexer.base.errors import DamagedError, IndexDamagedError, ReadmoreError
from indexer.embedding.space_files import ready, restored
from indexer.segment.manifest import Manifest, SegmentEntry, SpaceEntry
from indexer.store import Store
from indexer.vectors.cache import VectorCache, cache_path, cached_spaces
from indexer.vectors.neural import NeuralSpace
from indexer.vectors.space import LSA, NEURAL, open_space

_log = logging.getLogger("readmore")


def restore_spaces(
    folder: ArchiveFolder, store: Store, entries: Sequence[SegmentEntry]
) -> tuple[dict[str, SpaceEntry], list[SegmentEntry]]:
    """All neural spaces of an archive, made again for new segments of its index; see `space_files.restored`. One whose
    kept vectors are damaged is left out with a warning: an index without it is better than none."""
    spaces = {}
    entries = list(entries)
    for name in cached_spaces(folder):
        try:
            with VectorCache(cache_path(folder, name)) as cache:
                if cache.spec is not None:
                    spaces[name], entries = restored(folder.index, store, name, cache, entries)
        except ReadmoreError as error:
            _log.warning("the space %s is left out: %s", name, error)
    return spaces, entries


def space_status(
    index: IndexFolder, manifest: Manifest, name: str, without: Collection[int] = frozenset()
) -> dict[str, Any]:
    """What there is to say of a space, in figures; `without` the live articles of these sequence numbers."""
    entry = manifest.spaces[name]
    done, total = ready(index, manifest, name, without)
    status: dict[str, Any] = {"kind": entry.kind, "dim": entry.dim, "ready": done, "total": total}
    if entry.kind == LSA:
        return status | {"fitted_on": min(entry.fitted_docs, total) if without else entry.fitted_docs}
    try:
        space = open_space(index, entry)
    except IndexDamagedError as error:
        return status | {"problem": str(error)}
    if isinstance(space, NeuralSpace):
        status |= {"model": space.spec.model, "backend": space.spec.backend}
    return status


def cache_problems(folder: ArchiveFolder, manifest: Manifest | None = None) -> dict[str, list[str]]:
    """What is wrong with the vectors that are kept, by the names of the spaces: those that are kept, and those that the
    index has. Writes nothing."""
    there = {} if manifest is None else {n: space for n, space in manifest.spaces.items() if space.kind == NEURAL}
    return {
        name: problems
        for name in sorted({*cached_spaces(folder), *there})
        if (problems := _problems_of_cache(folder, name, there.get(name)))
    }


def _problems_of_cache(folder: ArchiveFolder, name: str, space: SpaceEntry | None) -> list[str]:
    file = cache_path(folder, name)
    if not file.exists():
        return [f"{file}: is missing, and the index has its vectors"]
    if not file.stat().st_size:
        return [f"{file}: is empty"]
    try:
        with VectorCache(file) as cache:
            problems = cache.problems()
            if not problems and space is not None:
                problems = _differences(folder, cache, space)
    except DamagedError as error:
        return [f"{error.path}: {error.what}"]
    except ReadmoreError as error:
        return [str(error)]
    return [f"{file}: {what}" for what in problems]


def _differences(folder: ArchiveFolder, cache: VectorCache, space: SpaceEntry) -> list[str]:
    """How the record of the model differs from that in the index, if they are of one model."""
    if cache.spec is None or not cache.count():
        return ["has no vectors, and the index has them"]
    try:
        opened = open_space(folder.index, space)
    except IndexDamagedError:
        return []  # which is said of the index
    if not isinstance(opened, NeuralSpace) or opened.spec == cache.spec:
        return []
    is_same = space.folder.endswith(f"-{cache.spec.short}") or opened.spec.model == cache.spec.model
    return ["has another record of the model than the index"] if is_same else []
