"""``readmore assert``: whether what the editors assert of related articles and queries holds."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from indexer.base.archive_folder import ArchiveFolder
from recommender.audit.assertions import Verdict, read_assertions
from search.curation.yaml_entries import FileError

SOME_FAIL = 1


@click.command("assert")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as one JSON document.")
@click.pass_obj
def assert_command(obj: dict[str, Any], file: Path | None, as_json: bool) -> None:
    """Check what FILE says of related articles and queries (assertions.yaml in the archive's folder, if not given).

    Exits with 0 if all of it holds, with 1 if some does not, with 2 if it could not be checked.
    """
    path = file or ArchiveFolder(obj["data"]).assertions
    with obj["open_recommender"](obj["data"]) as recommender:
        if not path.exists():
            raise FileError(f"{path}: no such file; docs/related.md and docs/curation.md say how to write one")
        verdicts = read_assertions(path).check(recommender)
    failing = sum(not verdict.holds for verdict in verdicts)
    if as_json:
        click.echo(json.dumps(_to_record(path, verdicts), ensure_ascii=False))
    else:
        for verdict in verdicts:
            click.echo(str(verdict))
        click.echo(f"{len(verdicts) - failing} of {len(verdicts)} assertions hold")
    sys.exit(SOME_FAIL if failing else 0)


def _to_record(path: Path, verdicts: list[Verdict]) -> dict[str, Any]:
    return {
        "path": str(path),
        "holds": all(verdict.holds for verdict in verdicts),
        "assertions": [verdict.to_dict() for verdict in verdicts],
    }
