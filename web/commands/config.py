"""The command that prints how the service is set, and by what."""

from __future__ import annotations

import json
from typing import Any

import click

from web.config.flags import config_options
from web.config.sources import Value, read_config


@click.command()
@config_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def config(obj: dict[str, Any], /, as_json: bool, **flags: Any) -> None:
    """Show every setting of the service and where its value comes from: a flag, the environment, readmore.toml, or the
    default, the first of these that has one."""
    found, settings = read_config(obj["data"], flags)
    values = {"data": Value(str(obj["data"]), obj["data_source"]), **dict(found.items())}
    if as_json:
        click.echo(json.dumps({name: {"value": v.value, "from": v.source} for name, v in values.items()}, indent=2))
        return
    shown = [(name, _shown(value.value), value.source) for name, value in values.items()]
    widths = [max(len(row[column]) for row in shown) for column in (0, 1)]
    for name, value, source in shown:
        click.echo(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {source}")
    click.echo(f"language {settings.language or 'as each article says'}, {len(settings.fields)} fields of your own")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
