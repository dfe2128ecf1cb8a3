"""The command that takes articles out."""

from __future__ import annotations

import sys
from typing import Any

import click

from indexer.archive import Archive
from indexer.commands.shared import DONE, SOME_REFUSED


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.pass_obj
def remove(obj: dict[str, Any], ids: tuple[str, ...]) -> None:
    """Take articles out of the archive. Exits with 1 if an id is not there."""
    with Archive.open(obj["data"]) as archive:
        removed, unknown = archive.remove(ids)
    for article_id in unknown:
        click.echo(f"refused: no article with the id '{article_id}' in this archive", err=True)
    click.echo(f"{len(removed):,} removed")
    sys.exit(SOME_REFUSED if unknown else DONE)
