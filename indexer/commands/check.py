"""The command that looks for damage."""

from __future__ import annotations

import sys
from typing import Any

import click

from indexer.archive import Archive
from indexer.check import check_archive
from indexer.commands.shared import DONE, SOME_REFUSED, print_json


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was found as one JSON document.")
@click.pass_obj
def check(obj: dict[str, Any], as_json: bool) -> None:
    """Verify checksums, counts and cross-references. Exits with 1 if anything is damaged."""
    with Archive.open(obj["data"]) as archive:
        problems = check_archive(archive)
    if as_json:
        print_json({"intact": not problems, "problems": problems})
    else:
        for problem in problems:
            click.echo(f"damaged: {problem}", err=True)
        counted = f"{len(problems)} problem" + ("" if len(problems) == 1 else "s")
        click.echo(f"{counted}; 'readmore reindex' rebuilds the index" if problems else "intact")
    sys.exit(SOME_REFUSED if problems else DONE)
