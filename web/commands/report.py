"""``readmore report``: what editors should know of their related articles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from indexer.base.archive_folder import ArchiveFolder
from recommender.audit import kept_report
from recommender.audit.report import MOST, make_report
from recommender.audit.searches import report_searches
from web.report.report_text import report_text, searches_text


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write it into this file as a page.")
@click.option("--keep", is_flag=True, help="Keep it in the archive, where the service shows it to keys for editing.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="Entries of each list.")
@click.option(
    "--most", default=MOST, show_default=True, type=click.IntRange(1), help="Articles looked at; if more, a sample."
)
@click.option("--searches", is_flag=True, help="Only the searches that found nothing or little.")
@click.pass_obj
def report(
    obj: dict[str, Any], as_json: bool, html: Path | None, keep: bool, limit: int, most: int, searches: bool
) -> None:
    """Report who is sent where, doubtful sections, running stories, links to nothing and searches that miss."""
    if searches:
        if html is not None:
            raise click.UsageError("--html is for the whole report, without --searches")
        with obj["open_recommender"](obj["data"]) as recommender:
            part = report_searches(recommender, limit)
        click.echo(json.dumps(part, ensure_ascii=False) if as_json else searches_text(part))
        return
    if html is not None:
        from web.report.report_page import write_page  # here: plots take a second to import

        if not html.absolute().parent.is_dir():
            raise click.ClickException(f"{html}: there is no folder {html.absolute().parent}; make it first")
    with obj["open_recommender"](obj["data"]) as recommender:
        content = make_report(recommender, most=most, limit=limit)
    if keep:
        kept_report.save(ArchiveFolder(obj["data"]), content)
    if html is not None:
        for note in write_page(content, html):
            click.echo(f"note: {note}", err=True)
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False))
    elif html is None:
        click.echo(report_text(content))
    else:
        click.echo(f"the report is in {html}")
