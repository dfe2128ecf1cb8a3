"""The command that adds articles from files, folders, addresses and standard input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from indexer.commands.intake import intake_options, run_over
from indexer.intake.known_options import OPTIONS
from indexer.settings import SourceSettings
from indexer.sources.record import ALIASES


def mapping_of(values: Sequence[str]) -> dict[str, str]:
    """Which key of a record is which field, of texts like ``title=Headline``; an empty text says nothing of any. Raises
    click.BadParameter for a field that articles do not have."""
    mapping = {}
    for value in filter(None, values):
        name, _, key = (part.strip() for part in value.partition("="))
        if name not in ALIASES or not key:
            fields = ", ".join(ALIASES)
            raise click.BadParameter(f"{value!r} is not FIELD=KEY with one of these fields: {fields}")
        mapping[name] = key
    return mapping


map_option = click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=KEY",
    callback=lambda context, option, values: mapping_of(values),
    help="Where records of JSON and tables have a field: title=Headline, body=content.html.",
)


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@map_option
@click.option("--url", metavar="PATTERN", help="Addresses of articles without one: '/{year}/{slug}/', or hugo.")
@click.option("--site", metavar="NAME", help="The site of articles that do not say theirs.")
@click.option("--private", is_flag=True, help="Fetch from addresses of this machine and its network, too.")
@click.option("--prune", is_flag=True, help="Take out what a source had once and does not have any more.")
@intake_options
@click.pass_context
def index(
    context: click.Context,
    /,
    sources: tuple[str, ...],
    mapping: dict[str, str],
    url: str | None,
    site: str | None,
    private: bool,
    prune: bool,
    **options: Any,
) -> None:
    """Add or update articles from files, folders and addresses; '-' reads standard input.

    Without a SOURCE all of those in readmore.toml, as 'readmore sync'. An address is a page, a sitemap, a feed, or a
    site's front page, whose sitemap is looked for. What robots.txt asks is kept to, and pages that have not changed are
    not fetched again.

    --url, --site and --map are remembered for each SOURCE, and hold again where they are not given; --url '' and the
    like forget them.

    Unchanged articles are skipped. Drafts and what else is not for the public are withheld, and taken out if they were
    in. Exits with 1 if any article was refused, or if a folder has nothing that can be read.
    """
    left_out = frozenset(
        option for option in OPTIONS if context.get_parameter_source(option) == click.core.ParameterSource.DEFAULT
    )
    chosen = [
        SourceSettings(place, site or "", "", url or "", mapping, private, left_out=left_out)
        for place in map(_place, sources)
    ]
    run_over(context.obj["data"], chosen or None, prune=prune or not chosen, **options)


def _place(source: str) -> str:
    """A trailing slash makes no other source."""
    return source if source == "-" or "://" in source else str(Path(source))
