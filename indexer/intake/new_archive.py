"""The archive that a run fills, which is made for it where there is none, and not left behind without an article."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from indexer.archive import Archive
from indexer.base.archive_folder import ArchiveFolder


@contextmanager
def archive_for_a_run(data: Path) -> Iterator[Archive]:
    """The archive in the folder `data`. One that had to be made is taken away again if no article came into it, because
    its sources could not be reached, or all that they have was refused: what else is in the folder stays."""
    is_new = not ArchiveFolder(data).articles.is_file()
    above = [folder for folder in (data, *data.parents) if not folder.exists()]
    before = frozenset(data.iterdir()) if data.is_dir() else frozenset()
    with Archive.create(data) as archive:
        try:
            yield archive
        finally:
            if is_new and not archive.store.last_seq():
                _take_away(archive, before, above)


def _take_away(archive: Archive, before: frozenset[Path], above: list[Path]) -> None:
    """Removes the archive, but for what was there `before`, and the folders `above` that were made for it. Another
    process that has it open notices when it is about to write."""
    folder = archive.folder
    with archive.writing():
        if archive.store.last_seq():
            return  # another process has put something in
        for path in sorted({*folder.path.iterdir()} - {*before, *folder.unknown()}):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    with suppress(OSError):  # where there is something else in it
        for made in above:
            made.rmdir()
