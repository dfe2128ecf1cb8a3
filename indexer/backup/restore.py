"""Putting a backup back: into an empty folder, or in place of what is there."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from indexer.archive import LOCK_TIMEOUT
from indexer.backup.contents import BackupError, Contents, opened
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import sync_folder, writing
from indexer.base.errors import ArchiveLockedError, IndexDamagedError, ReadmoreError
from indexer.base.restoring import putting_back
from indexer.base.sqlite_files import problems_of, remove_sidecars
from indexer.segment.manifest import Manifest
from indexer.store import Store

_STAGED, _TEMPORARY = ".restore-", ".tmp"  # how the name of the folder begins and ends where a backup is unpacked


def restore(folder: ArchiveFolder, source: Path, *, replace: bool = False) -> Contents:
    """Puts the files of a backup in an archive's folder, which has no index of them then: see `Archive.reindex`.

    The backup is unpacked beside them and verified first, all of it; only then are files replaced, one rename each,
    and those that it has not are taken away. What they replace is kept in `ArchiveFolder.replaced`, in place of
    what an earlier restore left there. Numbers of versions go on from where the archive was; none is used twice.

    A restore that is interrupted while files take their places is to be done again; until then nothing can be written
    (`check_restored`), and what there was before it stays where it was put.

    Raises BackupError for a folder with an archive in it, unless `replace`, and for a backup that is not whole.
    """
    with opened(source) as backup, writing(folder.path):
        folder.path.mkdir(parents=True, exist_ok=True)
        again = folder.unfinished_restore.exists()
        if folder.articles.exists() and not replace and not again:
            raise BackupError(
                f"{folder.path}: has an archive in it; restore into an empty folder, or give --replace to put the "
                "backup in its place"
            )
        staged = Path(tempfile.mkdtemp(prefix=_STAGED, suffix=_TEMPORARY, dir=folder.path))
        try:
            for name in backup.contents.files:
                (staged / name).parent.mkdir(exist_ok=True)
                backup.extract(name, staged / name)
            new = ArchiveFolder(staged)
            _verify(new, source)
            with _writers_kept_out(folder):
                _remove_leftovers(folder, staged)
                _go_on_numbering(new, folder)
                if not folder.unfinished_restore.exists():
                    _keep_all(folder)
                with putting_back(folder, source):
                    _put_in_place(new, folder)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    return backup.contents


def _remove_leftovers(folder: ArchiveFolder, staged: Path) -> None:
    """Removes what restores that were killed had unpacked."""
    for path in folder.path.glob(f"{_STAGED}*{_TEMPORARY}"):
        if path != staged:
            shutil.rmtree(path, ignore_errors=True)


def _keep_all(folder: ArchiveFolder) -> None:
    """Keeps the files that are about to be replaced, in place of what an earlier restore left."""
    shutil.rmtree(folder.replaced, ignore_errors=True)
    for path in folder.to_back_up():
        kept = folder.replaced / path.relative_to(folder.path)
        kept.parent.mkdir(parents=True, exist_ok=True)
        keep(path, kept)
    if folder.replaced.exists():
        sync_folder(folder.replaced)


def _put_in_place(new: ArchiveFolder, folder: ArchiveFolder) -> None:
    """Replaces the files of an archive that a backup has by those of `new`. For whoever holds the locks."""
    restored = {path.relative_to(new.path) for path in new.to_back_up()}
    for name in {path.relative_to(folder.path) for path in folder.to_back_up()} - restored:
        remove_sidecars(folder.path / name)
        (folder.path / name).unlink(missing_ok=True)
    for name in sorted(restored, key=lambda name: new.path / name == new.articles):  # the articles last
        target = folder.path / name
        target.parent.mkdir(exist_ok=True)
        remove_sidecars(target)
        (new.path / name).replace(target)
    shutil.rmtree(folder.related, ignore_errors=True)
    sync_folder(folder.path)


def keep(path: Path, kept: Path) -> None:
    """Keeps a file under another name, and what SQLite has beside it, without taking it away."""
    for suffix in ("", "-wal"):
        there = path.with_name(path.name + suffix)
        if there.exists():
            with suppress(OSError):
                kept.with_name(kept.name + suffix).hardlink_to(there)
                continue
            shutil.copyfile(there, kept.with_name(kept.name + suffix))


def _verify(new: ArchiveFolder, source: Path) -> None:
    """Raises BackupError unless the databases are sound."""
    for path in new.to_back_up():
        problems: list[str] = []
        if path == new.articles:
            with closing(Store(path, read_only=True)) as store:
                problems = store.problems()
        elif path.suffix == ".db":
            problems = problems_of(path)
        if problems:
            raise BackupError(f"{source}: {path.name}: {problems[0]}; use another backup")
    if not new.articles.exists():
        raise BackupError(f"{source}: has no articles in it")


def _go_on_numbering(new: ArchiveFolder, folder: ArchiveFolder) -> None:
    """Has the next versions numbered after all that the archive has ever had: readers go by them."""
    last_seq = last_removal = 0
    with suppress(IndexDamagedError):
        manifest = Manifest.load(folder.index)
        last_seq, last_removal = manifest.last_seq, manifest.last_removal
    with suppress(ReadmoreError), closing(Store(folder.articles, read_only=True)) as store:
        last_seq, last_removal = max(last_seq, store.last_seq()), max(last_removal, store.last_removal())
    with closing(sqlite3.connect(new.articles, isolation_level=None)) as db:
        for table, last in (("articles", last_seq), ("removals", last_removal)):
            there = db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
            if there is None and last:
                db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))
            elif there is not None and there[0] < last:
                db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (last, table))
    remove_sidecars(new.articles)


@contextmanager
def _writers_kept_out(folder: ArchiveFolder) -> Iterator[None]:
    """Holds every lock that a change of the archive needs."""
    try:
        with (
            FileLock(folder.lock("embed"), timeout=0),
            FileLock(folder.lock("maintenance"), timeout=LOCK_TIMEOUT),
            FileLock(folder.lock("write"), timeout=LOCK_TIMEOUT),
        ):
            yield
    except Timeout:
        raise ArchiveLockedError(f"{folder.path}: another process is changing it; try again when it is done") from None
