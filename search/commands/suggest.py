"""The command that shows what is offered while somebody types."""

from __future__ import annotations

import json
from typing import Any

import click

from search.results import MAX_SUGGESTIONS, suggestions_to_dict


@click.command()
@click.argument("text")
@click.option(
    "--limit", default=5, show_default=True, type=click.IntRange(1, MAX_SUGGESTIONS), help="How many of each kind."
)
@click.option(
    "--filter",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help="Only of articles that satisfy this, as in 'site = Perihelion' (docs/filters.md); all that are given must "
    "hold.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON document.")
@click.pass_obj
def suggest(obj: dict[str, Any], text: str, limit: int, conditions: tuple[str, ...], as_json: bool) -> None:
    """Show what the search box offers to somebody who has typed TEXT so far."""
    with obj["open_engine"](obj["data"]) as engine:
        suggestions = engine.suggest(text, limit, filters=conditions)
    if as_json:
        click.echo(json.dumps(suggestions_to_dict(suggestions), ensure_ascii=False))
        return
    for suggestion in suggestions.articles:
        click.echo(f"{suggestion.article.headline}  {click.style(suggestion.article.id, dim=True)}")
    for query in suggestions.queries:
        click.echo(f"? {query}")
    for name in suggestions.names:
        click.echo(f"{name.value}  {click.style(f'{name.field}, {name.count}', dim=True)}")
    if not suggestions.articles and not suggestions.queries and not suggestions.names:
        click.echo("nothing in the archive goes on so", err=True)
