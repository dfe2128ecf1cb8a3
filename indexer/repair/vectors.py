"""Repairing what is kept of a neural space: from those in the index, so that nothing is encoded again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np

from indexer.archive import Archive
from indexer.backup.restore import keep
from indexer.base.durable_files import verify
from indexer.base.errors import DamagedError, IndexDamagedError
from indexer.base.sqlite_files import remove_sidecars
from indexer.embedding.stored_spaces import cache_problems
from indexer.segment.manifest import Manifest, SpaceEntry
from indexer.segment.segment import Segment
from indexer.vectors.cache import VectorCache, cache_path, text_digest
from indexer.vectors.neural import SPEC_FILE, NeuralSpace
from indexer.vectors.space import is_current, open_space

MADE_AGAIN = "its kept vectors were damaged, and made again from those in the index"
DROPPED = "its damaged vectors are dropped; 'readmore embed' makes them again"
SET_ASIDE = "its vectors are lost; 'readmore embed MODEL' encodes the articles again"


def repair_vectors(archive: Archive) -> dict[str, str]:
    """Mends the damaged files of kept vectors. Says by the name of the space what became of it: `MADE_AGAIN`, or where
    the index has nothing of it either, `DROPPED`, or where the file cannot be read, `SET_ASIDE`."""
    try:
        manifest = archive.manifest()
    except IndexDamagedError:
        manifest = Manifest()
    return {name: _repair(archive, manifest, name) for name in cache_problems(archive.folder, manifest)}


def _repair(archive: Archive, manifest: Manifest, name: str) -> str:
    path = cache_path(archive.folder, name)
    new = path.with_name(f".{path.name}.repaired.tmp")
    new.unlink(missing_ok=True)
    space = manifest.spaces.get(name)
    try:
        made = space is not None and _made_again(archive, manifest, name, space, new)
    except IndexDamagedError:
        made = False
    if not made and _without_damaged(path):
        return DROPPED
    if path.exists():
        kept = archive.folder.replaced / path.parent.name / path.name
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.unlink(missing_ok=True)
        keep(path, kept)
        path.unlink()
    remove_sidecars(path)
    remove_sidecars(new)
    if made:
        new.replace(path)
    else:
        new.unlink(missing_ok=True)
    return MADE_AGAIN if made else SET_ASIDE


def _without_damaged(path: Path) -> bool:
    """Whether the file is sound without the vectors that are not, which are removed."""
    if not path.exists() or not path.stat().st_size:
        return False
    try:
        with closing(VectorCache(path)) as cache:
            return cache.drop_damaged()
    except DamagedError:
        return False


def _made_again(archive: Archive, manifest: Manifest, name: str, space: SpaceEntry, path: Path) -> bool:
    """Writes the vectors of a space as the index has them into a new file. Raises IndexDamagedError."""
    opened = open_space(archive.index, space)
    if not isinstance(opened, NeuralSpace):
        return False
    folder = archive.index.space(space.folder)
    for file, record in space.files.items():
        verify(folder / file, record)
    files = {file: (folder / file).read_bytes() for file in space.files if not file.startswith(SPEC_FILE)}
    with closing(VectorCache(path)) as cache:
        cache.begin(opened.spec, files)
        if space.fitted_docs:
            cache.set_measured(opened.resolution, space.fitted_docs, opened.worths)
        for entry in manifest.segments:
            if not is_current(entry, name, space):
                continue
            segment = Segment(archive.index, entry)
            segment.verify()
            vectors = segment.vectors(name)
            if vectors is None:
                continue
            docs = np.flatnonzero(segment.live & vectors.any(axis=1)).tolist()
            texts = archive.store.texts(segment.seq[docs].tolist())
            known = [doc for doc in docs if int(segment.seq[doc]) in texts]
            cache.put([text_digest(*texts[int(segment.seq[doc])]) for doc in known], vectors[known])
    return True
