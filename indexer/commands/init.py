"""The command that looks at a site or a folder and proposes a readmore.toml."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import writing
from indexer.commands.shared import SOME_REFUSED
from indexer.intake.proposal import proposal


@click.command()
@click.argument("source")
@click.option("--private", is_flag=True, help="Fetch from addresses of this machine and its network, too.")
@click.pass_obj
def init(obj: dict[str, Any], source: str, private: bool) -> None:
    """Look at SOURCE, a folder, a file or an address, and propose a readmore.toml for the archive.

    It says where articles come from, what their addresses are, which columns of a table hold what, and names the site
    and the language. A file that is there is never changed: what would be in it is shown, and the exit status is 1.
    """
    data: Path = obj["data"]
    path = ArchiveFolder(data).settings
    text = proposal(source, allow_private=private).as_toml(data)
    click.echo(text)
    if not _written(path, text):
        click.echo(f"{path} is there already and stays as it is: take over from above what it lacks", err=True)
        sys.exit(SOME_REFUSED)
    command = "readmore" if str(data) == "readmore-data" else f"readmore --data {data}"
    click.echo(f"written to {path}; look it over, then:\n")
    click.echo(f"  {command} sync --dry-run    # says what would be taken in")
    click.echo(f"  {command} sync              # takes it in, and later what is new")


def _written(path: Path, text: str) -> bool:
    """Writes a new file; False where there is one."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            return False
    return True
