"""The command that lists the kinds of files that articles are read from."""

from __future__ import annotations

import textwrap

import click

from indexer.sources import kinds


@click.command()
def sources() -> None:
    """List the kinds of files that articles are read from.

    What is in a file decides where its name says little. docs/sources.md has what is read of each.
    """
    for name, suffixes in kinds():
        click.echo(click.style(name, bold=True))
        click.echo(textwrap.fill(" ".join(suffixes), 78, initial_indent="  ", subsequent_indent="  "))
