"""``readmore backup`` and ``readmore restore``: all that cannot be derived, out of an archive and into one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from indexer.archive import Archive
from indexer.backup.backup import take
from indexer.backup.contents import Contents
from indexer.backup.restore import restore as put_back
from indexer.base.archive_folder import ArchiveFolder


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.pass_obj
def backup(obj: dict[str, Any], target: Path) -> None:
    """Back up the archive while everything runs: into a new folder, or into one file if TARGET ends in .zip.

    It has all that cannot be derived: articles, settings, rules, clicks, learned weights, and the vectors of neural
    spaces. It is read again and verified before it gets its name. Exits with 2, and leaves nothing, where that fails.
    """
    started = time.perf_counter()
    folder = ArchiveFolder(obj["data"])
    contents = take(folder, target)
    for path in folder.unknown():
        click.echo(f"note: {path} is no file of readmore's and not in the backup", err=True)
    click.echo(f"{_described(contents)} in {target}, verified, {time.perf_counter() - started:.1f} s")


@click.command()
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Put it in place of the archive that is there.")
@click.pass_obj
def restore(obj: dict[str, Any], source: Path, replace: bool) -> None:
    """Put a backup back, into an empty folder or in place of an archive, and build the index.

    The backup is verified first. A service that runs meanwhile notices, and answers from what was restored. What was
    replaced is kept in the folder before-restore/ until the next restore.
    """
    started = time.perf_counter()
    folder = ArchiveFolder(obj["data"])
    contents = put_back(folder, source, replace=replace)
    with Archive.open(folder.path) as archive:
        archive.reindex(accept_loss=True)
        archive.maintain()
    click.echo(f"{_described(contents)} of {contents.made_at} restored, {time.perf_counter() - started:.1f} s")
    if folder.replaced.is_dir():
        click.echo(f"what was replaced is in {folder.replaced}; remove it when it is not needed any more")


def _described(contents: Contents) -> str:
    articles = "1 article" if contents.articles == 1 else f"{contents.articles:,} articles"
    files = "1 file" if len(contents.files) == 1 else f"{len(contents.files)} files"
    return f"{articles}, {files}"
