"""The vector spaces that an archive's folder holds: made again for a new index, described, verified."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from indexer.base.archive_folder import ArchiveFolder, IndexFolder
from indexer.base.errors import IndexDamagedError, ReadmoreError
from indexer.embedding.space_files import ready, restored
from indexer.segment.manifest import Manifest, SegmentEntry, SpaceEntry
from indexer.store import Store
from indexer.vectors.cache import VectorCache, cache_path, cached_spaces
from indexer.vectors.neural import NeuralSpace
from indexer.vectors.space import LSA, open_space

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


def space_status(index: IndexFolder, manifest: Manifest, name: str) -> dict[str, Any]:
    """What there is to say of a space, in figures."""
    entry = manifest.spaces[name]
    done, total = ready(index, manifest, name)
    status: dict[str, Any] = {"kind": entry.kind, "dim": entry.dim, "ready": done, "total": total}
    if entry.kind == LSA:
        return status | {"fitted_on": entry.fitted_docs}
    try:
        space = open_space(index, entry)
    except IndexDamagedError as error:
        return status | {"problem": str(error)}
    if isinstance(space, NeuralSpace):
        status |= {"model": space.spec.model, "backend": space.spec.backend}
    return status


def cache_problems(folder: ArchiveFolder) -> list[str]:
    """What is wrong with the vectors that are kept, one line each."""
    problems = []
    for name in cached_spaces(folder):
        file = cache_path(folder, name)
        try:
            with VectorCache(file) as cache:
                problems += [f"{file}: {what}" for what in cache.problems()]
        except ReadmoreError as error:
            problems.append(str(error))
    return problems
