"""Removing what the index no longer uses, or never came to use because a process died."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from indexer.base.archive_folder import IndexFolder
from indexer.base.durable_files import TEMPORARY
from indexer.segment.manifest import Manifest

MAINTENANCE_PREFIX = "m-"  # of folders written outside the write lock


def maintenance_name() -> str:
    """A new name for a folder that is written outside the write lock."""
    return f"{MAINTENANCE_PREFIX}{uuid.uuid4().hex[:12]}"


def files_of(index: IndexFolder, manifest: Manifest) -> set[Path]:
    """The files that a generation of the index is made of, its manifest not included."""
    return {index.segment(entry.name) / file for entry in manifest.segments for file in entry.files} | {
        index.space(space.folder) / file for space in manifest.spaces.values() for file in space.files
    }


def remove_superseded(index: IndexFolder, old: Manifest, new: Manifest) -> None:
    """Removes the files that only `old` used; readers that have them open keep them."""
    former, current = files_of(index, old), files_of(index, new)
    for path in former - current:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in former} - {path.parent for path in current}:
        shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers(index: IndexFolder, manifest: Manifest, *, spare_merges: bool) -> None:
    """Removes what a process that died left behind. `spare_merges` leaves alone what may be a merge or a fit at
    work in another process."""
    for path in index.path.glob(f".*{TEMPORARY}"):
        path.unlink(missing_ok=True)
    files = files_of(index, manifest)
    used = {path.parent for path in files}
    for path in (path for folder in used if folder.is_dir() and not spare_merges for path in folder.iterdir()):
        if path not in files:
            path.unlink()
    for parent in (index.segments, index.spaces):
        for folder in parent.iterdir() if parent.is_dir() else ():
            if folder not in used and not (spare_merges and folder.name.startswith(MAINTENANCE_PREFIX)):
                shutil.rmtree(folder, ignore_errors=True)
