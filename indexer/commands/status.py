"""The command that says in figures what an archive holds."""

from __future__ import annotations

from typing import Any

import click

from indexer.archive import Archive
from indexer.commands.shared import print_json


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the status as one JSON document.")
@click.pass_obj
def status(obj: dict[str, Any], as_json: bool) -> None:
    """Show what the archive holds."""
    with Archive.open(obj["data"]) as archive:
        found = archive.status()
    if as_json:
        print_json(found)
        return
    sizes = {name: f"{size / 1e6:,.1f} MB" for name, size in found["bytes"].items()}
    click.echo(f"archive     {found['path']}")
    click.echo(f"articles    {found['articles']:,} ({sizes['articles']})")
    if "to_come" in found:
        to_come = found["to_come"]
        click.echo(f"to come     {to_come['articles']:,}, shown from their dates on; the next {to_come['next']}")
    segments = f"{found['segments']} segment" + ("" if found["segments"] == 1 else "s")
    click.echo(f"index       generation {found['generation']}, {segments} ({sizes['index']})")
    for name, space in found["spaces"].items():
        click.echo(f"space       {name}: {_space_text(space)}")
    if "settings_problem" in found:
        click.echo(f"settings    {found['settings_problem']}")
    if "outdated_fields" in found:
        names = ", ".join(found["outdated_fields"])
        click.echo(f"fields      {names}: not all articles are indexed as declared; run 'readmore reindex'")
    if "outdated_words" in found:
        click.echo("words       of an older readmore, which found fewer spellings and forms; run 'readmore reindex'")
    if "outdated_language" in found:
        click.echo(
            f"language    {found['outdated_language']}, which is not the one that is set; run 'readmore reindex'"
        )
    if found["waiting"]:
        click.echo(
            f"waiting     {found['waiting']:,} stored articles are not indexed yet; the next index run adds them"
        )


def _space_text(space: dict[str, Any]) -> str:
    parts = [f"{space['dim']} dimensions"]
    if "fitted_on" in space:
        parts.append(f"fitted on {space['fitted_on']:,} articles")
    if "model" in space:
        parts.append(f"model {space['model']} ({space['backend']})")
    if space["ready"] < space["total"]:
        parts.append(f"{space['ready']:,} of {space['total']:,} articles ready; 'readmore embed' encodes the others")
    return ", ".join([*parts, *filter(None, [space.get("problem")])])
