"""Taking a backup while everything runs."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from indexer.backup.contents import RECORD, BackupError, Contents, describe, opened
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import sync_folder, writing
from indexer.base.errors import ArchiveNotFoundError
from indexer.base.sqlite_files import copy_live, problems_of
from indexer.store import Store

ZIP = ".zip"
_DATABASE = ".db"
_UNFINISHED = ".unfinished"


def take(folder: ArchiveFolder, target: Path) -> Contents:
    """Writes a backup of an archive to `target`: one file where the name ends in ``.zip``, else a new folder. It has
    everything that cannot be derived (`ArchiveFolder.to_back_up`), databases as they are at one moment, and is
    read again and verified before it gets its name. Nobody is kept from writing meanwhile.

    Raises BackupError where `target` is there already, DamagedError for an archive whose own files are damaged, and
    WriteError where there is no room.
    """
    if not folder.articles.is_file():
        raise ArchiveNotFoundError(folder.path)
    if target.exists():
        raise BackupError(f"{target}: is there already; give another name, one for every backup")
    _remove_leftovers(target.absolute().parent)
    unfinished = target.with_name(f".{target.name}.{os.uname().nodename}.{os.getpid()}{_UNFINISHED}")
    staged = unfinished.with_name(f"{unfinished.name}.d")
    try:
        with writing(target):
            staged.mkdir(parents=True)
            contents = _fill(folder, staged)
            if target.suffix == ZIP:
                _pack(staged, unfinished)
            else:
                staged.rename(unfinished)
            _verify(unfinished)
            unfinished.rename(target)
        sync_folder(target.absolute().parent)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
        if unfinished.is_dir():
            shutil.rmtree(unfinished, ignore_errors=True)
        else:
            unfinished.unlink(missing_ok=True)
    return contents


def _remove_leftovers(parent: Path) -> None:
    """Removes what backups that were killed have left in a folder: those of this machine whose process is gone."""
    mine = re.compile(rf"\..*\.{re.escape(os.uname().nodename)}\.(\d+){re.escape(_UNFINISHED)}(?:\.d)?")
    for path in parent.glob(f".*{_UNFINISHED}*"):
        found = mine.fullmatch(path.name)
        if found is None or _is_running(int(found[1])):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # somebody else's
        return True
    return True


def _fill(folder: ArchiveFolder, staged: Path) -> Contents:
    """Copies the files of an archive into a folder, with the record of them."""
    files = {}
    for path in folder.to_back_up():
        name = path.relative_to(folder.path).as_posix()
        copy = staged / name
        copy.parent.mkdir(exist_ok=True)
        if path.suffix == _DATABASE:
            copy_live(path, copy)
            if problems := _problems(copy, path == folder.articles):
                raise BackupError(f"{path}: {problems[0]}; run 'readmore check', a backup of damage is none")
        else:
            shutil.copyfile(path, copy)
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        files[name] = describe(copy)
    store = Store(staged / folder.articles.name, read_only=True)
    contents = Contents(files, store.count(), datetime.now(UTC).isoformat(timespec="seconds"))
    store.close()
    (staged / RECORD).write_bytes(contents.to_json())
    return contents


def _problems(path: Path, is_store: bool) -> list[str]:
    """What is wrong with a database that nobody else uses."""
    if not is_store:
        return problems_of(path)
    store = Store(path, read_only=True)
    try:
        return store.problems()
    finally:
        store.close()


def _pack(staged: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3, allowZip64=True) as archive:
        for path in sorted(staged.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(staged).as_posix())
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _verify(path: Path) -> None:
    """Reads a backup from end to end. Raises BackupError unless it is what was written."""
    with opened(path) as backup:
        for name in backup.contents.files:
            backup.extract(name, Path(os.devnull))
