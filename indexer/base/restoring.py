"""A restore under way: its files take their places one by one, so one that is interrupted is to be noticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import replace, sync_folder
from indexer.base.errors import RestoreUnfinishedError


def check_restored(folder: ArchiveFolder) -> None:
    """Raises RestoreUnfinishedError where a restore ended half-way."""
    try:
        backup = folder.unfinished_restore.read_text("utf-8", "replace")
    except FileNotFoundError:
        return
    except OSError as error:
        backup = f"({error.strerror})"
    raise RestoreUnfinishedError(folder.path, backup)


@contextmanager
def putting_back(folder: ArchiveFolder, backup: Path) -> Iterator[None]:
    """Has everybody know that files of a backup take their places, until all of them have."""
    replace(folder.unfinished_restore, str(backup.absolute()).encode("utf-8", "replace"))
    yield  # what is raised leaves it unfinished
    folder.unfinished_restore.unlink()
    sync_folder(folder.path)
