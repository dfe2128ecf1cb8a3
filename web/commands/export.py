"""``readmore export``: the related blocks as files."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from recommender.request.options import MAX_SIZE
from web.config.sources import read_config
from web.export.export import export
from web.export.fragment import DEFAULT_LINK
from web.pages.settings import page_settings


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--link", default=DEFAULT_LINK, show_default=True, help="The address of an article that has no URL of its own."
)
@click.option("--size", type=click.IntRange(1, MAX_SIZE), help="How many articles a block has at most.")
@click.option("--anew", is_flag=True, help="Compute every block even where nothing has changed.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; as many as there are cores if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON document.")
@click.pass_obj
def export_command(
    obj: dict[str, Any], folder: Path, link: str, size: int | None, anew: bool, workers: int | None, as_json: bool
) -> None:
    """Write the related block of every article into FOLDER, as JSON and as HTML.

    Files that have not changed are left alone, those of removed articles are taken away. A run that was broken off
    goes on where it was.
    """
    started = time.perf_counter()
    config, _ = read_config(obj["data"], {})
    pages = page_settings(config, obj["data"])
    with obj["open_recommender"](obj["data"]) as recommender:
        report = export(recommender, folder, link, size=size, anew=anew, workers=workers, pages=pages)
    seconds = time.perf_counter() - started
    if report.overtaken:
        click.echo("note: the archive changed meanwhile; run it again for blocks that all show its new state", err=True)
    if report.reason and report.articles:
        click.echo(f"note: all blocks were computed: {report.reason}", err=True)
    if as_json:
        answer = {
            "folder": str(folder),
            "articles": report.articles,
            "computed": report.computed,
            "reason": report.reason,
            "written": report.written,
            "removed": report.removed,
            "refused": [{"id": article_id, "reason": reason} for article_id, reason in report.failed],
            "overtaken": report.overtaken,
            "seconds": round(seconds, 3),
        }
        click.echo(json.dumps(answer))
    else:
        noun = "article" if report.articles == 1 else "articles"
        text = f"{report.articles:,} {noun} in {folder}: {report.written:,} written, {report.removed:,} removed"
        click.echo(f"{text}, {report.computed:,} computed, in {seconds:.1f} s")
    if report.failed:
        sys.exit(1)
