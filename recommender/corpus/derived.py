"""Keeping what was derived for recommending in ``related/`` of the archive's folder, for the next process.

Answers never come here: they read what is kept and derive the rest in memory. Whoever has changed the archive, or is
about to share its work with other processes, calls `Recommender.prepare`, which does.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError, WriteError
from indexer.segment.manifest import Manifest
from recommender.corpus import forward_index, withheld
from recommender.corpus.view import View
from recommender.names import opening_cache, vocabulary
from recommender.names.opening_cache import Openings
from search.engine import Engine


def keep(engine: Engine, view: View, found: Openings | None) -> None:
    """Writes what a view has and the disk has not, and the openings if some were `found`; removes what is kept for
    segments that are gone.

    Does nothing for a view of another generation than the current one, which may be older, or newer and never go live.
    Where the archive cannot be written to, nothing is kept.
    """
    root, snapshot = engine.data / forward_index.FOLDER, view.snapshot
    if _current(engine.data) != snapshot.manifest:
        return
    with contextlib.suppress(OSError, WriteError):
        root.mkdir(exist_ok=True)
        _sweep(engine.data)
        forward_index.keep(root, snapshot.segments, view.forwards, view.archive_docs)
        vocabulary.keep(root, view.name_words, view.archive_docs)
        withheld.keep(root, view.withheld)
        if found is not None:
            opening_cache.save(root, found)


def _current(data: Path) -> Manifest | None:
    """The current generation; None where it cannot be read."""
    try:
        return Manifest.load(ArchiveFolder(data).index)
    except ReadmoreError:
        return None


def _sweep(data: Path) -> None:
    """Removes the forward indexes of segments that the index no longer has."""
    kept = forward_index.kept(data / forward_index.FOLDER)
    manifest = _current(data)  # after the look at what is kept, so that nothing newer than it is taken for old
    if manifest is not None:
        forward_index.remove(data / forward_index.FOLDER, kept - {segment.name for segment in manifest.segments})
