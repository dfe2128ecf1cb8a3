"""``readmore check``: every file of an archive verified, and with ``--repair`` mended."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from indexer.archive import Archive
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArticlesDamagedError, RestoreUnfinishedError
from indexer.base.restoring import check_restored
from indexer.check import check_archive
from recommender.audit.settings_files import settings_notes, settings_problems
from recommender.commands.repair import repair
from recommender.local.verification import derived_problems

DAMAGED = 1


@click.command()
@click.option("--repair", "mend", is_flag=True, help="Mend what is damaged, from whatever still holds it.")
@click.option(
    "--from",
    "backup",
    type=click.Path(path_type=Path),
    metavar="BACKUP",
    help="With --repair: take what is lost from this backup.",
)
@click.option("--accept-loss", is_flag=True, help="With --repair: go on without the articles that nothing holds.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as one JSON document.")
@click.pass_obj
def check(obj: dict[str, Any], mend: bool, backup: Path | None, accept_loss: bool, as_json: bool) -> None:
    """Verify every file of the archive: checksums, counts, cross-references. Exits with 1 if anything is damaged.

    With --repair damaged articles are mended by their checksums, found in the pages of a broken database or taken from
    a backup; the index, vectors and what else is derived are made again; and all is checked once more.
    """
    folder = ArchiveFolder(obj["data"])
    if mend:
        for line in repair(folder, obj["open_recommender"], backup, accept_loss=accept_loss):
            click.echo(line, err=as_json)
    elif backup is not None or accept_loss:
        raise click.UsageError("--from and --accept-loss go with --repair")
    problems, notes = found_in(folder), settings_notes(folder)
    problems += [f"{path}: {what}" for path, what in obj["service_problems"](folder).items()]
    if as_json:
        click.echo(json.dumps({"intact": not problems, "problems": problems, "notes": notes}, ensure_ascii=False))
    else:
        for problem in problems:
            click.echo(f"damaged: {problem}", err=True)
        for note in notes:
            click.echo(f"note: {note}", err=True)
        click.echo(_summary(problems, mended=mend))
    sys.exit(DAMAGED if problems else 0)


def found_in(folder: ArchiveFolder) -> list[str]:
    """What is wrong with an archive, one line each, beginning with the file. Raises ArchiveNotFoundError."""
    try:
        with Archive.open(folder.path) as archive:
            problems = check_archive(archive)
    except ArticlesDamagedError as error:
        problems = [f"{error.path}: {error.what}"]
    try:
        check_restored(folder)
    except RestoreUnfinishedError as error:
        problems.insert(0, str(error))
    problems += [f"{path}: {what}" for path, what in derived_problems(folder).items()]
    return problems + [f"{path}: {what}" for path, what in settings_problems(folder).items()]


def _summary(problems: list[str], *, mended: bool) -> str:
    if not problems:
        return "intact"
    counted = f"{len(problems)} problem" + ("" if len(problems) == 1 else "s")
    if mended:
        return f"{counted} left; 'readmore restore BACKUP' puts a backup in the archive's place"
    return f"{counted}; 'readmore check --repair' mends what can be mended"
