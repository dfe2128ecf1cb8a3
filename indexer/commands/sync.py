"""The command that brings the archive in step with the sources that it remembers."""

from __future__ import annotations

from typing import Any

import click

from indexer.commands.intake import intake_options, run_over


@click.command()
@intake_options
@click.pass_obj
def sync(obj: dict[str, Any], /, **options: Any) -> None:
    """Bring the archive in step with all sources in readmore.toml.

    What is new is added, what has changed replaced, and what a source does not have any more is taken out: up to a
    tenth of the archive, or three articles, and more with --yes. Exits with 1 if any article was refused, or if too
    much would have been taken out, which is said.
    """
    run_over(obj["data"], None, **options)
